package io.ottla.storage.compaction;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.record.CorruptRecordsException;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.protocol.record.RecordCursor;
import io.ottla.storage.log.CleaningInput.LastRecord;
import java.util.Map;

/**
 * Copies batches without the records that nobody needs any more. Confined to its job, which closes it.
 *
 * <ul>
 *   <li>A record stays if it is the last one of its key, or past what the map knows. Of aborted transactions none stays.
 *   <li>The first time that a batch is found to keep tombstones, or a marker without data, it gets a delete horizon: until
 *       then they stay, so that a consumer that has begun to read learns of them (KIP-534).
 *   <li>A batch that keeps none of its records stays as an empty header if it is the last one of an active producer, whose
 *       sequence and epoch it holds, or the last one of its segment: the offsets up to there have been given away, and
 *       a replica that has only the files must know it (KAFKA-17076).
 *   <li>Offsets, last offset, sequence, epoch and codec of a batch never change.
 * </ul>
 */
final class BatchFilter implements AutoCloseable {
    private final OffsetMap map;
    private final TransactionTrail trail;
    private final Map<Long, LastRecord> producers;
    private final long nowMs;
    private final long deleteHorizonMs;
    private final RecordCursor cursor = new RecordCursor();
    private final ByteBuf kept = ByteBufAllocator.DEFAULT.heapBuffer();
    private int keptCount;
    private long keptMaxTimestampMs;
    private boolean keptTombstone;
    private long droppedRecords;

    /**
     * @param producers what must be found again by a recovery
     * @param deleteRetentionMs {@code delete.retention.ms}
     */
    BatchFilter(
            OffsetMap map,
            TransactionTrail trail,
            Map<Long, LastRecord> producers,
            long nowMs,
            long deleteRetentionMs) {
        this.map = map;
        this.trail = trail;
        this.producers = producers;
        this.nowMs = nowMs;
        this.deleteHorizonMs = nowMs > Long.MAX_VALUE - deleteRetentionMs ? Long.MAX_VALUE : nowMs + deleteRetentionMs;
    }

    /** Records left out so far. */
    long droppedRecords() {
        return droppedRecords;
    }

    TransactionTrail trail() {
        return trail;
    }

    /**
     * Appends to {@code target} what is left of the batch at {@code index}.
     *
     * @param lastOfSegment whether it is the last batch of the segment to be
     * @return whether it is another batch than before, or gone
     * @throws CorruptRecordsException if the batch is damaged
     */
    boolean copy(ByteBuf source, int index, boolean lastOfSegment, ByteBuf target) {
        if (!RecordBatch.isCrcValid(source, index)) {
            throw new CorruptRecordsException(
                    "the batch at offset " + RecordBatch.baseOffset(source, index) + " has checksum "
                            + RecordBatch.crc(source, index) + ", expected " + RecordBatch.computeCrc(source, index));
        }
        boolean control = RecordBatch.isControl(source, index);
        boolean spentMarker = control && trail.isMarkerSpent(source, index);
        boolean discarded = control ? spentMarker && isHorizonPassed(source, index) : trail.isAborted(source, index);
        int recordCount = RecordBatch.recordCount(source, index);
        select(source, index, control, discarded);
        droppedRecords += recordCount - keptCount;
        boolean horizonDue = (keptTombstone || spentMarker) && !RecordBatch.hasDeleteHorizon(source, index);
        if (keptCount == 0) {
            boolean needed = lastOfSegment || isLastOfProducer(source, index, control);
            if (needed && recordCount == 0) {
                copyWhole(source, index, target);
                return false;
            }
            if (needed) {
                writeEmpty(source, index, target);
            }
            return true;
        }
        if (keptCount == recordCount && !horizonDue) {
            copyWhole(source, index, target);
            return false;
        }
        if (horizonDue) {
            rebuild(source, index, control, target);
        } else {
            writeKept(source, index, target);
        }
        return true;
    }

    private boolean isHorizonPassed(ByteBuf source, int index) {
        return RecordBatch.hasDeleteHorizon(source, index) && RecordBatch.baseTimestamp(source, index) <= nowMs;
    }

    /** Gathers the bytes of the records to keep, as they are in the uncompressed batch. */
    private void select(ByteBuf source, int index, boolean control, boolean discarded) {
        kept.clear();
        keptCount = 0;
        keptTombstone = false;
        keptMaxTimestampMs = RecordBatch.NO_TIMESTAMP;
        if (discarded || RecordBatch.recordCount(source, index) == 0) {
            return;
        }
        boolean horizonPassed = isHorizonPassed(source, index);
        try (RecordCursor records = cursor.open(source, index)) {
            while (records.next()) {
                if (control || stays(records, horizonPassed)) {
                    kept.writeBytes(records.buffer(), records.recordPosition(), records.recordSizeBytes());
                    keptCount++;
                    keptTombstone |= !records.hasValue();
                    keptMaxTimestampMs = Math.max(keptMaxTimestampMs, records.timestamp());
                }
            }
        }
    }

    private boolean stays(RecordCursor record, boolean horizonPassed) {
        if (record.offset() > map.latestOffset()) {
            return true;
        }
        return record.hasKey()
                && record.offset() >= map.get(record.buffer(), record.keyPosition(), record.keyLength())
                && (record.hasValue() || !horizonPassed);
    }

    private boolean isLastOfProducer(ByteBuf source, int index, boolean control) {
        LastRecord last = producers.get(RecordBatch.producerId(source, index));
        if (last == null) {
            return false;
        }
        return last.offset() >= 0
                ? RecordBatch.lastOffset(source, index) == last.offset()
                : control && RecordBatch.producerEpoch(source, index) == last.epoch();
    }

    private static void copyWhole(ByteBuf source, int index, ByteBuf target) {
        target.writeBytes(source, index, RecordBatch.sizeBytes(source, index));
    }

    private static void writeEmpty(ByteBuf source, int index, ByteBuf target) {
        int at = target.writerIndex();
        target.writeBytes(source, index, RecordBatch.RECORDS_AT);
        int dropped = RecordBatch.CODEC_MASK | RecordBatch.DELETE_HORIZON_MASK;
        target.setShort(at + RecordBatch.ATTRIBUTES_AT, RecordBatch.attributes(target, at) & ~dropped);
        target.setLong(at + RecordBatch.BASE_TIMESTAMP_AT, RecordBatch.NO_TIMESTAMP);
        target.setInt(at + RecordBatch.RECORD_COUNT_AT, 0);
        finish(target, at);
    }

    /** The header as it is, but for what counts the records, and the records kept, their deltas unchanged. */
    private void writeKept(ByteBuf source, int index, ByteBuf target) {
        int at = target.writerIndex();
        target.writeBytes(source, index, RecordBatch.RECORDS_AT);
        target.setInt(at + RecordBatch.RECORD_COUNT_AT, keptCount);
        if (!RecordBatch.isLogAppendTime(source, index)) {
            target.setLong(at + RecordBatch.MAX_TIMESTAMP_AT, keptMaxTimestampMs);
        }
        CompressionCodec codec = RecordBatch.codec(source, index);
        if (codec == null || codec == CompressionCodec.NONE) {
            target.writeBytes(kept);
        } else {
            codec.compress(kept, 0, kept.readableBytes(), target, codec.defaultLevel());
        }
        finish(target, at);
    }

    private static void finish(ByteBuf target, int at) {
        target.setInt(at + RecordBatch.LENGTH_AT, target.writerIndex() - at - RecordBatch.LOG_OVERHEAD);
        RecordBatch.updateCrc(target, at);
    }

    /** With a delete horizon, which takes the place of the base timestamp: the records' timestamps are relative to it. */
    private void rebuild(ByteBuf source, int index, boolean control, ByteBuf target) {
        RecordBatchBuilder builder = RecordBatchBuilder.like(source, index, target, deleteHorizonMs);
        int next = 0;
        try (RecordCursor records = cursor.open(source, index)) {
            while (records.next()) {
                if (control || stays(records, false)) {
                    builder.skipOffsets(records.offsetDelta() - next).append(records);
                    next = records.offsetDelta() + 1;
                }
            }
        }
        builder.skipOffsets(RecordBatch.lastOffsetDelta(source, index) + 1 - next)
                .build();
    }

    @Override
    public void close() {
        cursor.close();
        kept.release();
    }
}
