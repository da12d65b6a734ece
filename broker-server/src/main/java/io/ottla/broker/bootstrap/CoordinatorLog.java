package io.ottla.broker.bootstrap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.ottla.broker.coordinator.runtime.BatchKind;
import io.ottla.broker.coordinator.runtime.PartitionReader;
import io.ottla.broker.coordinator.runtime.PartitionWriter;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.replication.partition.AppendListener;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionSet;
import io.ottla.storage.file.FileRange;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.log.FetchedRecords;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.producer.VerificationGuard;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The partitions of one internal topic as its coordinator sees them: this broker's own replicas. Stateless. */
final class CoordinatorLog implements PartitionReader, PartitionWriter {
    private final String topic;
    private final PartitionSet partitions;
    private final ByteBufAllocator allocator;

    CoordinatorLog(String topic, PartitionSet partitions, ByteBufAllocator allocator) {
        this.topic = topic;
        this.partitions = partitions;
        this.allocator = allocator;
    }

    @Override
    public CompletionStage<Long> append(int partition, int leaderEpoch, ByteBuf batch, BatchKind kind) {
        Partition hosted = partitions.get(topic, partition);
        if (hosted == null) {
            batch.release();
            return CompletableFuture.failedFuture(notHere(partition));
        }
        CompletableFuture<Long> appended = new CompletableFuture<>();
        VerificationGuard guard = kind instanceof BatchKind.Transactional part ? part.guard() : null;
        AppendListener listener = new CoordinatorAppend(batch, guard, appended);
        if (kind instanceof BatchKind.Marker marker) {
            hosted.appendMarker(batch, leaderEpoch, marker.raisesEpoch(), listener);
        } else {
            hosted.appendAsCoordinator(batch, leaderEpoch, listener);
        }
        return appended;
    }

    private record CoordinatorAppend(
            ByteBuf batch, @Nullable VerificationGuard guard, CompletableFuture<Long> appended)
            implements AppendListener {
        @Override
        public void onAppend(AppendResult result) {
            batch.release();
            complete(appended, result);
        }
    }

    private static void complete(CompletableFuture<Long> appended, AppendResult result) {
        if (result.isSuccess()) {
            appended.complete(result.baseOffset());
        } else {
            appended.completeExceptionally(new ApiException(result.error(), String.valueOf(result.message())));
        }
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
        FetchedRecords records = view.read(offset, maxBytes, view.logEndOffset(), LogView.FirstBatch.WHOLE);
        try {
            if (records.error() != ErrorCode.NONE) {
                throw new IOException(topic + "-" + partition + " cannot be read at offset " + offset + ", it has "
                        + view.logStartOffset() + " to " + view.logEndOffset() + ": " + records.error());
            }
            return wholeBatches(copy(records), offset);
        } finally {
            records.release();
        }
    }

    private ByteBuf copy(FetchedRecords records) throws IOException {
        ByteBuf bytes = allocator.buffer(records.sizeBytes());
        try {
            ByteBuf inMemory = records.buffer();
            FileRange range = records.range();
            if (inMemory != null) {
                bytes.writeBytes(inMemory, inMemory.readerIndex(), inMemory.readableBytes());
            } else if (range != null) {
                range.readInto(bytes, 0, range.sizeBytes());
            }
            return bytes;
        } catch (IOException | RuntimeException e) {
            bytes.release();
            throw e;
        }
    }

    /** Leaves out a last batch that the limit has cut short. */
    private static Chunk wholeBatches(ByteBuf bytes, long offset) {
        long next = offset;
        int position = bytes.readerIndex();
        while (bytes.writerIndex() - position >= RecordBatch.RECORDS_AT
                && bytes.writerIndex() - position >= RecordBatch.sizeBytes(bytes, position)) {
            next = RecordBatch.nextOffset(bytes, position);
            position += RecordBatch.sizeBytes(bytes, position);
        }
        return new Chunk(bytes.writerIndex(position), next);
    }

    private LogView view(int partition) throws IOException {
        Partition hosted = partitions.get(topic, partition);
        PartitionLog log = hosted == null ? null : hosted.role().log();
        if (log == null) {
            throw new IOException(topic + "-" + partition + " has no log on this broker");
        }
        return log.view();
    }

    private ApiException notHere(int partition) {
        return new ApiException(
                ErrorCode.NOT_LEADER_OR_FOLLOWER, topic + "-" + partition + " is not hosted by this broker");
    }
}
