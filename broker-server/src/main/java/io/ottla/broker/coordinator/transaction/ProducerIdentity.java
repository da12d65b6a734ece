package io.ottla.broker.coordinator.transaction;

/**
 * A producer as partitions know it. A higher epoch of the same id fences the lower ones.
 *
 * @param id the producer id, or {@link #NO_ID}
 * @param epoch the producer epoch, -1 for none
 */
record ProducerIdentity(long id, short epoch) {
    static final long NO_ID = -1;
    static final ProducerIdentity NONE = new ProducerIdentity(NO_ID, (short) -1);

    boolean isNone() {
        return id == NO_ID;
    }

    /** Whether the next producer needs another id: the last epoch is kept for fencing. */
    boolean isExhausted() {
        return epoch >= Short.MAX_VALUE - 1;
    }

    /** The identity that fences this one. */
    ProducerIdentity next() {
        return new ProducerIdentity(id, (short) Math.min(epoch + 1, Short.MAX_VALUE));
    }

    /** Whether this is the identity that followed {@code other} under the same id. */
    boolean follows(ProducerIdentity other) {
        return id == other.id && epoch == other.epoch + 1;
    }

    @Override
    public String toString() {
        return "producer " + id + " of epoch " + epoch;
    }
}
