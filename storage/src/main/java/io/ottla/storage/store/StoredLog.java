package io.ottla.storage.store;

import io.ottla.storage.log.PartitionLog;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A log of a {@link LogStore}.
 *
 * @param directory where it lies
 * @param name of its directory there, when it was found or created
 * @param log which may still have to be loaded
 */
record StoredLog(StoreDirectory directory, String name, CompletableFuture<PartitionLog> log) {

    /** A log that is still to be loaded or created. */
    static StoredLog pending(StoreDirectory directory, String name) {
        return new StoredLog(directory, name, new CompletableFuture<>());
    }

    /** The log if it is loaded, or null. */
    @Nullable
    PartitionLog loaded() {
        return log.isDone() && !log.isCompletedExceptionally() ? log.join() : null;
    }
}
