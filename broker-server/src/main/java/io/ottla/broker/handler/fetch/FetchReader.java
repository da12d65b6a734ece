package io.ottla.broker.handler.fetch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchResponse.AbortedTransaction;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.protocol.schema.RecordBytes;
import io.ottla.replication.partition.LeaderRole;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionLocator;
import io.ottla.replication.partition.Role;
import io.ottla.replication.quota.LeaderThrottle;
import io.ottla.storage.epoch.EpochEndOffset;
import io.ottla.storage.epoch.LeaderEpochs;
import io.ottla.storage.file.FileRange;
import io.ottla.storage.log.FetchedRecords;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads partitions for fetches. Stateless; any thread, since it works on the logs' immutable views.
 *
 * <p>A read is cold if it would wait for the disk. The last bytes of a log are taken to be in memory; further from its end
 * the kernel is asked, which costs little beside sending what lies there.
 */
final class FetchReader {

    private static final Logger LOG = LoggerFactory.getLogger(FetchReader.class);

    private static final short ZSTD_VERSION = 10;

    /** The answer of {@link #bytesInMemory} for what is on the disk only. */
    static final int COLD = -1;

    private final PartitionLocator locator;
    private final ReplicaSelector selector;
    private final long hotTailBytes;
    private final LeaderThrottle throttle;

    /** @param hotTailBytes how much of a log's tail is taken to be in the page cache */
    FetchReader(PartitionLocator locator, ReplicaSelector selector, long hotTailBytes, LeaderThrottle throttle) {
        this.selector = selector;
        this.locator = locator;
        this.hotTailBytes = hotTailBytes;
        this.throttle = throttle;
    }

    /** The role that may answer, which has a log; or null, in which case {@code wanted.read} holds the error. */
    @Nullable
    Role find(FetchedPartition wanted, FetchTerms terms) {
        Partition partition = locate(wanted, terms);
        return partition == null ? null : roleOf(partition, wanted, terms);
    }

    /** The partition if it is hosted here; else null, and {@code wanted.read} holds the error. */
    private @Nullable Partition locate(FetchedPartition wanted, FetchTerms terms) {
        Partition partition = wanted.hosted;
        if (partition == null || partition.isRemoved()) {
            partition = terms.usesTopicIds()
                    ? locator.find(wanted.topicId, wanted.index)
                    : locator.find(wanted.topic, wanted.index);
            wanted.hosted = partition;
        }
        if (partition == null) {
            wanted.read.fail(
                    terms.usesTopicIds()
                            ? locator.whyMissing(wanted.topicId, wanted.index)
                            : locator.whyMissing(wanted.topic, wanted.index));
        }
        return partition;
    }

    private static @Nullable Role roleOf(Partition partition, FetchedPartition wanted, FetchTerms terms) {
        Role role = partition.role();
        ErrorCode error = terms.mayReadFromFollower() ? role.replicaError() : role.leaderError();
        if (error == ErrorCode.NONE) {
            error = role.checkEpoch(wanted.currentLeaderEpoch);
        }
        if (error == ErrorCode.NONE && terms.isOfFollower() && !isReplica(role, terms.replicaId())) {
            error = ErrorCode.NOT_LEADER_OR_FOLLOWER;
        }
        if (error != ErrorCode.NONE) {
            wanted.read.fail(error);
            return null;
        }
        return role;
    }

    /** A broker that is not, or not yet, among the replicas that this leader knows of. */
    private static boolean isReplica(Role role, int brokerId) {
        return role instanceof LeaderRole leader && leader.progressOf(brokerId) != null;
    }

    /**
     * The leadership in which a follower's position is in order, so that it may be counted on; null if there is none, or if the
     * follower's log is not a prefix of the one here.
     */
    @Nullable
    LeaderRole accept(FetchedPartition wanted, FetchTerms terms) {
        wanted.read.reset();
        if (!(find(wanted, terms) instanceof LeaderRole leader)) {
            return null;
        }
        LogView view = leader.log().view();
        boolean within = wanted.fetchOffset >= view.logStartOffset() && wanted.fetchOffset <= view.logEndOffset();
        return within && !departs(wanted, view) ? leader : null;
    }

    /**
     * How many bytes a read of the partition would probably bring from memory, at most {@code maxBytes}; {@link #COLD} if it
     * would wait for the disk.
     */
    int bytesInMemory(FetchedPartition wanted, FetchTerms terms, int maxBytes) {
        Role role = find(wanted, terms);
        PartitionLog log = role == null ? null : role.log();
        if (log == null) {
            return 0;
        }
        LogView view = log.view();
        if (wanted.fetchOffset < view.logStartOffset() || wanted.fetchOffset >= view.highWatermark()) {
            return 0;
        }
        if (view.sizeBytes() <= hotTailBytes) {
            return 0; // Small logs are many, and are not worth counting.
        }
        long behind = view.bytesBetween(wanted.fetchOffset, view.logEndOffset());
        if (behind <= hotTailBytes) {
            return 0;
        }
        int bytes = (int) Math.min(behind, Math.min(wanted.maxBytes, maxBytes));
        return view.isInMemory(wanted.fetchOffset, bytes) ? bytes : COLD;
    }

    /**
     * Reads what there is for the client, at most {@code maxBytes}, into {@code wanted.read}. From then on {@code session} hears of
     * what happens to the partition.
     */
    void read(
            FetchSession session,
            FetchedPartition wanted,
            FetchTerms terms,
            int maxBytes,
            LogView.FirstBatch firstBatch) {
        wanted.read.reset();
        Partition partition = locate(wanted, terms);
        if (partition == null) {
            wanted.unwatch();
            return;
        }
        wanted.watch(session, partition);
        Role role = roleOf(partition, wanted, terms);
        PartitionLog log = role == null ? null : role.log();
        if (log == null) {
            return;
        }
        LogView view = log.view();
        if (terms.version() < ZSTD_VERSION
                && log.config().messages().compressionType() == LogConfig.CompressionType.ZSTD) {
            wanted.read.fail(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
            return;
        }
        describe(wanted.read, view, terms);
        if (departs(wanted, view)) {
            return;
        }
        if (terms.isOfFollower()
                && role instanceof LeaderRole leader
                && throttle.holdsBack(leader, terms.replicaId())) {
            return;
        }
        if (role instanceof LeaderRole leader && terms.mayReadFromFollower()) {
            wanted.read.preferredReplica =
                    selector.select(leader, wanted.fetchOffset, terms.clientRack(), locator.image());
        }
        if (!wanted.read.isElsewhere()) {
            readRecords(wanted, view, terms, maxBytes, firstBatch);
        }
    }

    private static void describe(PartitionRead read, LogView view, FetchTerms terms) {
        read.highWatermark = view.highWatermark();
        read.lastStableOffset = view.lastStableOffset();
        read.logStartOffset = view.logStartOffset();
        read.boundOffset = terms.visibility().bound(view);
        if (terms.visibility() == FetchTerms.Visibility.STABLE) {
            read.abortedTransactions = List.of();
        }
    }

    /** Whether the client's log is not a prefix of this one (KIP-595); the read then says where they part. */
    private static boolean departs(FetchedPartition wanted, LogView view) {
        if (wanted.lastFetchedEpoch == LeaderEpochs.NO_EPOCH) {
            return false;
        }
        EpochEndOffset end = view.leaderEpochs().endOffsetFor(wanted.lastFetchedEpoch, view.logEndOffset());
        if (!end.isKnown()) {
            wanted.read.fail(ErrorCode.OFFSET_OUT_OF_RANGE);
            return true;
        }
        if (end.epoch() < wanted.lastFetchedEpoch || end.endOffset() < wanted.fetchOffset) {
            wanted.read.diverging = end;
            return true;
        }
        return false;
    }

    private static void readRecords(
            FetchedPartition wanted, LogView view, FetchTerms terms, int maxBytes, LogView.FirstBatch firstBatch) {
        PartitionRead read = wanted.read;
        FetchedRecords fetched = view.read(wanted.fetchOffset, maxBytes, read.boundOffset, firstBatch, wanted.next);
        if (fetched.error() != ErrorCode.NONE) {
            fetched.release();
            read.fail(fetched.error());
            return;
        }
        read.records = fetched;
        if (fetched.next() != null) {
            wanted.next = fetched.next();
        }
        if (terms.visibility() == FetchTerms.Visibility.STABLE && !fetched.isEmpty()) {
            try {
                read.abortedTransactions = abortedTransactions(view, fetched);
            } catch (IOException e) {
                LOG.error("{}: aborted transactions could not be read", view.partition(), e);
                read.fail(ErrorCode.KAFKA_STORAGE_ERROR);
            }
        }
    }

    private static List<AbortedTransaction> abortedTransactions(LogView view, FetchedRecords fetched)
            throws IOException {
        List<AbortedTransaction> result = new ArrayList<>();
        for (io.ottla.storage.index.AbortedTransaction aborted : view.abortedTransactions(fetched)) {
            result.add(
                    new AbortedTransaction().setProducerId(aborted.producerId()).setFirstOffset(aborted.firstOffset()));
        }
        return result;
    }

    /** The records that were read for a follower are on their way to it. */
    void onServed(FetchedPartition served) {
        PartitionLog log = served.hosted == null ? null : served.hosted.role().log();
        if (log != null && served.read.sizeBytes() > 0) {
            throttle.onServed(log, served.read.sizeBytes());
        }
    }

    /** Brings records that are still in a file into memory, so that the loop that sends them need not wait. */
    static void load(PartitionRead read) {
        RecordBytes records = read.records;
        if (!(records instanceof FetchedRecords fetched) || fetched.range() == null) {
            return;
        }
        FileRange range = fetched.range();
        ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(range.sizeBytes());
        try {
            range.readInto(buffer, 0, range.sizeBytes());
            read.records = BufferRecords.own(buffer);
            fetched.release();
        } catch (IOException e) {
            buffer.release();
            LOG.error("{}: records could not be read", fetched.view().partition(), e);
            read.fail(ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }
}
