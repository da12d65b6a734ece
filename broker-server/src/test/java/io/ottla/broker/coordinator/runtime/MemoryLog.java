package io.ottla.broker.coordinator.runtime;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.RecordBatch;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The partitions of an internal topic in memory, whose appends can be held back, refused, or fail after the write. */
public final class MemoryLog implements PartitionReader, PartitionWriter {
    private record Held(int partition, byte[] batch, CompletableFuture<Long> future) {}

    private final Map<Integer, List<byte[]>> batches = new HashMap<>();
    private final Queue<Held> held = new ArrayDeque<>();
    private final Map<Integer, Long> endOffsets = new HashMap<>();
    private boolean holding;
    private @Nullable ErrorCode refusal;
    private @Nullable IOException readFailure;

    /** Holds appends back until {@link #releaseHeld}. */
    public void hold() {
        holding = true;
    }

    /** Writes and commits what is held back, and holds back no more. */
    public void releaseHeld() {
        holding = false;
        for (Held append = held.poll(); append != null; append = held.poll()) {
            append.future().complete(write(append.partition(), append.batch()));
        }
    }

    /** Fails the append that is held back. */
    public void failHeld(ErrorCode error, boolean written) {
        Held append = held.remove();
        if (written) {
            write(append.partition(), append.batch());
        }
        append.future().completeExceptionally(new ApiException(error, "as the test wants"));
    }

    public int heldCount() {
        return held.size();
    }

    /** Refuses appends with {@code error}; null accepts them again. */
    public void refuse(@Nullable ErrorCode error) {
        refusal = error;
    }

    public void failReads(@Nullable IOException failure) {
        readFailure = failure;
    }

    @Override
    public CompletionStage<Long> append(int partition, int leaderEpoch, ByteBuf batch, BatchKind kind) {
        byte[] bytes = ByteBufUtil.getBytes(batch);
        batch.release();
        if (refusal != null) {
            return CompletableFuture.failedFuture(new ApiException(refusal, "as the test wants"));
        }
        if (holding) {
            CompletableFuture<Long> future = new CompletableFuture<>();
            held.add(new Held(partition, bytes, future));
            return future;
        }
        return CompletableFuture.completedFuture(write(partition, bytes));
    }

    /** Writes a batch as it is, at the end of the log. */
    public long write(int partition, byte[] batch) {
        long offset = endOffset(partition);
        ByteBuf buffer = Unpooled.wrappedBuffer(batch);
        RecordBatch.setBaseOffset(buffer, 0, offset);
        batches.computeIfAbsent(partition, number -> new ArrayList<>()).add(batch);
        endOffsets.put(partition, RecordBatch.nextOffset(buffer, 0));
        return offset;
    }

    public List<byte[]> batches(int partition) {
        return batches.getOrDefault(partition, List.of());
    }

    @Override
    public long startOffset(int partition) {
        return 0;
    }

    @Override
    public long endOffset(int partition) {
        return endOffsets.getOrDefault(partition, 0L);
    }

    @Override
    public Chunk read(int partition, long offset, int maxBytes) throws IOException {
        if (readFailure != null) {
            throw readFailure;
        }
        ByteBuf chunk = Unpooled.buffer();
        long nextOffset = offset;
        for (byte[] batch : batches(partition)) {
            ByteBuf buffer = Unpooled.wrappedBuffer(batch);
            boolean wanted = RecordBatch.lastOffset(buffer, 0) >= offset;
            if (wanted && (chunk.readableBytes() == 0 || chunk.readableBytes() + batch.length <= maxBytes)) {
                chunk.writeBytes(batch);
                nextOffset = RecordBatch.nextOffset(buffer, 0);
            } else if (wanted) {
                break;
            }
        }
        return new Chunk(chunk, nextOffset);
    }
}
