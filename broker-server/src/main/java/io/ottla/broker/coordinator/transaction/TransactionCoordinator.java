package io.ottla.broker.coordinator.transaction;

import static java.util.concurrent.CompletableFuture.completedFuture;

import io.ottla.broker.coordinator.runtime.CommandResult;
import io.ottla.broker.coordinator.runtime.Coordination;
import io.ottla.broker.coordinator.runtime.CoordinatorShard;
import io.ottla.broker.coordinator.runtime.ShardDefinition;
import io.ottla.broker.coordinator.runtime.ShardRuntime;
import io.ottla.broker.coordinator.runtime.ShardServices;
import io.ottla.broker.coordinator.transaction.IdentityOutcome.Aborting;
import io.ottla.broker.coordinator.transaction.IdentityOutcome.FreshIdNeeded;
import io.ottla.broker.coordinator.transaction.IdentityOutcome.Granted;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.EndTxnRequest;
import io.ottla.protocol.message.EndTxnResponse;
import io.ottla.protocol.message.InitProducerIdRequest;
import io.ottla.protocol.message.InitProducerIdResponse;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The transaction coordinator of this broker: takes requests to the shards of their transactional ids. Any thread.
 * Responses complete on the loop of their shard and carry their errors; the stages fail only by mistake.
 */
public final class TransactionCoordinator implements Coordination {
    /** The topic in which transactional ids and the state of their transactions are kept. */
    public static final String TOPIC = "__transaction_state";

    private static final int INIT_FENCED_VERSION = 4;
    private static final int END_FENCED_VERSION = 2;
    /** From this version of EndTxn on the epoch is bumped by each end (KIP-890). */
    private static final int BUMPING_END_VERSION = 5;

    private final TransactionSettings settings;
    private final TransactionServices ports;
    private final ShardRuntime<TransactionShard> runtime;
    private final TransactionPartitions partitions;
    private final TransactionAdministration administration;

    /** @param services the loops, the log and the time of the partitions of {@link #TOPIC} */
    public TransactionCoordinator(TransactionSettings settings, ShardServices services, TransactionServices ports) {
        this.settings = settings;
        this.ports = ports;
        this.runtime = new ShardRuntime<>(
                new ShardDefinition<>(
                        TOPIC,
                        TransactionRecords.FORMAT,
                        context -> new TransactionShard(context, settings, ports.markers(), ports.transactionVersion()),
                        settings.shards()),
                services);
        this.partitions = new TransactionPartitions(this, ports);
        this.administration = new TransactionAdministration(this, services);
    }

    /** AddPartitionsToTxn and AddOffsetsToTxn. */
    public TransactionPartitions partitions() {
        return partitions;
    }

    /** Describes and lists transactions. */
    public TransactionAdministration administration() {
        return administration;
    }

    /** {@link ShardRuntime#onElection} of a partition of {@link #TOPIC}. */
    public void onElection(int partition, int leaderEpoch) {
        runtime.onElection(partition, leaderEpoch);
    }

    /** {@link ShardRuntime#onResignation} of a partition of {@link #TOPIC}. */
    public void onResignation(int partition, int leaderEpoch) {
        runtime.onResignation(partition, leaderEpoch);
    }

    /** Gives up all transactional ids, answering what is owed. */
    public void close() {
        runtime.close();
    }

    /** The partition of {@link #TOPIC} that a transactional id belongs to. */
    @Override
    public int partitionFor(String transactionalId) {
        return (transactionalId.hashCode() & Integer.MAX_VALUE) % settings.topicPartitions();
    }

    @Override
    public boolean isStalled(int partition) {
        return runtime.isStalled(partition);
    }

    /** {@link CoordinatorShard#image} of a partition, which may show what is not committed yet. */
    public CompletableFuture<SortedMap<String, String>> image(int partition) {
        return runtime.query(partition, CoordinatorShard::image);
    }

    /** {@link #image}, once all is committed that it shows. */
    public CompletableFuture<SortedMap<String, String>> committedImage(int partition) {
        return runtime.queryCommitted(partition, CoordinatorShard::image);
    }

    ShardRuntime<TransactionShard> runtime() {
        return runtime;
    }

    /** Gives a transactional id a producer that fences the former ones; completes when that is committed. */
    public CompletableFuture<InitProducerIdResponse> initProducerId(InitProducerIdRequest request, short version) {
        String transactionalId = request.transactionalId();
        if (transactionalId == null || transactionalId.isEmpty()) {
            return completedFuture(initFailed(ErrorCode.INVALID_REQUEST));
        }
        int timeoutMs = request.transactionTimeoutMs();
        if (timeoutMs <= 0 || timeoutMs > settings.maxTimeoutMs()) {
            return completedFuture(initFailed(ErrorCode.INVALID_TRANSACTION_TIMEOUT));
        }
        ProducerIdentity expected = new ProducerIdentity(request.producerId(), request.producerEpoch());
        Supplier<CompletableFuture<IdentityOutcome>> attempt =
                () -> withFreshId(freshId -> inTurn(transactionalId, shard -> shard.init()
                        .init(new InitCommands.Request(transactionalId, timeoutMs, expected, freshId))));
        CompletableFuture<IdentityOutcome> outcome =
                attempt.get().thenCompose(first -> first instanceof Aborting ? attempt.get() : completedFuture(first));
        return outcome.thenApply(TransactionCoordinator::granted).handle((producer, cause) -> {
            if (producer == null) {
                return initFailed(TransactionErrors.forVersion(errorOf(cause), version, INIT_FENCED_VERSION));
            }
            return new InitProducerIdResponse().setProducerId(producer.id()).setProducerEpoch(producer.epoch());
        });
    }

    private static InitProducerIdResponse initFailed(ErrorCode error) {
        return new InitProducerIdResponse()
                .setErrorCode(error.code())
                .setProducerId(ProducerIdentity.NONE.id())
                .setProducerEpoch(ProducerIdentity.NONE.epoch());
    }

    /**
     * Decides a transaction; completes when the decision is committed, before its markers are written.
     *
     * @param connection sequence of the client's connection
     */
    public CompletableFuture<EndTxnResponse> endTransaction(EndTxnRequest request, short version, long connection) {
        String transactionalId = request.transactionalId();
        if (transactionalId.isEmpty()) {
            return completedFuture(new EndTxnResponse().setErrorCode(ErrorCode.INVALID_REQUEST.code()));
        }
        short clientVersion = version >= BUMPING_END_VERSION ? Transaction.BUMPING : Transaction.CLASSIC;
        ProducerIdentity producer = new ProducerIdentity(request.producerId(), request.producerEpoch());
        CompletableFuture<IdentityOutcome> outcome =
                withFreshId(freshId -> inTurn(transactionalId, shard -> shard.ends()
                        .end(new EndCommands.Request(
                                transactionalId, producer, request.committed(), clientVersion, connection, freshId))));
        return outcome.thenApply(TransactionCoordinator::granted).handle((next, cause) -> {
            if (next == null) {
                ErrorCode error = TransactionErrors.forVersion(errorOf(cause), version, END_FENCED_VERSION);
                return new EndTxnResponse().setErrorCode(error.code());
            }
            return version < BUMPING_END_VERSION
                    ? new EndTxnResponse()
                    : new EndTxnResponse().setProducerId(next.id()).setProducerEpoch(next.epoch());
        });
    }

    /** Runs a client's command, once the transaction that its transactional id had before is complete. */
    @SuppressWarnings("FutureReturnValueIgnored") // The nested future is what is composed next.
    <T> CompletableFuture<T> inTurn(String transactionalId, Function<TransactionShard, CommandResult<T>> command) {
        int partition = partitionFor(transactionalId);
        return runtime.query(partition, shard -> shard.held().untilEnded(transactionalId))
                .thenCompose(Function.identity())
                .thenCompose(ended -> runtime.write(partition, command));
    }

    /** Runs a command; again with a new producer id, if it turns out to need one. */
    private CompletableFuture<IdentityOutcome> withFreshId(LongFunction<CompletableFuture<IdentityOutcome>> command) {
        return command.apply(ProducerIdentity.NO_ID)
                .thenCompose(outcome -> outcome instanceof FreshIdNeeded
                        ? ports.producerIds().next().thenCompose(command::apply)
                        : completedFuture(outcome));
    }

    private static ProducerIdentity granted(IdentityOutcome outcome) {
        if (outcome instanceof Granted granted) {
            return granted.producer();
        }
        String why =
                outcome instanceof Aborting ? "an ongoing transaction is aborted first" : "no producer id was given";
        throw new ApiException(ErrorCode.CONCURRENT_TRANSACTIONS, why);
    }

    static ErrorCode errorOf(@Nullable Throwable cause) {
        return cause == null ? ErrorCode.UNKNOWN_SERVER_ERROR : TransactionErrors.of(cause);
    }
}
