package io.ottla.broker.coordinator.runtime;

import io.netty.buffer.ByteBuf;
import java.io.IOException;

/** Reads the partitions of one internal topic from start to end. Blocking: called on worker threads only. */
public interface PartitionReader {
    /**
     * Whole batches of a log.
     *
     * @param batches the batches, possibly none; owned by the receiver, which releases it
     * @param nextOffset where the next read goes on; greater than the offset of this read unless the log ended there
     */
    record Chunk(ByteBuf batches, long nextOffset) {}

    /** The first offset of the partition. */
    long startOffset(int partition) throws IOException;

    /** The log end offset of the partition, exclusive; not the high watermark. */
    long endOffset(int partition) throws IOException;

    /**
     * Reads from {@code offset} on.
     *
     * @param offset from {@link #startOffset} to {@link #endOffset}, or what the chunk before said
     * @param maxBytes about as much as is read; the first batch comes whole in any case
     */
    Chunk read(int partition, long offset, int maxBytes) throws IOException;
}
