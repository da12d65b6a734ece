package io.ottla.replication.partition;

import io.ottla.protocol.record.BatchVerdict;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.producer.VerificationGuard;
import org.jspecify.annotations.Nullable;

/** Learns once what became of an append: when it is as safe as was asked for, or when it has failed. */
@FunctionalInterface
public interface AppendListener {

    /**
     * Called on the partition's home loop, possibly before the call that appends returns. An error does not say that the
     * records are not in the log: NOT_LEADER_OR_FOLLOWER and NOT_ENOUGH_REPLICAS_AFTER_APPEND may come after the write.
     */
    void onAppend(AppendResult result);

    /** Whether the outcome does not matter any more, because the request was answered at its deadline. Any thread. */
    default boolean isAbandoned() {
        return false;
    }

    /** What shows that a transactional batch may begin a transaction in the partition; null if nothing does. */
    default @Nullable VerificationGuard guard() {
        return null;
    }

    /** The batch is not fit to be appended. Called instead of {@link #onAppend}, on the home loop. */
    default void onRejected(BatchVerdict.Rejected verdict) {
        onAppend(AppendResult.failed(verdict.error(), verdict.message(), -1));
    }
}
