package io.ottla.broker.handler.log;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.OffsetForLeaderEpochRequest;
import io.ottla.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import io.ottla.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderTopic;
import io.ottla.protocol.message.OffsetForLeaderEpochResponse;
import io.ottla.protocol.message.OffsetForLeaderEpochResponse.EpochEndOffset;
import io.ottla.protocol.message.OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult;
import io.ottla.replication.partition.LeaderRole;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionLocator;
import io.ottla.storage.log.LogView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** OffsetForLeaderEpoch (key 23): where a leader epoch ends in the leader's log (KIP-101, KIP-320). */
public final class OffsetForLeaderEpochHandler
        implements RequestHandler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse> {

    private final PartitionLocator locator;

    public OffsetForLeaderEpochHandler(PartitionLocator locator) {
        this.locator = locator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.OFFSET_FOR_LEADER_EPOCH;
    }

    @Override
    public CompletionStage<@Nullable OffsetForLeaderEpochResponse> handle(
            RequestContext context, OffsetForLeaderEpochRequest request) {
        OffsetForLeaderEpochResponse response = new OffsetForLeaderEpochResponse();
        for (OffsetForLeaderTopic topic : request.topics()) {
            List<EpochEndOffset> partitions = new ArrayList<>(topic.partitions().size());
            for (OffsetForLeaderPartition wanted : topic.partitions()) {
                partitions.add(find(topic.topic(), wanted));
            }
            response.topics()
                    .add(new OffsetForLeaderTopicResult()
                            .setTopic(topic.topic())
                            .setPartitions(partitions));
        }
        return CompletableFuture.completedFuture(response);
    }

    private EpochEndOffset find(String topic, OffsetForLeaderPartition wanted) {
        Partition partition = locator.find(topic, wanted.partition());
        if (partition == null) {
            return failed(wanted, locator.whyMissing(topic, wanted.partition()));
        }
        LeaderRole leader = partition.leader();
        ErrorCode error =
                leader == null ? partition.role().leaderError() : leader.checkEpoch(wanted.currentLeaderEpoch());
        if (leader == null || error != ErrorCode.NONE) {
            return failed(wanted, error);
        }
        LogView view = leader.log().view();
        io.ottla.storage.epoch.EpochEndOffset end =
                view.leaderEpochs().endOffsetFor(wanted.leaderEpoch(), view.logEndOffset());
        return new EpochEndOffset()
                .setPartition(wanted.partition())
                .setLeaderEpoch(end.epoch())
                .setEndOffset(end.endOffset());
    }

    private static EpochEndOffset failed(OffsetForLeaderPartition wanted, ErrorCode error) {
        return new EpochEndOffset().setPartition(wanted.partition()).setErrorCode(error.code());
    }

    @Override
    public OffsetForLeaderEpochResponse errorResponse(
            OffsetForLeaderEpochRequest request, ErrorCode error, @Nullable String message) {
        OffsetForLeaderEpochResponse response = new OffsetForLeaderEpochResponse();
        for (OffsetForLeaderTopic topic : request.topics()) {
            List<EpochEndOffset> partitions = new ArrayList<>();
            for (OffsetForLeaderPartition partition : topic.partitions()) {
                partitions.add(failed(partition, error));
            }
            response.topics()
                    .add(new OffsetForLeaderTopicResult()
                            .setTopic(topic.topic())
                            .setPartitions(partitions));
        }
        return response;
    }
}
