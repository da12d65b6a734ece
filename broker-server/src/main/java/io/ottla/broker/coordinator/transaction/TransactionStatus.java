package io.ottla.broker.coordinator.transaction;

import org.jspecify.annotations.Nullable;

/** Where a transactional id stands; the numbers and names are Apache Kafka's. */
enum TransactionStatus {
    /** No transaction since the producer was initialized. */
    EMPTY(0, "Empty"),
    ONGOING(1, "Ongoing"),
    /** Decided; markers are on their way. */
    PREPARE_COMMIT(2, "PrepareCommit"),
    PREPARE_ABORT(3, "PrepareAbort"),
    COMPLETE_COMMIT(4, "CompleteCommit"),
    COMPLETE_ABORT(5, "CompleteAbort"),
    /** Written by nobody; Apache Kafka's states in memory, known so that filters by them are understood. */
    DEAD(6, "Dead"),
    PREPARE_EPOCH_FENCE(7, "PrepareEpochFence");

    private final byte id;
    private final String wireName;

    TransactionStatus(int id, String wireName) {
        this.id = (byte) id;
        this.wireName = wireName;
    }

    byte id() {
        return id;
    }

    String wireName() {
        return wireName;
    }

    boolean isPrepared() {
        return this == PREPARE_COMMIT || this == PREPARE_ABORT;
    }

    boolean isComplete() {
        return this == COMPLETE_COMMIT || this == COMPLETE_ABORT;
    }

    /** Whether it is, or will be, a commit. */
    boolean isCommit() {
        return this == PREPARE_COMMIT || this == COMPLETE_COMMIT;
    }

    static TransactionStatus prepared(boolean commit) {
        return commit ? PREPARE_COMMIT : PREPARE_ABORT;
    }

    /** What follows a prepared one. */
    TransactionStatus completed() {
        return isCommit() ? COMPLETE_COMMIT : COMPLETE_ABORT;
    }

    /**
     * The status of a record.
     *
     * @throws IllegalStateException if a record cannot have it
     */
    static TransactionStatus forId(byte id) {
        if (id < EMPTY.id || id > COMPLETE_ABORT.id) {
            throw new IllegalStateException("transaction status " + id + ", expected 0 to " + COMPLETE_ABORT.id);
        }
        return values()[id];
    }

    /** The status that tools call so, or null. */
    static @Nullable TransactionStatus forName(String name) {
        for (TransactionStatus status : values()) {
            if (status.wireName.equals(name)) {
                return status;
            }
        }
        return null;
    }
}
