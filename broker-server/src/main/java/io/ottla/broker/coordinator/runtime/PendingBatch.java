package io.ottla.broker.coordinator.runtime;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordBatchBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Commands whose records are, or will be, appended together, and who waits for that. Confined to the shard's loop. */
final class PendingBatch {
    private static final int MARKER_BYTES = 64;

    private record Waiter<T extends @Nullable Object>(
            CompletableFuture<T> future,
            T response,
            @Nullable Consumer<ErrorCode> onOutcome) {
        void tellOutcome(ErrorCode error) {
            if (onOutcome != null) {
                onOutcome.accept(error);
            }
        }

        void answer(ErrorCode error, String message) {
            if (error == ErrorCode.NONE) {
                future.complete(response);
            } else {
                future.completeExceptionally(new ApiException(error, message));
            }
        }
    }

    final long createdNs;
    private final BatchKind kind;
    private final List<EncodedRecords> commands = new ArrayList<>();
    private List<Waiter<?>> waiters = new ArrayList<>();
    private int sizeBytes = RecordBatch.RECORDS_AT;
    /** Position of the journal behind the last command of this batch. */
    private long journalEnd;

    private boolean timedOut;

    PendingBatch(long createdNs, BatchKind kind) {
        this.createdNs = createdNs;
        this.kind = kind;
    }

    BatchKind kind() {
        return kind;
    }

    /** Whether records of that kind may come in here, too. A marker stands alone. */
    boolean mixesWith(BatchKind other) {
        return kind.equals(other) && !(kind instanceof BatchKind.Marker);
    }

    static boolean fitsAlone(EncodedRecords records, int maxBatchBytes) {
        return RecordBatch.RECORDS_AT + records.maxSizeBytes() <= maxBatchBytes;
    }

    boolean fits(EncodedRecords records, int maxBatchBytes) {
        return sizeBytes + records.maxSizeBytes() <= maxBatchBytes;
    }

    void add(EncodedRecords records, long journalEnd) {
        commands.add(records);
        sizeBytes += records.maxSizeBytes();
        this.journalEnd = journalEnd;
    }

    /** Takes the end of a transaction, whose changes the journal has already. */
    void addMarker(long journalEnd) {
        sizeBytes += MARKER_BYTES;
        this.journalEnd = journalEnd;
    }

    <T extends @Nullable Object> void addWaiter(
            CompletableFuture<T> future, T response, @Nullable Consumer<ErrorCode> onOutcome) {
        waiters.add(new Waiter<>(future, response, onOutcome));
    }

    long journalEnd() {
        return journalEnd;
    }

    boolean timedOut() {
        return timedOut;
    }

    /** Makes the batch and drops the commands' own bytes. */
    ByteBuf build(ByteBufAllocator allocator, CompressionCodec codec, long timestampMs) {
        ByteBuf target = allocator.buffer(sizeBytes);
        RecordBatchBuilder builder = new RecordBatchBuilder(target, timestampMs);
        if (codec != CompressionCodec.NONE && !(kind instanceof BatchKind.Marker)) {
            builder.codec(codec, codec.defaultLevel());
        }
        if (kind instanceof BatchKind.Transactional part) {
            builder.producer(part.producerId(), part.producerEpoch(), RecordBatch.NO_SEQUENCE)
                    .transactional();
        } else if (kind instanceof BatchKind.Marker end) {
            builder.producer(end.producerId(), end.producerEpoch(), RecordBatch.NO_SEQUENCE)
                    .transactional()
                    .control();
            end.marker().appendTo(builder, timestampMs);
        }
        commands.forEach(command -> command.appendTo(builder, timestampMs));
        builder.build();
        releaseCommands();
        return target;
    }

    void releaseCommands() {
        commands.forEach(EncodedRecords::release);
        commands.clear();
    }

    /** Answers all who wait, in the order in which they came. */
    void answer(ErrorCode error, String message) {
        List<Waiter<?>> answered = waiters;
        waiters = new ArrayList<>();
        answered.forEach(waiter -> waiter.tellOutcome(error));
        answered.forEach(waiter -> waiter.answer(error, message));
    }

    /** Answers without telling outcomes: the shard is no more. */
    void abandon(ErrorCode error, String message) {
        releaseCommands();
        List<Waiter<?>> answered = waiters;
        waiters = new ArrayList<>();
        answered.forEach(waiter -> waiter.answer(error, message));
    }

    /** Answers all who wait that it took too long. The batch itself goes on. */
    void timeOut(String message) {
        timedOut = true;
        answer(ErrorCode.REQUEST_TIMED_OUT, message);
    }
}
