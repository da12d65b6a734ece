package io.ottla.broker.handler.metadata;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DescribeTopicPartitionsRequest;
import io.ottla.protocol.message.DescribeTopicPartitionsRequest.TopicRequest;
import io.ottla.protocol.message.DescribeTopicPartitionsResponse;
import io.ottla.protocol.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition;
import io.ottla.protocol.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.metadata.MetadataImage;
import io.ottla.replication.metadata.PartitionImage;
import io.ottla.replication.metadata.TopicImage;
import io.ottla.replication.metadata.TopicName;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * DescribeTopicPartitions (key 75, KIP-966): topics in order of their names, page by page. No partition here has eligible
 * leader replicas outside of its ISR yet, so those lists are empty; null,
 * which the schema allows, is more than Apache Kafka's client can read.
 */
public final class DescribeTopicPartitionsHandler
        implements RequestHandler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse> {

    private final MetadataCache metadata;
    private final IntSupplier maxRequestPartitionSizeLimit;

    /** @param maxRequestPartitionSizeLimit max.request.partition.size.limit: most partitions of one page */
    public DescribeTopicPartitionsHandler(MetadataCache metadata, IntSupplier maxRequestPartitionSizeLimit) {
        this.metadata = metadata;
        this.maxRequestPartitionSizeLimit = maxRequestPartitionSizeLimit;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.DESCRIBE_TOPIC_PARTITIONS;
    }

    @Override
    public CompletionStage<@Nullable DescribeTopicPartitionsResponse> handle(
            RequestContext context, DescribeTopicPartitionsRequest request) {
        String cursorTopic = request.cursor() == null ? "" : request.cursor().topicName();
        int cursorPartition = request.cursor() == null ? 0 : request.cursor().partitionIndex();
        if (cursorPartition < 0) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "The cursor's partition " + cursorPartition + " must not be negative.");
        }
        ListenerView view = new ListenerView(metadata.image(), context.listenerName());
        int limit = Math.max(1, Math.min(maxRequestPartitionSizeLimit.getAsInt(), request.responsePartitionLimit()));
        Page page = new Page(view, limit);
        Iterator<String> names = names(request, cursorTopic, view.image());
        while (names.hasNext() && page.add(names.next(), cursorTopic, cursorPartition)) {
            // The page takes topics until it is full.
        }
        return CompletableFuture.completedFuture(page.response);
    }

    private static Iterator<String> names(
            DescribeTopicPartitionsRequest request, String cursorTopic, MetadataImage image) {
        if (request.topics().isEmpty()) {
            Iterator<TopicImage> topics = image.topicsFrom(cursorTopic).iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return topics.hasNext();
                }

                @Override
                public String next() {
                    return topics.next().name();
                }
            };
        }
        TreeSet<String> wanted = new TreeSet<>();
        for (TopicRequest topic : request.topics()) {
            wanted.add(topic.name());
        }
        if (!cursorTopic.isEmpty() && !wanted.contains(cursorTopic)) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "The topics asked for lack the cursor's topic " + cursorTopic + ".");
        }
        return wanted.tailSet(cursorTopic, true).iterator();
    }

    /** One response while it fills. Confined to one request. */
    private static final class Page {
        final DescribeTopicPartitionsResponse response = new DescribeTopicPartitionsResponse();
        private final ListenerView view;
        private int remaining;

        Page(ListenerView view, int limit) {
            this.view = view;
            this.remaining = limit;
        }

        /** False when the page is full; the response then says where the next one begins. */
        boolean add(String name, String cursorTopic, int cursorPartition) {
            if (remaining == 0) {
                setNext(name, 0);
                return false;
            }
            TopicImage topic = view.image().topic(name);
            if (topic == null) {
                response.topics().add(unknown(name));
                return true;
            }
            int first = name.equals(cursorTopic) ? cursorPartition : 0;
            List<DescribeTopicPartitionsResponsePartition> partitions = new ArrayList<>();
            int next = -1;
            for (PartitionImage partition : topic.partitions()) {
                if (partition.partition() >= first && remaining > 0) {
                    partitions.add(describe(partition));
                    remaining--;
                } else if (partition.partition() >= first && next < 0) {
                    next = partition.partition();
                }
            }
            response.topics()
                    .add(new DescribeTopicPartitionsResponseTopic()
                            .setName(name)
                            .setTopicId(topic.id())
                            .setIsInternal(topic.isInternal())
                            .setTopicAuthorizedOperations(AuthorizedOperations.ALL_OF_TOPIC)
                            .setPartitions(partitions));
            if (next >= 0) {
                setNext(name, next);
            }
            return next < 0;
        }

        private void setNext(String topic, int partition) {
            response.setNextCursor(new DescribeTopicPartitionsResponse.Cursor()
                    .setTopicName(topic)
                    .setPartitionIndex(partition));
        }

        private DescribeTopicPartitionsResponsePartition describe(PartitionImage partition) {
            return new DescribeTopicPartitionsResponsePartition()
                    .setErrorCode(view.leaderError(partition, true).code())
                    .setPartitionIndex(partition.partition())
                    .setLeaderId(view.isReachable(partition.leader()) ? partition.leader() : PartitionImage.NO_LEADER)
                    .setLeaderEpoch(partition.leaderEpoch())
                    .setReplicaNodes(partition.replicas())
                    .setIsrNodes(partition.isr())
                    .setEligibleLeaderReplicas(List.of())
                    .setLastKnownElr(List.of())
                    .setOfflineReplicas(partition.offlineReplicas());
        }

        private static DescribeTopicPartitionsResponseTopic unknown(String name) {
            ErrorCode error =
                    TopicName.isValid(name) ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION;
            return new DescribeTopicPartitionsResponseTopic()
                    .setErrorCode(error.code())
                    .setName(name);
        }
    }

    @Override
    public DescribeTopicPartitionsResponse errorResponse(
            DescribeTopicPartitionsRequest request, ErrorCode error, @Nullable String message) {
        DescribeTopicPartitionsResponse response = new DescribeTopicPartitionsResponse();
        for (TopicRequest topic : request.topics()) {
            response.topics()
                    .add(new DescribeTopicPartitionsResponseTopic()
                            .setErrorCode(error.code())
                            .setName(topic.name()));
        }
        return response;
    }
}
