package io.ottla.replication.partition;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.BatchVerdict;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.producer.MarkerVerdict;
import io.ottla.storage.producer.VerificationGuard;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients and coordinators append to a partition that is led here. Confined to the home loop. */
final class LeaderAppends {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderAppends.class);

    private final Partition partition;
    private final HomeLoop home;
    private final Commitment commitment;
    private final AppendRulesCache rules = new AppendRulesCache();

    LeaderAppends(Partition partition, HomeLoop home, Commitment commitment) {
        this.partition = partition;
        this.home = home;
        this.commitment = commitment;
    }

    /** As {@link Partition#append}. */
    void append(ByteBuf payload, int produceVersion, RequiredAcks acks, AppendListener listener) {
        LeaderRole leader = leaderFor(acks, Partition.ANY_EPOCH, listener);
        if (leader != null) {
            append(leader, payload, AppendOrigin.CLIENT, produceVersion, acks, listener);
        }
    }

    /** As {@link Partition#appendAsCoordinator}. */
    void appendAsCoordinator(ByteBuf payload, int leaderEpoch, AppendListener listener) {
        LeaderRole leader = leaderFor(RequiredAcks.ALL, leaderEpoch, listener);
        if (leader != null) {
            appendAsCoordinator(leader, payload, listener);
        }
    }

    private void appendAsCoordinator(LeaderRole leader, ByteBuf payload, AppendListener listener) {
        short newest = ApiKey.PRODUCE.highestVersion();
        append(leader, payload, AppendOrigin.COORDINATOR, newest, RequiredAcks.ALL, listener);
    }

    /** As {@link Partition#appendMarker}. */
    void appendMarker(ByteBuf payload, int leaderEpoch, boolean raisesEpoch, AppendListener listener) {
        LeaderRole leader = leaderFor(RequiredAcks.ALL, leaderEpoch, listener);
        if (leader == null) {
            return;
        }
        long producerId = RecordBatch.producerId(payload, payload.readerIndex());
        short epoch = RecordBatch.producerEpoch(payload, payload.readerIndex());
        MarkerVerdict verdict =
                raisesEpoch ? leader.log().producers().checkRaisingMarker(producerId, epoch) : MarkerVerdict.DUE;
        switch (verdict) {
            case DUE -> appendAsCoordinator(leader, payload, listener);
            case DONE -> commitment.onPresent(leader, listener);
            case STALE ->
                listener.onAppend(refused(
                        ErrorCode.INVALID_PRODUCER_EPOCH,
                        "marker of producer " + producerId + " epoch " + epoch + " for " + partition.name()
                                + " came too late"));
        }
    }

    /** The role that may append; null if there is none, of which the listener has then been told. */
    private @Nullable LeaderRole leaderFor(RequiredAcks acks, int expectedEpoch, AppendListener listener) {
        Role current = partition.role();
        if (!(current instanceof LeaderRole leader)) {
            ErrorCode error = current.leaderError();
            listener.onAppend(refused(error, error.message()));
            return null;
        }
        if (expectedEpoch != Partition.ANY_EPOCH && expectedEpoch != leader.leaderEpoch()) {
            listener.onAppend(refused(
                    ErrorCode.NOT_LEADER_OR_FOLLOWER,
                    partition.name() + " is led in epoch " + leader.leaderEpoch() + ", not " + expectedEpoch));
            return null;
        }
        if (acks == RequiredAcks.ALL && leader.isBelowMinInSync()) {
            listener.onAppend(refused(
                    ErrorCode.NOT_ENOUGH_REPLICAS,
                    partition.name() + " has in-sync replicas " + leader.isr().committed()
                            + ", fewer than min.insync.replicas"));
            return null;
        }
        return leader;
    }

    private void append(
            LeaderRole leader,
            ByteBuf payload,
            AppendOrigin origin,
            int produceVersion,
            RequiredAcks acks,
            AppendListener listener) {
        BatchVerdict verdict = home.validator()
                .validate(
                        payload,
                        rules.rulesFor(leader.log().config()),
                        origin,
                        produceVersion,
                        home.clock().millis());
        if (verdict instanceof BatchVerdict.Rejected rejected) {
            listener.onRejected(rejected);
        } else if (verdict instanceof BatchVerdict.Accepted accepted) {
            leader.beforeAppend();
            AppendResult result = write(leader, payload, accepted, origin, listener.guard());
            if (result.isSuccess()) {
                commitment.onWritten(leader, result, accepted.sizeBytes(), acks, listener);
            } else if (SequenceGaps.isGap(result)) {
                onGap(new Gap(leader, result, acks, listener), payload);
            } else {
                listener.onAppend(result);
            }
        }
    }

    /** A batch that does not follow its producer's last one. */
    private record Gap(LeaderRole leader, AppendResult result, RequiredAcks acks, AppendListener listener) {}

    /** The log may have the batch, though it is not remembered: then it is acknowledged like any other one that comes again. */
    private void onGap(Gap gap, ByteBuf payload) {
        PartitionLog log = gap.leader.log();
        RepeatedBatch repeated = RepeatedBatch.of(payload, log.producers());
        if (repeated == null) {
            SequenceGaps.refuse(partition, gap.leader, home, gap.result, gap.listener);
            return;
        }
        BatchSearch search = new BatchSearch(repeated, log.view());
        home.services().workers().execute(() -> {
            AppendResult found = find(search, gap.result);
            home.loop().execute(() -> onSearched(gap, found));
        });
    }

    /** The original append; or the gap, if there was none. */
    private AppendResult find(BatchSearch search, AppendResult gap) {
        try {
            return search.run().orElse(gap);
        } catch (IOException | RuntimeException e) {
            LOG.error("{}: a batch that a producer has sent again could not be looked for", partition.name(), e);
            return refused(ErrorCode.KAFKA_STORAGE_ERROR, ErrorCode.KAFKA_STORAGE_ERROR.message());
        }
    }

    private void onSearched(Gap gap, AppendResult found) {
        if (partition.role() != gap.leader) {
            gap.listener.onAppend(refused(
                    ErrorCode.NOT_LEADER_OR_FOLLOWER,
                    partition.name() + " is not led any more in epoch " + gap.leader.leaderEpoch()));
        } else if (found.isSuccess()) {
            commitment.onWritten(gap.leader, found, 0, gap.acks, gap.listener);
        } else if (SequenceGaps.isGap(found)) {
            SequenceGaps.refuse(partition, gap.leader, home, found, gap.listener);
        } else {
            gap.listener.onAppend(found);
        }
    }

    private static AppendResult write(
            LeaderRole leader,
            ByteBuf payload,
            BatchVerdict.Accepted accepted,
            AppendOrigin origin,
            @Nullable VerificationGuard guard) {
        PartitionLog log = leader.log();
        if (!accepted.isRebuilt()) {
            return log.append(payload, leader.leaderEpoch(), origin, guard);
        }
        ByteBuf rebuilt = accepted.buffer();
        try {
            ByteBuf batch = rebuilt.slice(accepted.position(), accepted.sizeBytes());
            return log.append(batch, leader.leaderEpoch(), origin, guard);
        } finally {
            rebuilt.release();
        }
    }

    private static AppendResult refused(ErrorCode error, String message) {
        return AppendResult.failed(error, message, -1);
    }
}
