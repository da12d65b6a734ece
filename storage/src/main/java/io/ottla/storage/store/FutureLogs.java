package io.ottla.storage.store;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.PartitionLog;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copies of logs that are to take their places, in another log directory: each lies in a directory named {@code
 * <topic>-<partition>.<32 digits>-future} until it is complete. Part of a {@link LogStore}, and like it usable from any
 * thread; each log belongs to the home loop of its partition.
 */
public final class FutureLogs {
    private static final Logger LOG = LoggerFactory.getLogger(FutureLogs.class);

    private final StoredLogs futures;
    private final StoredLogs live;
    private final StoreDirectories directories;
    private final LogOpener opener;
    private final LogDeletions deletions;
    private final StoreEnvironment environment;

    /**
     * @param futures the copies, none yet
     * @param live the logs whose places they are to take
     */
    FutureLogs(
            StoredLogs futures,
            StoredLogs live,
            StoreDirectories directories,
            LogOpener opener,
            LogDeletions deletions,
            StoreEnvironment environment) {
        this.futures = futures;
        this.live = live;
        this.directories = directories;
        this.opener = opener;
        this.deletions = deletions;
        this.environment = environment;
    }

    /** Begins to load the copies that lie in a directory, which a broker that has ended has left. */
    void load(StoreDirectory directory) {
        directory.futures().forEach((partition, name) -> {
            StoredLog found = StoredLog.pending(directory, name);
            StoredLog other = futures.addUnlessPresent(partition, found);
            if (other != null) {
                LOG.error(
                        "{} is not used: {} has a copy, too",
                        name,
                        other.directory().directory().path());
                return;
            }
            open(partition, found, () -> opener.load(directory, partition, name));
        });
    }

    private interface Opening {
        PartitionLog open() throws IOException;
    }

    private void open(TopicPartition partition, StoredLog future, Opening opening) {
        environment.workers().execute(() -> {
            String action = "opening of " + future.name();
            try {
                future.log().complete(opening.open());
            } catch (IOException e) {
                futures.remove(partition, future);
                future.log().completeExceptionally(future.directory().offline(action, e));
            } catch (RuntimeException e) {
                futures.remove(partition, future);
                future.log()
                        .completeExceptionally(
                                new ApiException(ErrorCode.KAFKA_STORAGE_ERROR, action + " failed: " + e));
            }
        });
    }

    /** The directory that a partition is moving to; empty if it stays where it is. */
    public Optional<LogDirectory> target(TopicPartition partition) {
        return Optional.ofNullable(futures.get(partition))
                .map(future -> future.directory().directory());
    }

    /** The copy of a partition's log, once it is loaded; empty if there is none. */
    public Optional<CompletionStage<PartitionLog>> log(TopicPartition partition) {
        return futures.log(partition);
    }

    /** The copies that are loaded, sorted by partition. */
    public List<PartitionLog> loadedLogs() {
        return futures.loaded();
    }

    /**
     * The copy of a partition's log, an empty one in this directory if there is none.
     *
     * @return fails with an {@link ApiException}: INVALID_TOPIC_EXCEPTION if the name would be too long for a directory,
     *     KAFKA_STORAGE_ERROR if it cannot be created
     */
    public CompletionStage<PartitionLog> getOrCreate(
            TopicPartition partition, LogDirectory target, UUID topicId, LogConfig config) {
        Optional<String> name = PartitionDirectories.future(partition, environment.uniqueId());
        if (name.isEmpty()) {
            return CompletableFuture.failedFuture(new ApiException(
                    ErrorCode.INVALID_TOPIC_EXCEPTION, "the name of " + partition + " is too long to move it"));
        }
        StoredLog created = StoredLog.pending(directories.of(target), name.get());
        StoredLog other = futures.addUnlessPresent(partition, created);
        if (other != null) {
            return other.log();
        }
        open(partition, created, () -> opener.create(target, partition, created.name(), topicId, config));
        return created.log();
    }

    /** Gives a copy up; its files are deleted. Completes when nobody writes to it any more. */
    public CompletionStage<Void> delete(TopicPartition partition) {
        StoredLog future = futures.get(partition);
        return future == null || !futures.remove(partition, future)
                ? CompletableFuture.completedFuture(null)
                : deleteFiles(future);
    }

    private CompletionStage<Void> deleteFiles(StoredLog future) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        LogDirectory files = future.directory().directory();
        var unused = future.log().whenComplete((log, failure) -> {
            if (log != null) {
                log.runAtHome(() -> {
                    log.abandon();
                    environment.workers().execute(() -> LogDeletions.deleteFiles(files, future.name(), log));
                    done.complete(null);
                });
            } else {
                done.complete(null);
            }
        });
        return done;
    }

    /**
     * Puts the copy, which is complete and {@link PartitionLog#isQuiet quiet}, in the place of the partition's log, whose
     * files are deleted later. On the home loop.
     *
     * @param onSwap has the partition use the copy from now on
     * @return whether that was done; it is not if the partition is being deleted
     * @throws ApiException KAFKA_STORAGE_ERROR if the directory cannot be renamed
     */
    public boolean promote(TopicPartition partition, Consumer<PartitionLog> onSwap) {
        StoredLog future = futures.get(partition);
        PartitionLog next = future == null ? null : future.loaded();
        if (future == null || next == null || !futures.remove(partition, future)) {
            return false;
        }
        LogDirectory files = future.directory().directory();
        String name = PartitionDirectories.live(partition);
        StoredLog before = live.get(partition);
        PartitionLog last = before == null ? null : before.loaded();
        StoredLog after = new StoredLog(future.directory(), name, future.log());
        if (before == null || last == null || !live.replace(partition, before, after)) {
            // Deleted this very moment, by somebody who did not find the copy any more.
            var unusedCopy = deleteFiles(future);
            return false;
        }
        try {
            rename(partition, future, next, name);
        } catch (RuntimeException e) {
            live.replace(partition, after, before);
            throw e;
        }
        next.producers().adoptVerifications(last.producers());
        onSwap.accept(next);
        var unusedDeletion = deletions.delete(partition, before, () -> true);
        forceDirectory(partition, files);
        LOG.info("{}: moved to {}", partition, files.path());
        return true;
    }

    private static void rename(TopicPartition partition, StoredLog future, PartitionLog log, String name) {
        try {
            future.directory().directory().rename(future.name(), name);
            log.directoryMoved(name);
        } catch (IOException e) {
            throw future.directory().offline("move of " + partition, e);
        }
    }

    private void forceDirectory(TopicPartition partition, LogDirectory files) {
        environment.workers().execute(() -> {
            try {
                files.forceDirectory("");
            } catch (IOException e) {
                files.health().takeOffline("move of " + partition, e);
            }
        });
    }
}
