package io.ottla.broker.handler.produce;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ProduceResponse.BatchIndexAndErrorMessage;
import io.ottla.protocol.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.protocol.record.BatchVerdict;
import io.ottla.replication.partition.AppendListener;
import io.ottla.replication.partition.Partition;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.producer.VerificationGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One partition's part of a produce. It ends once: on the partition's home loop, or at the deadline on the connection's
 * loop, whichever is first; that one fills in the response.
 */
final class PartitionAppend extends AtomicInteger implements AppendListener {

    private static final long serialVersionUID = 1L;
    private static final int OPEN = 0;
    private static final int ENDED = 1;

    private final transient ProduceCall call;
    final transient Partition partition;
    final transient ByteBuf payload;
    private final transient PartitionProduceResponse response;

    /** Whether the batch is part of a transaction. */
    final boolean isTransactional;
    /** What shows that its transaction may begin here; set on the home loop. */
    private transient @Nullable VerificationGuard guard;

    /** The next append of the same call with the same home loop; set before any append begins. */
    transient @Nullable PartitionAppend next;

    PartitionAppend(ProduceCall call, Partition partition, ByteBuf payload, PartitionProduceResponse response) {
        super(OPEN);
        this.call = call;
        this.partition = partition;
        this.payload = payload;
        this.response = response;
        this.isTransactional = TransactionalBatch.is(payload);
    }

    void setGuard(@Nullable VerificationGuard guard) {
        this.guard = guard;
    }

    @Override
    public @Nullable VerificationGuard guard() {
        return guard;
    }

    boolean isOpen() {
        return get() == OPEN;
    }

    @Override
    public void onAppend(AppendResult result) {
        if (compareAndSet(OPEN, ENDED)) {
            if (result.isSuccess()) {
                response.setBaseOffset(result.baseOffset())
                        .setLogAppendTimeMs(result.logAppendTimeMs())
                        .setLogStartOffset(result.logStartOffset());
            } else {
                response.setLogStartOffset(result.logStartOffset());
                call.fill(response, partition, result.error(), result.message());
            }
            call.onEnded();
        }
    }

    @Override
    public void onRejected(BatchVerdict.Rejected verdict) {
        if (compareAndSet(OPEN, ENDED)) {
            List<BatchIndexAndErrorMessage> errors = new ArrayList<>();
            for (BatchVerdict.RecordError error : verdict.recordErrors()) {
                errors.add(new BatchIndexAndErrorMessage()
                        .setBatchIndex(error.batchIndex())
                        .setBatchIndexErrorMessage(error.message()));
            }
            response.setRecordErrors(errors);
            call.fill(response, partition, verdict.error(), verdict.message());
            call.onEnded();
        }
    }

    @Override
    public boolean isAbandoned() {
        return !isOpen();
    }

    /** The deadline has passed. */
    void expire() {
        if (compareAndSet(OPEN, ENDED)) {
            call.fill(response, partition, ErrorCode.REQUEST_TIMED_OUT, null);
            call.onEnded();
        }
    }

    /** Something unforeseen has happened while appending. */
    void fail(Throwable failure) {
        if (compareAndSet(OPEN, ENDED)) {
            ErrorCode error =
                    failure instanceof ApiException refused ? refused.error() : ErrorCode.UNKNOWN_SERVER_ERROR;
            call.fill(response, partition, error, failure.toString());
            call.onEnded();
        }
    }
}
