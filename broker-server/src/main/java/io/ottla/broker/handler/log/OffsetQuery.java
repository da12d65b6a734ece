package io.ottla.broker.handler.log;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import io.ottla.protocol.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.ottla.replication.partition.LeaderRole;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionLocator;
import io.ottla.storage.epoch.LeaderEpochs;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.TimestampedOffset;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds one offset for ListOffsets. Negative timestamps stand for places in the log; nothing is tiered here, so the
 * earliest local offset is the earliest one, and of tiered offsets there is none.
 *
 * @param replicaId who asks: -1 a consumer, -2 a debugger that may see everything, else a follower
 */
record OffsetQuery(PartitionLocator locator, short version, int replicaId, byte isolationLevel) {

    private static final Logger LOG = LoggerFactory.getLogger(OffsetQuery.class);

    static final long NO_OFFSET = -1;
    static final long NO_TIMESTAMP = -1;

    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    private static final long EARLIEST_LOCAL = -4;
    private static final long LATEST_TIERED = -5;
    private static final long EARLIEST_PENDING_UPLOAD = -6;

    private static final short EPOCHS_VERSION = 4;
    private static final short OFFSET_NOT_AVAILABLE_VERSION = 5;
    private static final int CONSUMER = -1;
    private static final byte READ_COMMITTED = 1;

    /** Whether the answer has to be searched for in the log. */
    static boolean needsSearch(long timestamp) {
        return timestamp >= 0 || timestamp == MAX_TIMESTAMP;
    }

    ListOffsetsPartitionResponse answer(String topic, ListOffsetsPartition wanted) {
        if (!isSupported(wanted.timestamp())) {
            return failed(wanted, ErrorCode.UNSUPPORTED_VERSION);
        }
        Partition partition = locator.find(topic, wanted.partitionIndex());
        if (partition == null) {
            return failed(wanted, locator.whyMissing(topic, wanted.partitionIndex()));
        }
        LeaderRole leader = partition.leader();
        ErrorCode error =
                leader == null ? partition.role().leaderError() : leader.checkEpoch(wanted.currentLeaderEpoch());
        if (leader == null || error != ErrorCode.NONE) {
            return failed(wanted, error);
        }
        try {
            return find(leader, wanted);
        } catch (IOException e) {
            LOG.error("{}: search for timestamp {} failed", partition.name(), wanted.timestamp(), e);
            return failed(wanted, ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    /** Clients learned the negative timestamps one by one. */
    private boolean isSupported(long timestamp) {
        if (timestamp >= EARLIEST) {
            return true;
        }
        int since = timestamp == MAX_TIMESTAMP
                ? 7
                : timestamp == EARLIEST_LOCAL
                        ? 8
                        : timestamp == LATEST_TIERED ? 9 : timestamp == EARLIEST_PENDING_UPLOAD ? 11 : Short.MAX_VALUE;
        return version >= since;
    }

    private ListOffsetsPartitionResponse find(LeaderRole leader, ListOffsetsPartition wanted) throws IOException {
        LogView view = leader.log().view();
        long bound = boundOf(view);
        long timestamp = wanted.timestamp();
        if (timestamp == EARLIEST || timestamp == EARLIEST_LOCAL) {
            long start = view.logStartOffset();
            return found(wanted, NO_TIMESTAMP, start, view.leaderEpochs().epochForOffset(start));
        }
        if (timestamp == LATEST_TIERED || timestamp == EARLIEST_PENDING_UPLOAD) {
            return found(wanted, NO_TIMESTAMP, NO_OFFSET, LeaderEpochs.NO_EPOCH);
        }
        boolean lags = replicaId == CONSUMER && bound < leader.epochStartOffset();
        if (timestamp == LATEST) {
            return lags ? notAvailable(wanted) : found(wanted, NO_TIMESTAMP, bound, leader.leaderEpoch());
        }
        Optional<TimestampedOffset> hit = (timestamp == MAX_TIMESTAMP
                        ? view.offsetOfMaxTimestamp()
                        : view.offsetForTimestamp(timestamp))
                .filter(record -> record.offset() < bound);
        if (hit.isPresent()) {
            return found(
                    wanted,
                    hit.get().timestampMs(),
                    hit.get().offset(),
                    hit.get().leaderEpoch());
        }
        return lags ? notAvailable(wanted) : found(wanted, NO_TIMESTAMP, NO_OFFSET, LeaderEpochs.NO_EPOCH);
    }

    private long boundOf(LogView view) {
        if (replicaId != CONSUMER) {
            return view.logEndOffset();
        }
        return isolationLevel == READ_COMMITTED ? view.lastStableOffset() : view.highWatermark();
    }

    /** A new leader's high watermark may be behind what the one before has told; it says "later" rather than go back. */
    private ListOffsetsPartitionResponse notAvailable(ListOffsetsPartition wanted) {
        return failed(
                wanted,
                version >= OFFSET_NOT_AVAILABLE_VERSION
                        ? ErrorCode.OFFSET_NOT_AVAILABLE
                        : ErrorCode.LEADER_NOT_AVAILABLE);
    }

    private ListOffsetsPartitionResponse found(
            ListOffsetsPartition wanted, long timestampMs, long offset, int leaderEpoch) {
        ListOffsetsPartitionResponse answer = new ListOffsetsPartitionResponse()
                .setPartitionIndex(wanted.partitionIndex())
                .setTimestamp(timestampMs)
                .setOffset(offset);
        return version >= EPOCHS_VERSION ? answer.setLeaderEpoch(leaderEpoch) : answer;
    }

    private static ListOffsetsPartitionResponse failed(ListOffsetsPartition wanted, ErrorCode error) {
        return ListOffsetsHandler.failed(wanted.partitionIndex(), error);
    }
}
