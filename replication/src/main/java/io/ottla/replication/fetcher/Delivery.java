package io.ottla.replication.fetcher;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchResponse.PartitionData;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.storage.epoch.EpochEndOffset;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.log.PartitionLog;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a response brings for one partition, on its way to the log. Made by the fetcher's loop, carried out by the partition's
 * home loop, then looked at by the fetcher's loop again.
 */
final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    /** What became of it. */
    enum Outcome {
        /** Another role was taken meanwhile. */
        GONE,
        DONE,
        FAILED
    }

    final FetchTarget target;
    private final PartitionData data;
    private final ByteBuf records;
    private final int sizeBytes;

    private Outcome outcome = Outcome.GONE;
    private @Nullable CompletionStage<Void> flushed;

    /** Takes one reference of the records. */
    Delivery(FetchTarget target, PartitionData data) {
        this.target = target;
        this.data = data;
        this.records = data.records() instanceof BufferRecords buffer ? buffer.buffer() : Unpooled.EMPTY_BUFFER;
        this.sizeBytes = records.readableBytes();
        records.retain();
    }

    /** How much has been fetched. */
    int sizeBytes() {
        return sizeBytes;
    }

    /** Whether the log has what the leader's high watermark says is committed. After it was carried out. */
    boolean isCaughtUp() {
        return target.role.log().view().logEndOffset() >= data.highWatermark();
    }

    ErrorCode error() {
        return ErrorCode.forCode(data.errorCode());
    }

    Outcome outcome() {
        return outcome;
    }

    /** Completes when what was appended counts; null if it does already. */
    @Nullable
    CompletionStage<Void> flushed() {
        return flushed;
    }

    /** On the home loop. */
    void carryOut() {
        try {
            if (target.partition.role() == target.role) {
                outcome = isDiverging() ? truncate() : append();
            }
        } catch (RuntimeException e) {
            LOG.error("{}: what was fetched could not be taken over", target.partition.name(), e);
            outcome = Outcome.FAILED;
        } finally {
            records.release();
        }
    }

    private boolean isDiverging() {
        return data.divergingEpoch().epoch() >= 0;
    }

    private Outcome truncate() {
        EpochEndOffset leaders = new EpochEndOffset(
                data.divergingEpoch().epoch(), data.divergingEpoch().endOffset());
        if (target.role.truncate(leaders)) {
            return Outcome.DONE;
        }
        LOG.error(
                "{}: the leader says that epoch {} ends at {}, which this log does not contradict",
                target.partition.name(),
                leaders.epoch(),
                leaders.endOffset());
        return Outcome.FAILED;
    }

    private Outcome append() {
        AppendResult result = target.role.replicate(records, data.highWatermark(), data.logStartOffset());
        if (!result.isSuccess()) {
            LOG.warn("{}: {}", target.partition.name(), result.message());
            return Outcome.FAILED;
        }
        PartitionLog log = target.role.log();
        if (records.isReadable() && target.role.needsFlush()) {
            flushed = log.flushed(log.view().logEndOffset());
        }
        return Outcome.DONE;
    }
}
