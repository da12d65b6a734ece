package io.ottla.broker.coordinator.runtime;

import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.storage.producer.VerificationGuard;
import org.jspecify.annotations.Nullable;

/** How a batch of a shard's log belongs to a transaction. Only records of the same kind share a batch. */
public sealed interface BatchKind {
    /** Not at all. */
    enum Plain implements BatchKind {
        PLAIN
    }

    /**
     * Its records are part of a producer's transaction.
     *
     * @param guard what shows that the transaction may begin in the partition; null if it has begun
     */
    record Transactional(
            long producerId, short producerEpoch, @Nullable VerificationGuard guard) implements BatchKind {}

    /**
     * It ends a producer's transaction.
     *
     * @param producerEpoch the epoch that the producer has from now on
     * @param raisesEpoch whether that is greater than the transaction's own
     */
    record Marker(long producerId, short producerEpoch, boolean raisesEpoch, EndTransactionMarker marker)
            implements BatchKind {}
}
