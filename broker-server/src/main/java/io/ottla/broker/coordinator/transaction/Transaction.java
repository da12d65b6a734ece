package io.ottla.broker.coordinator.transaction;

import io.ottla.protocol.api.TopicPartition;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is known of a transactional id: its producer, and its current or last transaction. Immutable.
 *
 * @param partitions those that the transaction has written to, or may have; empty unless it is ongoing or prepared
 * @param clientVersion of the protocol that the client last used: 2 where each end bumps the epoch (KIP-890)
 */
record Transaction(
        String id,
        Owner owner,
        TransactionStatus status,
        SortedSet<TopicPartition> partitions,
        Times times,
        short clientVersion) {
    static final short CLASSIC = 0;
    /** The version of clients whose epoch is bumped at each end. */
    static final short BUMPING = 2;

    static final long NOT_STARTED = -1;

    /**
     * The producers of a transactional id.
     *
     * @param producer the one that may write; while prepared, the one in whose name markers are written
     * @param previousId the id before the current one, as far as it is known, or {@link ProducerIdentity#NO_ID}
     * @param nextId the id that replaces the current one when the transaction is complete, or
     *     {@link ProducerIdentity#NO_ID}
     */
    record Owner(ProducerIdentity producer, long previousId, long nextId) {}

    /**
     * When things happened, in milliseconds of the wall clock.
     *
     * @param timeoutMs after this time an ongoing transaction is aborted
     * @param startMs when the transaction began, or {@link #NOT_STARTED}
     */
    record Times(int timeoutMs, long startMs, long updatedMs) {}

    Transaction {
        partitions = Collections.unmodifiableSortedSet(partitions);
    }

    /** A transactional id whose producer was just initialized. */
    static Transaction initialized(String id, Owner owner, int timeoutMs, short clientVersion, long nowMs) {
        Times times = new Times(timeoutMs, NOT_STARTED, nowMs);
        return new Transaction(id, owner, TransactionStatus.EMPTY, new TreeSet<>(), times, clientVersion);
    }

    ProducerIdentity producer() {
        return owner.producer;
    }

    /** With {@code added}, ongoing, begun now if it was not ongoing. */
    Transaction adding(Collection<TopicPartition> added, short version, long nowMs) {
        boolean begins = status != TransactionStatus.ONGOING;
        TreeSet<TopicPartition> all = begins ? new TreeSet<>() : new TreeSet<>(partitions);
        all.addAll(added);
        Times next = new Times(times.timeoutMs, begins ? nowMs : times.startMs, nowMs);
        return new Transaction(id, owner, TransactionStatus.ONGOING, all, next, version);
    }

    /** Decided, in the name of {@code producer}. */
    Transaction prepared(boolean commit, Owner ending, short version, long nowMs) {
        long startMs = times.startMs == NOT_STARTED ? nowMs : times.startMs;
        Times next = new Times(times.timeoutMs, startMs, nowMs);
        return new Transaction(id, ending, TransactionStatus.prepared(commit), partitions, next, version);
    }

    /** Ended by the abort of another than its producer, which is fenced by it. */
    Transaction fenced(long nowMs) {
        Owner fenced = new Owner(producer().next(), owner.previousId, ProducerIdentity.NO_ID);
        return prepared(false, fenced, clientVersion, nowMs);
    }

    /** With all markers written. */
    Transaction completed(long nowMs) {
        Owner after = owner.nextId == ProducerIdentity.NO_ID
                ? owner
                : new Owner(producerAfterEnd(), producer().id(), ProducerIdentity.NO_ID);
        Times next = new Times(times.timeoutMs, times.startMs, nowMs);
        return new Transaction(id, after, status.completed(), new TreeSet<>(), next, clientVersion);
    }

    /** With whom the client goes on once the transaction is complete. */
    ProducerIdentity producerAfterEnd() {
        return owner.nextId == ProducerIdentity.NO_ID ? owner.producer : new ProducerIdentity(owner.nextId, (short) 0);
    }

    /** Whether a record without tags would lose something that the end of this transaction, or its repetition, depends on. */
    boolean needsTags() {
        return status != TransactionStatus.EMPTY
                && (clientVersion >= BUMPING || owner.nextId != ProducerIdentity.NO_ID);
    }

    boolean hasTimedOut(long nowMs) {
        return status == TransactionStatus.ONGOING && times.startMs + times.timeoutMs < nowMs;
    }

    /** Whether it has been of no use for {@code expirationMs}. */
    boolean isExpired(long expirationMs, long nowMs) {
        return (status == TransactionStatus.EMPTY || status.isComplete()) && times.updatedMs <= nowMs - expirationMs;
    }
}
