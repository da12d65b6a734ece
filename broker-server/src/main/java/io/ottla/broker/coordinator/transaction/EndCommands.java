package io.ottla.broker.coordinator.transaction;

import io.ottla.broker.coordinator.runtime.CommandResult;
import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.broker.coordinator.transaction.IdentityOutcome.FreshIdNeeded;
import io.ottla.broker.coordinator.transaction.IdentityOutcome.Granted;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import java.util.List;

/**
 * EndTxn: decides a transaction. Confined to the shard's loop. A client of version 2 gets another epoch with every end, so
 * nothing that it sent before can reach into its next transaction, and a repeated end is told from the next one's.
 */
final class EndCommands {
    /**
     * A producer's wish.
     *
     * @param clientVersion {@link Transaction#CLASSIC} or {@link Transaction#BUMPING}
     * @param connection sequence of the connection that it came on
     * @param freshId a producer id that nobody has had, or {@link ProducerIdentity#NO_ID}
     */
    record Request(
            String transactionalId,
            ProducerIdentity producer,
            boolean commit,
            short clientVersion,
            long connection,
            long freshId) {

        boolean bumps() {
            return clientVersion >= Transaction.BUMPING;
        }
    }

    private final ShardContext context;
    private final TransactionStore store;
    private final PartitionCommands partitions;
    private final Completions completions;

    EndCommands(ShardContext context, TransactionStore store, PartitionCommands partitions, Completions completions) {
        this.context = context;
        this.store = store;
        this.partitions = partitions;
        this.completions = completions;
    }

    CommandResult<IdentityOutcome> end(Request request) {
        Transaction found = store.find(request.transactionalId());
        if (found != null && request.bumps() && isRepeated(found, request.producer())) {
            return answerEnded(found, request);
        }
        Transaction current = store.requireCurrent(request.transactionalId(), request.producer());
        if (current.status() == TransactionStatus.ONGOING) {
            partitions.requireSentAfterBegin(current, request.connection());
            return prepare(current, request);
        }
        if (request.bumps() && current.status().isPrepared()) {
            // The next transaction ends, which has written nothing yet, before the markers of this one are written.
            throw concurrent(current);
        }
        if (request.bumps() && !request.commit()) {
            // The client may have been about to add a partition, by a produce that it does not know to have arrived.
            return prepare(current, request);
        }
        if (request.bumps() || current.status() == TransactionStatus.EMPTY) {
            throw invalid(current, request);
        }
        return answerEnded(current, request);
    }

    /** Whether {@code producer} has ended the transaction before: it has another identity since. */
    private static boolean isRepeated(Transaction found, ProducerIdentity producer) {
        boolean ended = found.status().isPrepared() || found.status().isComplete();
        boolean bumped = found.producer().follows(producer);
        boolean replaced = found.owner().previousId() == producer.id()
                && producer.epoch() == Short.MAX_VALUE - 1
                && found.producer().epoch() == 0;
        return ended && found.clientVersion() >= Transaction.BUMPING && (bumped || replaced);
    }

    private static CommandResult<IdentityOutcome> answerEnded(Transaction ended, Request request) {
        if (ended.status().isCommit() != request.commit()) {
            throw invalid(ended, request);
        }
        if (ended.status().isPrepared()) {
            throw concurrent(ended);
        }
        return new CommandResult<>(List.of(), new Granted(ended.producer()));
    }

    private static ApiException concurrent(Transaction prepared) {
        return new ApiException(
                ErrorCode.CONCURRENT_TRANSACTIONS,
                "transactional id '" + prepared.id() + "' is " + prepared.status() + " still");
    }

    private static ApiException invalid(Transaction current, Request request) {
        return new ApiException(
                ErrorCode.INVALID_TXN_STATE,
                "transactional id '" + current.id() + "' is " + current.status() + ", there is nothing to "
                        + (request.commit() ? "commit" : "abort"));
    }

    private CommandResult<IdentityOutcome> prepare(Transaction current, Request request) {
        ProducerIdentity producer = current.producer();
        Transaction.Owner ending = current.owner();
        if (request.bumps()) {
            if (producer.isExhausted() && request.freshId() == ProducerIdentity.NO_ID) {
                return new CommandResult<>(List.of(), new FreshIdNeeded());
            }
            long nextId = producer.isExhausted() ? request.freshId() : ProducerIdentity.NO_ID;
            ending = new Transaction.Owner(producer.next(), current.owner().previousId(), nextId);
        }
        Transaction prepared = current.prepared(request.commit(), ending, request.clientVersion(), context.nowMs());
        return new CommandResult<>(
                List.of(store.recordOf(prepared)),
                new Granted(prepared.producerAfterEnd()),
                outcome -> completions.onPrepareAppended(prepared.id(), outcome));
    }
}
