package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.BatchKind;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import io.ottla.protocol.message.TxnOffsetCommitRequest;
import io.ottla.protocol.message.TxnOffsetCommitResponse;
import io.ottla.protocol.message.TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition;
import io.ottla.protocol.message.TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** Offsets that groups commit in transactions of producers. Any thread; as {@link GroupCoordinator}. */
public final class TransactionalOffsets {
    /** From this version on topics are named by id (KIP-1319). */
    private static final short TOPIC_ID_VERSION = 6;

    private final GroupCoordinator coordinator;
    private final TopicDirectory topics;

    TransactionalOffsets(GroupCoordinator coordinator, TopicDirectory topics) {
        this.coordinator = coordinator;
        this.topics = topics;
    }

    /**
     * Commits offsets as part of a transaction; completes when they are in the log to stay.
     *
     * @param version of the request
     * @param part whose transaction, and what shows that it may begin in the group's partition
     */
    public CompletableFuture<TxnOffsetCommitResponse> commit(
            TxnOffsetCommitRequest request, short version, BatchKind.Transactional part) {
        TxnOffsetCommitResponse prepared = prepare(request, version >= TOPIC_ID_VERSION);
        CompletableFuture<TxnOffsetCommitResponse> committed = coordinator
                .runtime()
                .writeInTransaction(coordinator.partitionFor(request.groupId()), part, shard -> shard.offsets()
                        .commitInTransaction(request, prepared));
        return committed.exceptionally(cause -> {
            failRest(prepared, GroupErrors.ofOffsetWrite(StageFailure.error(cause)));
            return prepared;
        });
    }

    /** Ends the transaction of a producer in a partition of {@link GroupCoordinator#TOPIC}. */
    public CompletableFuture<ErrorCode> end(int partition, BatchKind.Marker marker) {
        return coordinator
                .runtime()
                .endTransaction(partition, marker)
                .handle((ended, cause) -> cause == null ? ErrorCode.NONE : StageFailure.error(cause));
    }

    /** The answer as far as it is known, partition by partition as in the request; topics named by id get their name. */
    private TxnOffsetCommitResponse prepare(TxnOffsetCommitRequest request, boolean byId) {
        TxnOffsetCommitResponse response = failed(request, ErrorCode.NONE);
        for (TxnOffsetCommitResponseTopic topic : response.topics()) {
            if (byId) {
                topic.setName(Objects.requireNonNullElse(topics.nameOf(topic.topicId()), ""));
            }
            topic.partitions()
                    .forEach(partition -> partition.setErrorCode(
                            OffsetResponses.existence(topic.name(), partition.partitionIndex(), byId, topics)
                                    .code()));
        }
        return response;
    }

    /** Gives {@code error} to all partitions that have none yet. */
    static void failRest(TxnOffsetCommitResponse response, ErrorCode error) {
        for (TxnOffsetCommitResponseTopic topic : response.topics()) {
            for (TxnOffsetCommitResponsePartition partition : topic.partitions()) {
                if (partition.errorCode() == ErrorCode.NONE.code()) {
                    partition.setErrorCode(error.code());
                }
            }
        }
    }

    /** The answer to a commit that failed as a whole. */
    public static TxnOffsetCommitResponse failed(TxnOffsetCommitRequest request, ErrorCode error) {
        TxnOffsetCommitResponse response = new TxnOffsetCommitResponse();
        request.topics().forEach(topic -> {
            TxnOffsetCommitResponseTopic answer =
                    new TxnOffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
            topic.partitions().forEach(partition -> answer.partitions()
                    .add(new TxnOffsetCommitResponsePartition()
                            .setPartitionIndex(partition.partitionIndex())
                            .setErrorCode(error.code())));
            response.topics().add(answer);
        });
        return response;
    }
}
