package io.ottla.broker.coordinator.transaction;

import io.ottla.broker.coordinator.runtime.CommandResult;
import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** AddPartitionsToTxn and AddOffsetsToTxn: what a transaction writes to. Confined to the shard's loop. */
final class PartitionCommands {
    /** The connection of requests from brokers, which are not delayed by a client's network. */
    static final long NO_CONNECTION = -1;

    /**
     * A producer's request.
     *
     * @param connection sequence of the connection that it came on, or {@link #NO_CONNECTION}
     */
    record Request(
            String transactionalId,
            ProducerIdentity producer,
            Collection<TopicPartition> partitions,
            short clientVersion,
            long connection) {}

    private final ShardContext context;
    private final TransactionStore store;
    /** By transactional id the connection on which the last transaction began. */
    private final Map<String, Long> begunOn = new HashMap<>();

    PartitionCommands(ShardContext context, TransactionStore store) {
        this.context = context;
        this.store = store;
    }

    /** Adds partitions; the first ones begin a transaction. */
    CommandResult<ErrorCode> add(Request request) {
        Transaction current = store.requireCurrent(request.transactionalId(), request.producer());
        requireNotPrepared(current);
        if (current.status() != TransactionStatus.ONGOING) {
            begunOn.put(current.id(), request.connection());
        }
        // A repeated request writes once more, because the first record may not be committed yet.
        Transaction added = current.adding(request.partitions(), request.clientVersion(), context.nowMs());
        return new CommandResult<>(List.of(store.recordOf(added)), ErrorCode.NONE);
    }

    /** For the leaders of partitions: whether {@code request}'s partitions belong to an ongoing transaction (KIP-890). */
    Map<TopicPartition, ErrorCode> verify(Request request) {
        Transaction current = store.requireCurrent(request.transactionalId(), request.producer());
        requireNotPrepared(current);
        Map<TopicPartition, ErrorCode> verdicts = new TreeMap<>();
        for (TopicPartition partition : request.partitions()) {
            boolean belongs = current.partitions().contains(partition);
            verdicts.put(partition, belongs ? ErrorCode.NONE : ErrorCode.TRANSACTION_ABORTABLE);
        }
        return verdicts;
    }

    private static void requireNotPrepared(Transaction current) {
        if (current.status().isPrepared()) {
            throw new ApiException(
                    ErrorCode.CONCURRENT_TRANSACTIONS,
                    "transactional id '" + current.id() + "' is " + current.status() + " still");
        }
    }

    /**
     * Refuses an end that was sent before the transaction began which it would end (KAFKA-17754): a client that gives an
     * answer up goes on with a new connection, and what it had sent on the old one may come any time later.
     */
    void requireSentAfterBegin(Transaction ongoing, long connection) {
        long begun = begunOn.getOrDefault(ongoing.id(), NO_CONNECTION);
        if (connection != NO_CONNECTION && connection < begun) {
            throw new ApiException(
                    ErrorCode.CONCURRENT_TRANSACTIONS,
                    "transactional id '" + ongoing.id() + "': an end on connection " + connection
                            + " comes late, its transaction is over; the present one began on connection " + begun);
        }
    }

    /** Forgets what was remembered of a transactional id. */
    void forget(String transactionalId) {
        begunOn.remove(transactionalId);
    }
}
