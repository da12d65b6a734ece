package io.ottla.storage.store;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.store.StoreDirectory.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All logs of all log directories: finds them at the start, creates and deletes them, and closes everything cleanly. Usable
 * from any thread: its own state is a concurrent map from partitions to futures of their logs, and each log still belongs to
 * its home loop.
 */
public final class LogStore {
    private static final Logger LOG = LoggerFactory.getLogger(LogStore.class);

    private final StoreDirectories directories;
    private final StoreSettings settings;
    private final StoreEnvironment environment;
    private final StoredLogs logs = new StoredLogs();
    private final StoredLogs futureLogs = new StoredLogs();
    private final LogOpener opener;
    private final StoreCheckpoints checkpoints;
    private final LogDeletions deletions;
    private final FutureLogs futures;
    private final StoreTasks tasks;

    /** @param directories the log directories, open and locked, in the order of {@code log.dirs} */
    public LogStore(List<? extends LogDirectory> directories, StoreSettings settings, StoreEnvironment environment) {
        this.directories = new StoreDirectories(directories);
        this.settings = settings;
        this.environment = environment;
        this.opener = new LogOpener(settings, environment);
        this.checkpoints = new StoreCheckpoints(this.directories, logs, futureLogs);
        this.deletions = new LogDeletions(environment, checkpoints);
        this.futures = new FutureLogs(futureLogs, logs, this.directories, opener, deletions, environment);
        this.tasks = new StoreTasks(this.directories, logs, checkpoints, settings, environment);
    }

    /**
     * Looks through the directories and begins to load their logs on the workers, several directories at once. Blocks
     * for the listing only. Afterwards {@link #partitions()} is complete and {@link #log} tells when each one is ready.
     *
     * @param strays which logs are set aside instead
     * @return completes when no log is left to load, whether or not each could be
     */
    public CompletionStage<Void> start(StrayCheck strays) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (StoreDirectory directory : directories.all()) {
            LogDirectory files = directory.directory();
            try {
                for (String doomed : directory.read()) {
                    environment.workers().execute(() -> LogDeletions.deleteFiles(files, doomed, null));
                }
                directory.setAside(strays, environment::uniqueId);
            } catch (IOException e) {
                files.health().takeOffline("reading of the log directory", e);
                continue;
            }
            all.add(new DirectoryLoading(directory, opener, environment.workers())
                    .start(logs, settings.recoveryThreadsPerDirectory()));
            futures.load(directory);
        }
        tasks.start();
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    /** Starts with all logs that there are. */
    public CompletionStage<Void> start() {
        return start(StrayCheck.NONE);
    }

    /** The names of the topics that have logs here, before {@link #start}. Blocks. */
    public Set<String> topicsOnDisk() {
        return directories.topicsOnDisk();
    }

    /** The partitions that have a log here, loaded or not; sorted. */
    public Set<TopicPartition> partitions() {
        return logs.partitions();
    }

    /** The log of a partition if there is one and it is loaded, or null. */
    public @Nullable PartitionLog loaded(TopicPartition partition) {
        StoredLog stored = logs.get(partition);
        return stored == null ? null : stored.loaded();
    }

    /**
     * The log of a partition, once it is loaded; empty if there is none.
     *
     * <p>The stage fails with an {@link ApiException} (KAFKA_STORAGE_ERROR) if it cannot be loaded.
     */
    public Optional<CompletionStage<PartitionLog>> log(TopicPartition partition) {
        return logs.log(partition);
    }

    /** The logs that are loaded, sorted by partition. */
    public List<PartitionLog> loadedLogs() {
        return logs.loaded();
    }

    /** How many logs are still to be loaded. */
    public int loadingCount() {
        return logs.loadingCount();
    }

    /** The copies of logs that are to take their places in other directories. */
    public FutureLogs futures() {
        return futures;
    }

    /** The log directories, offline ones too, in the order of {@code log.dirs}. */
    public List<LogDirectory> directories() {
        return directories.files();
    }

    /** Whether there may be logs that cannot be seen. */
    public boolean hasOfflineDirectory() {
        return !directories.allOnline();
    }

    /** Has the partition's log created in this directory, should it be created and the directory be online then. */
    public void prefer(TopicPartition partition, LogDirectory directory) {
        directories.prefer(partition, directory);
    }

    /**
     * The epoch that the broker had when it last shut down cleanly, or -1 if any directory was left uncleanly (KIP-966).
     */
    public long previousBrokerEpoch() {
        return directories.previousBrokerEpoch();
    }

    /** What is known of a partition's past on this broker. */
    public enum Origin {
        /** The partition has just been created: no log of it can be anywhere. */
        NEW,
        /** There may be a log. */
        EXISTING
    }

    /**
     * The log of a partition; if there is none it is created, in the online directory with the fewest logs.
     *
     * @param topicId the topic's id, all zero if it has none; a log that has one already keeps it
     * @param origin whether a log may be missing; one that is not new may be in a directory that has failed, and is not
     *     created anew elsewhere then
     * @return fails with an {@link ApiException} (KAFKA_STORAGE_ERROR) if the log cannot be created or loaded
     */
    public CompletionStage<PartitionLog> getOrCreate(
            TopicPartition partition, UUID topicId, LogConfig config, Origin origin) {
        StoredLog existing = logs.get(partition);
        if (existing != null) {
            return existing.log().whenComplete((log, failure) -> {
                if (log != null) {
                    log.adoptTopicId(topicId);
                }
            });
        }
        StoreDirectory directory = directories.choose(partition);
        if (directory == null) {
            return CompletableFuture.failedFuture(
                    new ApiException(ErrorCode.KAFKA_STORAGE_ERROR, "no log directory is online"));
        }
        if (origin == Origin.EXISTING && hasOfflineDirectory()) {
            return CompletableFuture.failedFuture(new ApiException(
                    ErrorCode.KAFKA_STORAGE_ERROR,
                    partition + " may be in a log directory that is offline, and is not created anew"));
        }
        StoredLog created = StoredLog.pending(directory, PartitionDirectories.live(partition));
        StoredLog raced = logs.addUnlessPresent(partition, created);
        if (raced != null) {
            return raced.log();
        }
        var unused = deletions.renamed(partition).whenComplete((done, failure) -> environment
                .workers()
                .execute(() -> create(partition, created, topicId, config)));
        return created.log();
    }

    private void create(TopicPartition partition, StoredLog created, UUID topicId, LogConfig config) {
        StoreDirectory directory = created.directory();
        try {
            created.log().complete(opener.create(directory.directory(), partition, created.name(), topicId, config));
        } catch (IOException e) {
            logs.remove(partition, created);
            created.log().completeExceptionally(directory.offline("creation of " + partition, e));
        } catch (RuntimeException e) {
            logs.remove(partition, created);
            LOG.error("{}: could not be created", partition, e);
            created.log()
                    .completeExceptionally(new ApiException(
                            ErrorCode.KAFKA_STORAGE_ERROR, "creation of " + partition + " failed: " + e));
        }
    }

    /**
     * Takes a partition's log away: at once from here, its directory is renamed on a worker, and its files are deleted
     * after {@code file.delete.delay.ms}, so that reads under way can end. A copy that is to take its place goes, too.
     *
     * @return completes when the directory has been renamed, at once if there is no such log
     */
    public CompletionStage<Void> delete(TopicPartition partition) {
        var unusedCopy = futures.delete(partition);
        StoredLog stored = logs.get(partition);
        return stored == null
                ? CompletableFuture.completedFuture(null)
                : deletions.delete(partition, stored, () -> logs.remove(partition, stored));
    }

    /** Writes all checkpoints now. Blocks. */
    public void checkpoint() {
        checkpoints.writeAll();
    }

    /** Writes how far the logs of a directory are clean. Blocks. */
    public void checkpointCleanedOffsets(LogDirectory cleaned) {
        checkpoints.write(directories.of(cleaned), Checkpoint.CLEANED_OFFSETS);
    }

    /** Forgets, from now on, producers that have been idle for so long ({@code producer.id.expiration.ms}). */
    public void expireProducersAfter(long expirationMs) {
        tasks.expireProducersAfter(expirationMs);
    }

    /** Deletes what retention allows, of all logs that are loaded. Blocks; the deletions themselves follow on the loops. */
    public void deleteExpired() {
        tasks.deleteExpired();
    }

    /**
     * Closes all logs, writes the checkpoints, marks each directory as clean of which every log could be made durable, and
     * unlocks the directories.
     *
     * @param brokerEpoch goes into the marker
     */
    public CompletionStage<Void> close(long brokerEpoch) {
        tasks.stop();
        return new StoreClosing(directories, checkpoints, brokerEpoch).start(logs, futureLogs, environment.workers());
    }
}
