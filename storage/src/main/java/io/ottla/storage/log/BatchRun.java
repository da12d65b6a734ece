package io.ottla.storage.log;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.record.BatchCursor;
import io.ottla.protocol.record.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * What a run of whole batches, which is to be appended at once, amounts to. Reused for each append; confined to the log's
 * home loop.
 */
final class BatchRun {
    private final BatchCursor cursor;
    private int sizeBytes;
    private int batchCount;
    private long baseOffset;
    private long lastOffset;
    private long maxTimestampMs;
    private long logAppendTimeMs;

    BatchRun(ByteBuf anyBuffer) {
        this.cursor = new BatchCursor(anyBuffer, 0, 0);
    }

    /**
     * Takes the batches of a leader's append, all of the given bytes.
     *
     * @return what is wrong with the bytes, or null
     */
    @Nullable
    String takeAll(ByteBuf buffer, int index, int length) {
        clear();
        cursor.reset(buffer, index, length);
        while (cursor.next() == BatchCursor.Step.BATCH) {
            add(buffer, cursor.position());
        }
        if (cursor.step() != BatchCursor.Step.END) {
            return cursor.fault();
        }
        return batchCount == 0 ? "no batch" : null;
    }

    /**
     * Takes batches that a leader has sent, which must have their offsets and right checksums, up to {@code maxBytes} but
     * at least one; a last batch that is cut short is left out.
     *
     * @param expectedOffset what the first offset must not be less than
     * @return what is wrong with the bytes, or null
     */
    @Nullable
    String takeReplicated(ByteBuf buffer, int index, int length, int maxBytes, long expectedOffset) {
        clear();
        cursor.reset(buffer, index, length);
        while (cursor.next() == BatchCursor.Step.BATCH) {
            int at = cursor.position();
            if (batchCount > 0 && sizeBytes + RecordBatch.sizeBytes(buffer, at) > maxBytes) {
                return null;
            }
            long expected = batchCount == 0 ? expectedOffset : lastOffset + 1;
            if (RecordBatch.baseOffset(buffer, at) < expected
                    || RecordBatch.lastOffset(buffer, at) < RecordBatch.baseOffset(buffer, at)) {
                return "batch from offset " + RecordBatch.baseOffset(buffer, at) + " to "
                        + RecordBatch.lastOffset(buffer, at) + ", expected one from " + expected + " on";
            }
            if (!RecordBatch.isCrcValid(buffer, at)) {
                return "batch at offset " + RecordBatch.baseOffset(buffer, at) + " has checksum "
                        + RecordBatch.crc(buffer, at) + ", expected " + RecordBatch.computeCrc(buffer, at);
            }
            add(buffer, at);
        }
        return cursor.step() == BatchCursor.Step.END || cursor.step() == BatchCursor.Step.TRUNCATED
                ? null
                : cursor.fault();
    }

    /** Gives consecutive offsets and the leader's epoch to the batches, in place. */
    void assign(ByteBuf buffer, int index, long nextOffset, int leaderEpoch) {
        baseOffset = nextOffset;
        long next = nextOffset;
        for (int at = index; at < index + sizeBytes; at += RecordBatch.sizeBytes(buffer, at)) {
            RecordBatch.setBaseOffset(buffer, at, next);
            RecordBatch.setLeaderEpoch(buffer, at, leaderEpoch);
            next = RecordBatch.nextOffset(buffer, at);
        }
        lastOffset = next - 1;
    }

    private void clear() {
        sizeBytes = 0;
        batchCount = 0;
        maxTimestampMs = RecordBatch.NO_TIMESTAMP;
        logAppendTimeMs = RecordBatch.NO_TIMESTAMP;
    }

    private void add(ByteBuf buffer, int at) {
        if (batchCount == 0) {
            baseOffset = RecordBatch.baseOffset(buffer, at);
        }
        lastOffset = RecordBatch.lastOffset(buffer, at);
        long timestampMs = RecordBatch.maxTimestamp(buffer, at);
        maxTimestampMs = Math.max(maxTimestampMs, timestampMs);
        if (RecordBatch.isLogAppendTime(buffer, at)) {
            logAppendTimeMs = timestampMs;
        }
        sizeBytes += RecordBatch.sizeBytes(buffer, at);
        batchCount++;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    long baseOffset() {
        return baseOffset;
    }

    long lastOffset() {
        return lastOffset;
    }

    long maxTimestampMs() {
        return maxTimestampMs;
    }

    /** The broker's timestamp if the batches carry it, or -1. */
    long logAppendTimeMs() {
        return logAppendTimeMs;
    }
}
