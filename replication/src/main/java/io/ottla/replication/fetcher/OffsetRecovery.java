package io.ottla.replication.fetcher;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ListOffsetsRequest;
import io.ottla.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import io.ottla.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import io.ottla.protocol.message.ListOffsetsResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out where the leader's log begins and ends when it does not have the offset that was asked for, and brings the own
 * log within. Confined to the fetcher's loop.
 */
final class OffsetRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(OffsetRecovery.class);

    private static final short VERSION = 7;
    private static final long LATEST = -1;
    private static final long EARLIEST = -2;

    private final int brokerId;
    private final EventExecutor loop;

    OffsetRecovery(int brokerId, EventExecutor loop) {
        this.brokerId = brokerId;
        this.loop = loop;
    }

    /** Tells, on the fetcher's loop, whether the log is within the leader's now. */
    void start(FetchTarget target, PeerChannel channel, Consumer<Boolean> onEnd) {
        CompletableFuture<Long> start = ask(target, channel, EARLIEST);
        CompletableFuture<Long> end = ask(target, channel, LATEST);
        var unused = start.thenCombineAsync(
                        end,
                        (leaderStart, leaderEnd) -> restart(target, leaderStart, leaderEnd),
                        target.partition.loop())
                .whenCompleteAsync(
                        (done, failure) -> {
                            if (failure != null) {
                                LOG.info(
                                        "{}: the bounds of the leader's log are not known: {}",
                                        target.partition.name(),
                                        failure.toString());
                            }
                            onEnd.accept(failure == null);
                        },
                        loop);
    }

    private static boolean restart(FetchTarget target, long leaderStart, long leaderEnd) {
        if (target.partition.role() == target.role) {
            target.role.restartWithin(leaderStart, leaderEnd);
        }
        return true;
    }

    private CompletableFuture<Long> ask(FetchTarget target, PeerChannel channel, long timestamp) {
        TopicPartition name = target.partition.name();
        ListOffsetsRequest request = new ListOffsetsRequest()
                .setReplicaId(brokerId)
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName(name.topic())
                        .setPartitions(List.of(new ListOffsetsPartition()
                                .setPartitionIndex(name.partition())
                                .setCurrentLeaderEpoch(target.role.leaderEpoch())
                                .setTimestamp(timestamp)))));
        return channel.<ListOffsetsResponse>send(request, VERSION).thenApply(OffsetRecovery::offsetOf);
    }

    private static long offsetOf(ListOffsetsResponse response) {
        ListOffsetsResponse.ListOffsetsPartitionResponse answer =
                response.topics().get(0).partitions().get(0);
        if (answer.errorCode() != ErrorCode.NONE.code()) {
            throw new IllegalStateException(
                    ErrorCode.forCode(answer.errorCode()).toString());
        }
        return answer.offset();
    }
}
