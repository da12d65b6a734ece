package io.ottla.storage.store;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.store.StoreDirectory.Checkpoint;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the files of logs: a log's directory is renamed on a worker, and goes after {@code file.delete.delay.ms}, so that
 * reads under way can end. A new log of the partition has to wait for the renaming. Any thread.
 */
final class LogDeletions {
    private static final Logger LOG = LoggerFactory.getLogger(LogDeletions.class);

    private final StoreEnvironment environment;
    private final StoreCheckpoints checkpoints;
    private final ConcurrentMap<TopicPartition, CompletableFuture<Void>> renamings = new ConcurrentHashMap<>();

    LogDeletions(StoreEnvironment environment, StoreCheckpoints checkpoints) {
        this.environment = environment;
        this.checkpoints = checkpoints;
    }

    /** Completes, or fails, when no directory of the partition's former logs has its name any more. */
    CompletionStage<Void> renamed(TopicPartition partition) {
        return renamings.getOrDefault(partition, CompletableFuture.completedFuture(null));
    }

    /**
     * Deletes the files of a log that nobody finds any more from now on.
     *
     * @param remove sees to that; false if somebody else has done so, who deletes the files then
     * @return completes when the directory has been renamed
     */
    CompletionStage<Void> delete(TopicPartition partition, StoredLog doomed, BooleanSupplier remove) {
        CompletableFuture<Void> renamed = new CompletableFuture<>();
        renamings.put(partition, renamed); // First: whoever finds no log finds this.
        var unusedEnd = renamed.whenComplete((done, failure) -> renamings.remove(partition, renamed));
        if (!remove.getAsBoolean()) {
            renamed.complete(null);
            return renamed;
        }
        var unused = doomed.log().whenComplete((log, failure) -> {
            if (log == null) {
                environment.workers().execute(() -> rename(doomed, partition, null, renamed));
            } else {
                log.runAtHome(() -> {
                    log.abandon();
                    environment.workers().execute(() -> rename(doomed, partition, log, renamed));
                });
            }
        });
        return renamed;
    }

    private void rename(
            StoredLog stored, TopicPartition partition, @Nullable PartitionLog log, CompletableFuture<Void> renamed) {
        LogDirectory files = stored.directory().directory();
        String doomed = PartitionDirectories.deleted(partition, environment.uniqueId());
        try {
            String live = PartitionDirectories.live(partition);
            if (files.exists(live)) {
                files.rename(live, doomed);
                if (log != null) {
                    log.directoryRenamed(doomed);
                }
                files.forceDirectory("");
            }
            long delayMs = log == null ? 0 : log.config().segments().fileDeleteDelayMs();
            Runnable delete = () -> environment.workers().execute(() -> deleteFiles(files, doomed, log));
            var unused = environment.timer().schedule(delete, delayMs, TimeUnit.MILLISECONDS);
            LOG.debug("{}: renamed to {}, to be deleted in {} ms", partition, doomed, delayMs);
            if (log != null && log.cleanedOffset() != PartitionLog.NEVER_CLEANED) {
                // A new log of the name is not clean.
                checkpoints.write(stored.directory(), Checkpoint.CLEANED_OFFSETS);
            }
            renamed.complete(null);
        } catch (IOException e) {
            renamed.completeExceptionally(stored.directory().offline("deletion of " + partition, e));
        }
    }

    /** Deletes a directory of a log. Blocks. */
    static void deleteFiles(LogDirectory files, String doomed, @Nullable PartitionLog log) {
        try {
            if (log != null) {
                log.closeFiles();
            }
            files.deleteTree(doomed);
        } catch (IOException e) {
            files.health().takeOffline("deletion of " + doomed, e);
        }
    }
}
