package io.ottla.broker.handler.log;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ListOffsetsRequest;
import io.ottla.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import io.ottla.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import io.ottla.protocol.message.ListOffsetsResponse;
import io.ottla.protocol.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.ottla.protocol.message.ListOffsetsResponse.ListOffsetsTopicResponse;
import io.ottla.replication.partition.PartitionLocator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * ListOffsets (key 2). The ends of a log are answered at once; a search by time reads the log, on a worker, where the
 * whole request then runs.
 */
public final class ListOffsetsHandler implements RequestHandler<ListOffsetsRequest, ListOffsetsResponse> {

    private final PartitionLocator locator;
    private final Executor workers;

    /** @param workers threads that may wait for the disk */
    public ListOffsetsHandler(PartitionLocator locator, Executor workers) {
        this.locator = locator;
        this.workers = workers;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.LIST_OFFSETS;
    }

    @Override
    public CompletionStage<@Nullable ListOffsetsResponse> handle(RequestContext context, ListOffsetsRequest request) {
        short version = context.apiVersion();
        return searches(request)
                ? CompletableFuture.supplyAsync(() -> answer(request, version), workers)
                : CompletableFuture.completedFuture(answer(request, version));
    }

    private static boolean searches(ListOffsetsRequest request) {
        for (ListOffsetsTopic topic : request.topics()) {
            for (ListOffsetsPartition partition : topic.partitions()) {
                if (OffsetQuery.needsSearch(partition.timestamp())) {
                    return true;
                }
            }
        }
        return false;
    }

    private ListOffsetsResponse answer(ListOffsetsRequest request, short version) {
        OffsetQuery query = new OffsetQuery(locator, version, request.replicaId(), request.isolationLevel());
        Set<String> names = new HashSet<>();
        List<ListOffsetsTopicResponse> topics = new ArrayList<>(request.topics().size());
        for (ListOffsetsTopic topic : request.topics()) {
            boolean repeatedTopic = !names.add(topic.name());
            Set<Integer> indexes = new HashSet<>();
            List<ListOffsetsPartitionResponse> partitions =
                    new ArrayList<>(topic.partitions().size());
            for (ListOffsetsPartition wanted : topic.partitions()) {
                boolean repeated = repeatedTopic || !indexes.add(wanted.partitionIndex());
                partitions.add(
                        repeated
                                ? failed(wanted.partitionIndex(), ErrorCode.INVALID_REQUEST)
                                : query.answer(topic.name(), wanted));
            }
            topics.add(new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(partitions));
        }
        return new ListOffsetsResponse().setTopics(topics);
    }

    static ListOffsetsPartitionResponse failed(int partition, ErrorCode error) {
        return new ListOffsetsPartitionResponse()
                .setPartitionIndex(partition)
                .setErrorCode(error.code())
                .setTimestamp(OffsetQuery.NO_TIMESTAMP)
                .setOffset(OffsetQuery.NO_OFFSET);
    }

    @Override
    public ListOffsetsResponse errorResponse(ListOffsetsRequest request, ErrorCode error, @Nullable String message) {
        List<ListOffsetsTopicResponse> topics = new ArrayList<>();
        for (ListOffsetsTopic topic : request.topics()) {
            List<ListOffsetsPartitionResponse> partitions = new ArrayList<>();
            for (ListOffsetsPartition partition : topic.partitions()) {
                partitions.add(failed(partition.partitionIndex(), error));
            }
            topics.add(new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(partitions));
        }
        return new ListOffsetsResponse().setTopics(topics);
    }
}
