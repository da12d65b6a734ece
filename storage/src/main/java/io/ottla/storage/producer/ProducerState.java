package io.ottla.storage.producer;

import io.ottla.protocol.record.RecordBatch;
import java.util.Arrays;

/**
 * The last appends of one producer. Confined to the partition's home loop.
 *
 * <p>The five last batches live in a ring of three numbers each (last offset; timestamp; last sequence and offset delta).
 * It begins with room for one, because most producers of a restored partition never come back.
 */
public final class ProducerState {
    /** As many batches as an idempotent client keeps in flight at most. */
    static final int MAX_BATCHES = 5;

    static final long NO_OFFSET = -1L;

    private static final int LONGS_PER_BATCH = 3;

    private final long producerId;
    private short epoch = RecordBatch.NO_PRODUCER_EPOCH;
    private int coordinatorEpoch = -1;
    private long lastTimestamp = RecordBatch.NO_TIMESTAMP;
    private long transactionFirstOffset = NO_OFFSET;
    private long[] ring = {};
    private int oldest;
    private int batchCount;

    ProducerState(long producerId) {
        this.producerId = producerId;
    }

    public long producerId() {
        return producerId;
    }

    /** The newest epoch seen, {@link RecordBatch#NO_PRODUCER_EPOCH} before any. */
    public short epoch() {
        return epoch;
    }

    /** Epoch of the transaction coordinator that wrote the last marker, -1 before any. */
    public int coordinatorEpoch() {
        return coordinatorEpoch;
    }

    /** Max timestamp of the last batch or marker in milliseconds. */
    public long lastTimestamp() {
        return lastTimestamp;
    }

    /** Offset of the first record of the transaction that is open; -1 if none is. */
    public long transactionFirstOffset() {
        return transactionFirstOffset;
    }

    public boolean isInTransaction() {
        return transactionFirstOffset != NO_OFFSET;
    }

    /** How many batches of the current epoch are remembered. */
    int batchCount() {
        return batchCount;
    }

    /** Sequence of the last record of the current epoch, {@link RecordBatch#NO_SEQUENCE} before any. */
    public int lastSequence() {
        return batchCount == 0 ? RecordBatch.NO_SEQUENCE : lastSequence(newestAt());
    }

    /** Offset of the last record of the current epoch that is no marker, -1 before any. */
    public long lastOffset() {
        return batchCount == 0 ? NO_OFFSET : ring[newestAt()];
    }

    /** Last minus first offset of the last batch, zero before any. */
    int lastOffsetDelta() {
        return batchCount == 0 ? 0 : offsetDelta(newestAt());
    }

    /** Notes a batch of the data of {@code epoch}, after all before it. */
    void onBatch(short epoch, int lastSequence, long lastOffset, int offsetDelta, long timestamp) {
        enterEpoch(epoch);
        int at = claimSlot();
        ring[at] = lastOffset;
        ring[at + 1] = timestamp;
        ring[at + 2] = ((long) lastSequence << 32) | (offsetDelta & 0xffffffffL);
        lastTimestamp = timestamp;
    }

    /** Notes a marker, which closes the open transaction and may bring a newer epoch. */
    void onMarker(short epoch, int coordinatorEpoch, long timestamp) {
        enterEpoch(epoch);
        this.coordinatorEpoch = coordinatorEpoch;
        this.lastTimestamp = timestamp;
        this.transactionFirstOffset = NO_OFFSET;
    }

    void beginTransaction(long firstOffset) {
        transactionFirstOffset = firstOffset;
    }

    /** Takes over what a snapshot says besides the last batch. */
    void restore(short epoch, int coordinatorEpoch, long lastTimestamp, long transactionFirstOffset) {
        this.epoch = epoch;
        this.coordinatorEpoch = coordinatorEpoch;
        this.lastTimestamp = lastTimestamp;
        this.transactionFirstOffset = transactionFirstOffset;
    }

    private void enterEpoch(short newEpoch) {
        if (newEpoch != epoch) {
            epoch = newEpoch;
            oldest = 0;
            batchCount = 0;
        }
    }

    private int claimSlot() {
        if (batchCount == MAX_BATCHES) {
            int at = oldest * LONGS_PER_BATCH;
            oldest = (oldest + 1) % MAX_BATCHES;
            return at;
        }
        int at = batchCount * LONGS_PER_BATCH;
        if (at == ring.length) {
            ring = Arrays.copyOf(ring, (batchCount == 0 ? 1 : MAX_BATCHES) * LONGS_PER_BATCH);
        }
        batchCount++;
        return at;
    }

    private int newestAt() {
        return (oldest + batchCount - 1) % MAX_BATCHES * LONGS_PER_BATCH;
    }

    /**
     * Where the remembered batch with exactly these sequences is, for {@link #batchLastOffset} and its like; -1 if there is
     * none or the epoch is not the current one.
     */
    int findBatch(short epoch, int baseSequence, int lastSequence) {
        if (epoch != this.epoch || baseSequence == RecordBatch.NO_SEQUENCE) {
            return -1;
        }
        for (int i = 0; i < batchCount; i++) {
            int at = i * LONGS_PER_BATCH;
            int last = lastSequence(at);
            if (last == lastSequence && ((last - offsetDelta(at)) & Integer.MAX_VALUE) == baseSequence) {
                return at;
            }
        }
        return -1;
    }

    long batchLastOffset(int at) {
        return ring[at];
    }

    long batchBaseOffset(int at) {
        return ring[at] - offsetDelta(at);
    }

    long batchTimestamp(int at) {
        return ring[at + 1];
    }

    private int lastSequence(int at) {
        return (int) (ring[at + 2] >> 32);
    }

    private int offsetDelta(int at) {
        return (int) ring[at + 2];
    }
}
