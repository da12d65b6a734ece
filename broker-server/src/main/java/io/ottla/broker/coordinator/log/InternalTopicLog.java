package io.ottla.broker.coordinator.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.ottla.broker.coordinator.runtime.PartitionReader;
import io.ottla.broker.coordinator.runtime.PartitionWriter;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.BatchCursor;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionSet;
import io.ottla.storage.file.FileRange;
import io.ottla.storage.log.FetchedRecords;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads and appends the partitions of one internal topic that this broker leads. */
public final class InternalTopicLog implements PartitionReader, PartitionWriter {

    private final String topic;
    private final PartitionSet partitions;

    public InternalTopicLog(String topic, PartitionSet partitions) {
        this.topic = topic;
        this.partitions = partitions;
    }

    @Override
    public CompletionStage<Long> append(int partition, int leaderEpoch, ByteBuf batch) {
        CompletableFuture<Long> committed = new CompletableFuture<>();
        Partition hosted = partitions.get(topic, partition);
        if (hosted == null) {
            batch.release();
            committed.completeExceptionally(new ApiException(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, topic + "-" + partition + " is not hosted here"));
            return committed;
        }
        hosted.appendAsCoordinator(batch, leaderEpoch, result -> {
            batch.release();
            if (result.isSuccess()) {
                committed.complete(result.baseOffset());
            } else {
                committed.completeExceptionally(new ApiException(result.error(), String.valueOf(result.message())));
            }
        });
        return committed;
    }

    @Override
    public long startOffset(int partition) throws IOException {
        return view(partition).logStartOffset();
    }

    @Override
    public long endOffset(int partition) throws IOException {
        return view(partition).logEndOffset();
    }

    @Override
    public Chunk read(int partition, long offset, int maxBytes) throws IOException {
        LogView view = view(partition);
        FetchedRecords fetched = view.read(offset, maxBytes, view.logEndOffset(), LogView.FirstBatch.WHOLE);
        try {
            if (fetched.error() != ErrorCode.NONE) {
                throw new IOException("read of " + topic + "-" + partition + " at offset " + offset + " of "
                        + view.logStartOffset() + " to " + view.logEndOffset() + ": " + fetched.error());
            }
            return chunk(load(fetched), offset);
        } finally {
            fetched.release();
        }
    }

    private LogView view(int partition) throws IOException {
        Partition hosted = partitions.get(topic, partition);
        PartitionLog log = hosted == null ? null : hosted.role().log();
        if (log == null) {
            throw new IOException(topic + "-" + partition + " has no log here");
        }
        return log.view();
    }

    /** The bytes in memory, with a reference of its own. */
    private static ByteBuf load(FetchedRecords fetched) throws IOException {
        ByteBuf buffer = fetched.buffer();
        if (buffer != null) {
            return buffer.retainedSlice();
        }
        FileRange range = fetched.range();
        int sizeBytes = fetched.sizeBytes();
        ByteBuf loaded = ByteBufAllocator.DEFAULT.directBuffer(Math.max(1, sizeBytes));
        if (range != null) {
            try {
                range.readInto(loaded, 0, sizeBytes);
            } catch (IOException e) {
                loaded.release();
                throw e;
            }
        }
        return loaded;
    }

    /** The whole batches of {@code bytes}, of which the last may be cut short. */
    private static Chunk chunk(ByteBuf bytes, long offset) {
        BatchCursor batches = new BatchCursor(bytes, bytes.readerIndex(), bytes.readableBytes());
        long next = offset;
        int end = bytes.readerIndex();
        while (batches.next() == BatchCursor.Step.BATCH) {
            next = RecordBatch.nextOffset(bytes, batches.position());
            end = batches.position() + RecordBatch.sizeBytes(bytes, batches.position());
        }
        return new Chunk(bytes.writerIndex(end), next);
    }
}
