package io.ottla.replication.move;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.partition.Partition;
import io.ottla.storage.epoch.EpochEndOffset;
import io.ottla.storage.epoch.LeaderEpochs;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.log.FetchedRecords;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.LogView.FirstBatch;
import io.ottla.storage.log.PartitionLog;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One replica on its way to another log directory. Confined to the partition's home loop. */
final class ReplicaMove {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaMove.class);
    private static final int CHUNK_BYTES = 1 << 20;
    private static final long QUIET_CHECK_MS = 1;
    private static final long RETRY_MS = 100;

    private final ReplicaMoves moves;
    private final Partition partition;
    private final PartitionLog future;
    private @Nullable PartitionLog source;
    private int truncations;
    private boolean flushed;
    private boolean over;

    ReplicaMove(ReplicaMoves moves, Partition partition, PartitionLog future) {
        this.moves = moves;
        this.partition = partition;
        this.future = future;
    }

    void start() {
        LOG.info(
                "{}: moving to {}, from offset {} on",
                partition.name(),
                future.directory().path(),
                future.view().logEndOffset());
        step();
    }

    /** What has been copied stays, for another move to go on with. */
    void stop() {
        over = true;
        if (source != null) {
            source.onTruncation(null);
            source = null;
        }
    }

    boolean isOver() {
        return over;
    }

    private void step() {
        PartitionLog current = over ? null : partition.role().log();
        if (current == null || partition.isRemoved()) {
            stop();
            return;
        }
        if (current != source) {
            attach(current);
        }
        LogView from = current.view();
        if (future.view().logEndOffset() < from.logStartOffset()) {
            future.truncateFullyAndStartAt(from.logStartOffset());
        }
        if (future.view().logEndOffset() >= from.logEndOffset()) {
            finish(current);
        } else if (moves.throttle().isExceeded()) {
            later(moves.throttle().delayMs());
        } else {
            copy(from, future.view().logEndOffset());
        }
    }

    /** Cuts off what the log does not have, now and whenever it is truncated. */
    private void attach(PartitionLog current) {
        source = current;
        align(current.view());
        current.onTruncation(offset -> {
            truncations++;
            future.truncateTo(Math.min(offset, future.view().logEndOffset()));
        });
    }

    /** The log may have been truncated while nobody watched; leader epochs tell where the copy agrees with it (KIP-101). */
    private void align(LogView current) {
        while (true) {
            LogView copied = future.view();
            int latest = copied.leaderEpochs().latestEpoch();
            EpochEndOffset end = latest == LeaderEpochs.NO_EPOCH
                    ? new EpochEndOffset(latest, current.logEndOffset())
                    : current.leaderEpochs().endOffsetFor(latest, current.logEndOffset());
            if (end.isKnown() && end.epoch() != latest && copied.leaderEpochs().size() > 1) {
                EpochEndOffset own = copied.leaderEpochs().endOffsetFor(end.epoch(), copied.logEndOffset());
                future.truncateTo(Math.min(own.isKnown() ? own.endOffset() : 0, end.endOffset()));
                if (future.view().leaderEpochs().size() < copied.leaderEpochs().size()) {
                    continue;
                }
            }
            future.truncateTo(Math.min(Math.max(end.endOffset(), 0), copied.logEndOffset()));
            return;
        }
    }

    private void copy(LogView from, long offset) {
        int truncationsBefore = truncations;
        moves.workers().execute(() -> {
            ByteBuf batches = read(from, offset);
            partition.loop().execute(() -> {
                try {
                    take(batches, truncationsBefore);
                } finally {
                    if (batches != null) {
                        batches.release();
                    }
                }
            });
        });
    }

    /** On a worker; null if there is nothing to be had at that offset any more. */
    private static @Nullable ByteBuf read(LogView from, long offset) {
        FetchedRecords fetched = from.read(offset, CHUNK_BYTES, from.logEndOffset(), FirstBatch.WHOLE);
        ByteBuf batches = ByteBufAllocator.DEFAULT.directBuffer(Math.max(1, fetched.sizeBytes()));
        try {
            ByteBuf buffer = fetched.buffer();
            if (buffer != null) {
                batches.writeBytes(buffer, buffer.readerIndex(), buffer.readableBytes());
            } else if (fetched.range() != null) {
                fetched.range().readInto(batches, 0, fetched.sizeBytes());
            }
            if (fetched.error() == ErrorCode.NONE && batches.isReadable()) {
                return batches;
            }
        } catch (IOException e) {
            LOG.debug("{}: offset {} could not be read to be moved", from.partition(), offset, e);
        } finally {
            fetched.release();
        }
        batches.release();
        return null;
    }

    private void take(@Nullable ByteBuf batches, int truncationsBefore) {
        PartitionLog from = source;
        if (over || from == null || truncations != truncationsBefore) {
            step();
            return;
        }
        if (batches == null) {
            later(RETRY_MS);
            return;
        }
        AppendResult result = future.appendAsFollower(batches);
        if (!result.isSuccess()) {
            fail(String.valueOf(result.message()));
            return;
        }
        moves.throttle().record(batches.readableBytes());
        future.advanceHighWatermark(from.view().highWatermark());
        step();
    }

    private void finish(PartitionLog current) {
        LogView from = current.view();
        future.advanceHighWatermark(from.highWatermark());
        future.deleteRecordsBefore(from.logStartOffset());
        if (!flushed) {
            flushed = true;
            var unused = future.flushed(from.logEndOffset()).whenComplete((done, failure) -> {
                if (failure == null) {
                    step();
                } else {
                    fail(String.valueOf(failure.getMessage()));
                }
            });
        } else if (future.isQuiet()) {
            promote(current);
        } else {
            later(QUIET_CHECK_MS);
        }
    }

    private void promote(PartitionLog current) {
        future.reconfigure(current.config());
        stop();
        try {
            moves.promote(partition);
        } catch (ApiException e) {
            LOG.error("{}: the move has failed", partition.name(), e);
        }
    }

    private void fail(String reason) {
        stop();
        if (!partition.isRemoved()) {
            LOG.error(
                    "{}: the move to {} has ended: {}",
                    partition.name(),
                    future.directory().path(),
                    reason);
        }
    }

    private void later(long delayMs) {
        var unused = partition.loop().schedule(this::step, delayMs, TimeUnit.MILLISECONDS);
    }
}
