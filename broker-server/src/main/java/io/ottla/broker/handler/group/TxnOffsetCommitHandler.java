package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.coordinator.group.TransactionalOffsets;
import io.ottla.broker.coordinator.runtime.BatchKind;
import io.ottla.broker.handler.produce.TransactionGate;
import io.ottla.broker.handler.produce.TransactionVerifier.Claim;
import io.ottla.broker.handler.produce.TransactionVerifier.Terms;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.TxnOffsetCommitRequest;
import io.ottla.protocol.message.TxnOffsetCommitResponse;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionLocator;
import io.ottla.storage.producer.VerificationGuard;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * TxnOffsetCommit (key 28): offsets of a group as part of a producer's transaction (KIP-98, KIP-447). Like a produce, the
 * first one of a transaction in the group's partition takes the consent of the transaction's coordinator. Keeps nothing.
 */
public final class TxnOffsetCommitHandler implements RequestHandler<TxnOffsetCommitRequest, TxnOffsetCommitResponse> {
    /** The first version whose clients understand that a coordinator is loading. */
    private static final short LOADING_VERSION = 2;

    private static final short ABORTABLE_VERSION = 4;
    private static final short ADDING_VERSION = 5;
    private static final int NO_SEQUENCE = -1;

    private final GroupCoordinator coordinator;
    private final PartitionLocator locator;
    private final TransactionGate gate;

    public TxnOffsetCommitHandler(GroupCoordinator coordinator, PartitionLocator locator, TransactionGate gate) {
        this.coordinator = coordinator;
        this.locator = locator;
        this.gate = gate;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.TXN_OFFSET_COMMIT;
    }

    @Override
    public CompletionStage<@Nullable TxnOffsetCommitResponse> handle(
            RequestContext context, TxnOffsetCommitRequest request) {
        if (request.groupId().isEmpty()) {
            return CompletableFuture.completedFuture(TransactionalOffsets.failed(request, ErrorCode.INVALID_GROUP_ID));
        }
        Partition partition = locator.find(GroupCoordinator.TOPIC, coordinator.partitionFor(request.groupId()));
        if (partition == null) {
            return CompletableFuture.completedFuture(TransactionalOffsets.failed(request, ErrorCode.NOT_COORDINATOR));
        }
        CompletableFuture<@Nullable TxnOffsetCommitResponse> result = new CompletableFuture<>();
        if (partition.loop().inEventLoop()) {
            pass(context.apiVersion(), request, partition, result);
        } else {
            partition.loop().execute(() -> pass(context.apiVersion(), request, partition, result));
        }
        return result;
    }

    private void pass(
            short version,
            TxnOffsetCommitRequest request,
            Partition partition,
            CompletableFuture<@Nullable TxnOffsetCommitResponse> result) {
        Claim claim = new Claim(
                request.transactionalId(),
                request.producerId(),
                request.producerEpoch(),
                partition.name(),
                termsOf(version));
        gate.pass(partition, claim, NO_SEQUENCE, (error, guard) -> {
            if (error == ErrorCode.NONE) {
                commit(version, request, guard, result);
            } else {
                result.complete(TransactionalOffsets.failed(request, refusal(error, version)));
            }
        });
    }

    private void commit(
            short version,
            TxnOffsetCommitRequest request,
            @Nullable VerificationGuard guard,
            CompletableFuture<@Nullable TxnOffsetCommitResponse> result) {
        BatchKind.Transactional part =
                new BatchKind.Transactional(request.producerId(), request.producerEpoch(), guard);
        var unused = coordinator
                .transactionalOffsets()
                .commit(request, version, part)
                .whenComplete((response, failure) -> {
                    if (failure != null) {
                        result.completeExceptionally(failure);
                    } else {
                        result.complete(version < LOADING_VERSION ? withoutLoading(response) : response);
                    }
                });
    }

    private static Terms termsOf(short version) {
        if (version >= ADDING_VERSION) {
            return Terms.ADD;
        }
        return version >= ABORTABLE_VERSION ? Terms.VERIFY_ABORTABLE : Terms.VERIFY;
    }

    /**
     * What the client is told if the transaction's coordinator does not agree. What it would take for news of the group's
     * coordinator, or not understand, becomes "loading", on which it sends the request again.
     */
    private static ErrorCode refusal(ErrorCode error, short version) {
        ErrorCode told =
                switch (error) {
                    case NETWORK_EXCEPTION, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE ->
                        ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
                    case CONCURRENT_TRANSACTIONS ->
                        version >= ADDING_VERSION ? error : ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
                    default -> error;
                };
        return version < LOADING_VERSION && told == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
                ? ErrorCode.COORDINATOR_NOT_AVAILABLE
                : told;
    }

    private static TxnOffsetCommitResponse withoutLoading(TxnOffsetCommitResponse response) {
        response.topics().forEach(topic -> topic.partitions().forEach(partition -> {
            if (partition.errorCode() == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS.code()) {
                partition.setErrorCode(ErrorCode.COORDINATOR_NOT_AVAILABLE.code());
            }
        }));
        return response;
    }

    @Override
    public TxnOffsetCommitResponse errorResponse(
            TxnOffsetCommitRequest request, ErrorCode error, @Nullable String message) {
        return TransactionalOffsets.failed(request, error);
    }
}
