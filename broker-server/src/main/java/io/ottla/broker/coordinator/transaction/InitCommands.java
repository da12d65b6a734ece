package io.ottla.broker.coordinator.transaction;

import io.ottla.broker.coordinator.runtime.CommandResult;
import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.broker.coordinator.transaction.IdentityOutcome.Aborting;
import io.ottla.broker.coordinator.transaction.IdentityOutcome.FreshIdNeeded;
import io.ottla.broker.coordinator.transaction.IdentityOutcome.Granted;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * InitProducerId: gives a transactional id a producer that fences all earlier ones. Confined to the shard's loop.
 *
 * <p>A producer that goes on after an error says who it was (KIP-360). It may repeat that request, and must not be fenced by
 * its own first attempt: the bump it was granted is remembered until somebody else is granted one.
 */
final class InitCommands {
    /**
     * What a producer asks for.
     *
     * @param expected who the producer was, or {@link ProducerIdentity#NONE}
     * @param freshId a producer id that nobody has had, or {@link ProducerIdentity#NO_ID}
     */
    record Request(String transactionalId, int timeoutMs, ProducerIdentity expected, long freshId) {}

    /** A producer that was {@code before} has been granted {@code granted}. */
    private record Bump(ProducerIdentity before, ProducerIdentity granted) {}

    private final ShardContext context;
    private final TransactionStore store;
    private final Completions completions;
    private final Map<String, Bump> bumps = new HashMap<>();

    InitCommands(ShardContext context, TransactionStore store, Completions completions) {
        this.context = context;
        this.store = store;
        this.completions = completions;
    }

    CommandResult<IdentityOutcome> init(Request request) {
        Transaction current = store.find(request.transactionalId());
        if (current == null) {
            return onFreshId(request, new Transaction.Owner(ProducerIdentity.NONE, -1, -1));
        }
        requireOwnOrFormerId(current, request.expected());
        if (current.status().isPrepared()) {
            throw new ApiException(
                    ErrorCode.CONCURRENT_TRANSACTIONS,
                    "transactional id '" + current.id() + "' is " + current.status() + " still");
        }
        return current.status() == TransactionStatus.ONGOING
                ? abortFirst(current, request.expected())
                : bump(current, request);
    }

    /** Forgets what was remembered of a transactional id. */
    void forget(String transactionalId) {
        bumps.remove(transactionalId);
    }

    private void requireOwnOrFormerId(Transaction current, ProducerIdentity expected) {
        boolean known = expected.isNone()
                || expected.id() == current.producer().id()
                || isRepeated(current, expected)
                || (expected.id() == current.owner().previousId() && expected.isExhausted());
        if (!known) {
            throw TransactionStore.fenced(current.id(), expected, current.producer());
        }
    }

    /** The producer of an ongoing transaction is fenced by its abort; the next attempt finds the transaction ended. */
    private CommandResult<IdentityOutcome> abortFirst(Transaction ongoing, ProducerIdentity expected) {
        if (!expected.isNone() && !expected.equals(ongoing.producer())) {
            throw TransactionStore.fenced(ongoing.id(), expected, ongoing.producer());
        }
        Transaction prepared = ongoing.fenced(context.nowMs());
        remember(ongoing.id(), expected, prepared.producer());
        return new CommandResult<>(
                List.of(store.recordOf(prepared)),
                new Aborting(),
                outcome -> completions.onPrepareAppended(ongoing.id(), outcome));
    }

    private CommandResult<IdentityOutcome> bump(Transaction current, Request request) {
        ProducerIdentity expected = request.expected();
        if (isRepeated(current, expected)) {
            // Written once more, because the first record may not be committed yet.
            return grant(current, current.owner(), request);
        }
        if (!expected.isNone() && !expected.equals(current.producer())) {
            throw TransactionStore.fenced(current.id(), expected, current.producer());
        }
        if (current.producer().isExhausted()) {
            return onFreshId(request, current.owner());
        }
        Transaction.Owner bumped =
                new Transaction.Owner(current.producer().next(), current.owner().previousId(), ProducerIdentity.NO_ID);
        remember(current.id(), expected, bumped.producer());
        return grant(current, bumped, request);
    }

    /** Whether a producer that was {@code expected} has been granted the current identity. */
    private boolean isRepeated(Transaction current, ProducerIdentity expected) {
        Bump last = bumps.get(current.id());
        return last != null
                && last.granted().equals(current.producer())
                && last.before().equals(expected);
    }

    private CommandResult<IdentityOutcome> onFreshId(Request request, Transaction.Owner before) {
        if (request.freshId() == ProducerIdentity.NO_ID) {
            return new CommandResult<>(List.of(), new FreshIdNeeded());
        }
        ProducerIdentity fresh = new ProducerIdentity(request.freshId(), (short) 0);
        remember(request.transactionalId(), request.expected(), fresh);
        return grant(null, new Transaction.Owner(fresh, before.producer().id(), ProducerIdentity.NO_ID), request);
    }

    private CommandResult<IdentityOutcome> grant(
            @Nullable Transaction current, Transaction.Owner owner, Request request) {
        short version = current == null ? Transaction.CLASSIC : current.clientVersion();
        Transaction granted = Transaction.initialized(
                request.transactionalId(), owner, request.timeoutMs(), version, context.nowMs());
        return new CommandResult<>(List.of(store.recordOf(granted)), new Granted(owner.producer()));
    }

    private void remember(String transactionalId, ProducerIdentity before, ProducerIdentity granted) {
        if (before.isNone()) {
            bumps.remove(transactionalId);
        } else {
            bumps.put(transactionalId, new Bump(before, granted));
        }
    }
}
