package io.ottla.storage.log;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.file.CleanShutdownMarker;
import io.ottla.storage.file.DirectoryHealth;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.PartitionMetadataFile;
import io.ottla.storage.file.SpaceReserve;
import io.ottla.storage.log.StoreDirectory.Checkpoint;
import io.ottla.storage.recovery.LoadRequest;
import io.ottla.storage.recovery.LogLoader;
import io.ottla.storage.recovery.RecoveredLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All logs of all log directories: loads them at the start, creates and deletes them, writes the checkpoints and closes
 * everything cleanly. Usable from any thread: its own state is a concurrent map from partitions to futures of their logs,
 * and each log still belongs to its home loop.
 */
public final class LogStore {
    private static final Logger LOG = LoggerFactory.getLogger(LogStore.class);

    /** After a clean shutdown a log is loaded in less time than it takes to wake another worker. */
    private static final int CLEAN_LOADS_PER_TURN = 16;

    private final List<StoreDirectory> directories;
    private final StoreSettings settings;
    private final StoreEnvironment environment;
    private final ConcurrentMap<TopicPartition, Hosted> logs = new ConcurrentHashMap<>();
    private final ConcurrentMap<TopicPartition, CompletableFuture<Void>> deletions = new ConcurrentHashMap<>();
    private final ConcurrentMap<TopicPartition, StoreDirectory> preferred = new ConcurrentHashMap<>();
    private final FutureLogs futures;
    private final StoreTasks tasks;

    /** A partition's place and its log, which may still have to be loaded. */
    record Hosted(StoreDirectory directory, CompletableFuture<PartitionLog> log) {
        @Nullable
        PartitionLog loaded() {
            return log.isDone() && !log.isCompletedExceptionally() ? log.join() : null;
        }
    }

    /** @param directories the log directories, open and locked, in the order of {@code log.dirs} */
    public LogStore(List<? extends LogDirectory> directories, StoreSettings settings, StoreEnvironment environment) {
        this.directories = directories.stream()
                .map(directory -> new StoreDirectory(directory))
                .toList();
        this.settings = settings;
        this.environment = environment;
        this.futures = new FutureLogs(this, environment);
        this.tasks = new StoreTasks(this, settings, environment);
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
        for (StoreDirectory directory : directories) {
            try {
                for (String doomed : directory.read()) {
                    environment.workers().execute(() -> deleteFiles(directory.directory(), doomed, null));
                }
                directory.setAside(strays, this::uniqueId);
            } catch (IOException e) {
                directory.directory().health().takeOffline("reading of the log directory", e);
                continue;
            }
            all.add(load(directory));
            futures.load(directory);
        }
        tasks.start();
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
    }

    /** Starts with all logs that there are. */
    public CompletionStage<Void> start() {
        return start(StrayCheck.NONE);
    }

    /** The names of the topics that have logs here, before {@link #start}. Blocks. */
    public Set<String> topicsOnDisk() {
        Set<String> topics = new TreeSet<>();
        for (StoreDirectory directory : directories) {
            try {
                for (String name : directory.directory().list("")) {
                    PartitionDirectories.partition(name).ifPresent(partition -> topics.add(partition.topic()));
                }
            } catch (IOException e) {
                LOG.debug(
                        "{} cannot be listed, as its start will tell",
                        directory.directory().path(),
                        e);
            }
        }
        return topics;
    }

    private UUID uniqueId() {
        return new UUID(environment.random().nextLong(), environment.random().nextLong());
    }

    private CompletableFuture<Void> load(StoreDirectory directory) {
        Queue<Map.Entry<TopicPartition, CompletableFuture<PartitionLog>>> queue = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (TopicPartition partition : directory.partitions().keySet()) {
            CompletableFuture<PartitionLog> future = new CompletableFuture<>();
            Hosted other = logs.putIfAbsent(partition, new Hosted(directory, future));
            if (other != null) {
                LOG.error(
                        "{} is in {} and in {}; the latter is not used: remove the one that is not wanted",
                        partition,
                        other.directory().directory().path(),
                        directory.directory().path());
                continue;
            }
            queue.add(Map.entry(partition, future));
            done.add(future.handle((log, failure) -> null));
        }
        int threads = Math.min(queue.size(), settings.recoveryThreadsPerDirectory());
        for (int i = 0; i < threads; i++) {
            environment.workers().execute(() -> loadSome(directory, queue));
        }
        return CompletableFuture.allOf(done.toArray(new CompletableFuture<?>[0]))
                .thenRun(() -> tellLoaded(directory, done.size()));
    }

    private static void tellLoaded(StoreDirectory directory, int count) {
        if (count > 0) {
            LOG.info(
                    "{}: loaded {} logs{}",
                    directory.directory().path(),
                    count,
                    directory.cleanShutdown() ? "" : ", after a shutdown that was not clean");
        }
    }

    /** Loads some logs one after the other; the worker is given back in between, so that others have their turn. */
    private void loadSome(
            StoreDirectory directory, Queue<Map.Entry<TopicPartition, CompletableFuture<PartitionLog>>> queue) {
        int count = directory.cleanShutdown() ? CLEAN_LOADS_PER_TURN : 1;
        for (int i = 0; i < count; i++) {
            var next = queue.poll();
            if (next == null) {
                return;
            }
            load(directory, next.getKey(), next.getValue());
        }
        environment.workers().execute(() -> loadSome(directory, queue));
    }

    private void load(StoreDirectory directory, TopicPartition partition, CompletableFuture<PartitionLog> future) {
        try {
            future.complete(open(directory, partition, PartitionDirectories.live(partition)));
        } catch (IOException | RuntimeException e) {
            if (e instanceof IOException) {
                directory.directory().health().takeOffline("loading of " + partition, e);
            } else {
                LOG.error("{}: could not be loaded", partition, e);
            }
            future.completeExceptionally(storageError("loading of " + partition + " failed: " + e));
        }
    }

    /** Loads the log that lies in a directory under this name. Blocks. */
    PartitionLog open(StoreDirectory directory, TopicPartition partition, String name) throws IOException {
        if (!directory.directory().health().isOnline()) {
            throw storageError(directory.directory().path() + " is offline");
        }
        LogConfig config = environment.configs().apply(partition);
        RecoveredLog recovered = LogLoader.load(request(directory, partition, name, config, directory.cleanShutdown()));
        UUID topicId = PartitionMetadataFile.read(directory.directory(), recovered.partitionDirectory())
                .orElse(PartitionLog.NO_TOPIC_ID);
        PartitionLog log = new PartitionLog(
                context(directory, partition, topicId), config, recovered, directory.highWatermark(partition));
        log.restoreCleanedOffset(directory.cleanedOffset(partition));
        return log;
    }

    private LoadRequest request(
            StoreDirectory directory, TopicPartition partition, String name, LogConfig config, boolean clean) {
        return new LoadRequest(
                directory.directory(),
                name,
                clean,
                directory.recoveryPoint(partition),
                directory.logStart(partition),
                config.segments().indexIntervalBytes(),
                settings.producerExpirationMs(),
                environment.clock().millis());
    }

    private LogContext context(StoreDirectory directory, TopicPartition partition, UUID topicId) {
        return new LogContext(
                partition,
                topicId,
                directory.directory(),
                environment.homes().apply(partition),
                environment.workers(),
                environment.clock(),
                environment.random().nextDouble());
    }

    /** The partitions that have a log here, loaded or not; sorted. */
    public Set<TopicPartition> partitions() {
        return new TreeSet<>(logs.keySet());
    }

    /** The log of a partition if there is one and it is loaded, or null. */
    public @Nullable PartitionLog loaded(TopicPartition partition) {
        Hosted hosted = logs.get(partition);
        return hosted == null ? null : hosted.loaded();
    }

    /**
     * The log of a partition, once it is loaded; empty if there is none.
     *
     * <p>The stage fails with an {@link ApiException} (KAFKA_STORAGE_ERROR) if it cannot be loaded.
     */
    public Optional<CompletionStage<PartitionLog>> log(TopicPartition partition) {
        return Optional.ofNullable(logs.get(partition)).map(Hosted::log);
    }

    /** The logs that are loaded, sorted by partition. */
    public List<PartitionLog> loadedLogs() {
        Map<TopicPartition, PartitionLog> sorted = new TreeMap<>();
        logs.forEach((partition, hosted) -> {
            PartitionLog log = hosted.loaded();
            if (log != null) {
                sorted.put(partition, log);
            }
        });
        return List.copyOf(sorted.values());
    }

    /** How many logs are still to be loaded. */
    public int loadingCount() {
        return (int)
                logs.values().stream().filter(hosted -> !hosted.log().isDone()).count();
    }

    /** The log directories, offline ones too, in the order of {@code log.dirs}. */
    public List<LogDirectory> directories() {
        return directories.stream().map(StoreDirectory::directory).toList();
    }

    List<StoreDirectory> storeDirectories() {
        return directories;
    }

    /**
     * The epoch that the broker had when it last shut down cleanly, or -1 if any directory was left uncleanly (KIP-966).
     */
    public long previousBrokerEpoch() {
        long epoch = directories.isEmpty() ? CleanShutdownMarker.NO_EPOCH : Long.MAX_VALUE;
        for (StoreDirectory directory : directories) {
            epoch = Math.min(epoch, directory.previousBrokerEpoch());
        }
        return epoch;
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
        Hosted existing = logs.get(partition);
        if (existing != null) {
            return existing.log().whenComplete((log, failure) -> {
                if (log != null) {
                    log.adoptTopicId(topicId);
                }
            });
        }
        CompletableFuture<PartitionLog> future = new CompletableFuture<>();
        StoreDirectory directory = chooseDirectory(partition);
        if (directory == null) {
            future.completeExceptionally(storageError("no log directory is online"));
            return future;
        }
        if (origin == Origin.EXISTING && hasOfflineDirectory()) {
            future.completeExceptionally(
                    storageError(partition + " may be in a log directory that is offline, and is not created anew"));
            return future;
        }
        Hosted raced = logs.putIfAbsent(partition, new Hosted(directory, future));
        if (raced != null) {
            return raced.log();
        }
        directory.logCount().incrementAndGet();
        CompletableFuture<Void> deleted = deletions.getOrDefault(partition, CompletableFuture.completedFuture(null));
        var unused = deleted.whenComplete((done, failure) ->
                environment.workers().execute(() -> create(directory, partition, topicId, config, future)));
        return future;
    }

    private void create(
            StoreDirectory directory,
            TopicPartition partition,
            UUID topicId,
            LogConfig config,
            CompletableFuture<PartitionLog> future) {
        try {
            future.complete(createIn(directory, partition, PartitionDirectories.live(partition), topicId, config));
        } catch (IOException e) {
            logs.remove(partition);
            directory.logCount().decrementAndGet();
            directory.directory().health().takeOffline("creation of " + partition, e);
            future.completeExceptionally(storageError("creation of " + partition + " failed: " + e));
        }
    }

    /** What is known of a partition's past on this broker. */
    public enum Origin {
        /** The partition has just been created: no log of it can be anywhere. */
        NEW,
        /** There may be a log. */
        EXISTING
    }

    /** Whether there may be logs that cannot be seen. Any thread. */
    public boolean hasOfflineDirectory() {
        return directories.stream()
                .anyMatch(directory -> !directory.directory().health().isOnline());
    }

    /** Creates an empty log under this name. Blocks. */
    PartitionLog createIn(
            StoreDirectory directory, TopicPartition partition, String name, UUID topicId, LogConfig config)
            throws IOException {
        RecoveredLog created = LogLoader.create(new LoadRequest(
                directory.directory(),
                name,
                true,
                0,
                0,
                config.segments().indexIntervalBytes(),
                settings.producerExpirationMs(),
                environment.clock().millis()));
        if (!topicId.equals(PartitionLog.NO_TOPIC_ID)) {
            PartitionMetadataFile.write(directory.directory(), created.partitionDirectory(), topicId);
        }
        return new PartitionLog(context(directory, partition, topicId), config, created, 0);
    }

    /** The copies of logs that are to take their places in other directories. */
    public FutureLogs futures() {
        return futures;
    }

    /** Has the partition's log created in this directory, should it be created and the directory be online then. */
    public void prefer(TopicPartition partition, LogDirectory directory) {
        preferred.put(partition, directory(directory));
    }

    /** One of the store's own directories. */
    StoreDirectory directory(LogDirectory wanted) {
        return directories.stream()
                .filter(directory -> directory.directory() == wanted)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(wanted.path() + " is not in log.dirs"));
    }

    /**
     * Puts another log in the place of a partition's log, whose files are deleted as by {@link #delete}. On the home loop.
     *
     * @param rename gives the other log's directory its name; what it throws leaves everything as it was
     * @return whether that was done; it is not if there is no such log
     */
    boolean replace(
            TopicPartition partition,
            StoreDirectory directory,
            CompletableFuture<PartitionLog> next,
            Runnable rename,
            Consumer<PartitionLog> onSwap) {
        Hosted before = logs.get(partition);
        PartitionLog old = before == null ? null : before.loaded();
        if (before == null || old == null) {
            return false;
        }
        Hosted after = new Hosted(directory, next);
        if (!logs.replace(partition, before, after)) {
            return false; // Deleted this very moment.
        }
        try {
            rename.run();
        } catch (RuntimeException e) {
            logs.replace(partition, after, before);
            throw e;
        }
        onSwap.accept(next.join());
        before.directory().logCount().decrementAndGet();
        old.abandon();
        CompletableFuture<Void> renamed = new CompletableFuture<>();
        deletions.put(partition, renamed);
        environment.workers().execute(() -> rename(before.directory(), partition, old, renamed));
        var unused = renamed.whenComplete((done, failure) -> deletions.remove(partition, renamed));
        return true;
    }

    private @Nullable StoreDirectory chooseDirectory(TopicPartition partition) {
        StoreDirectory wanted = preferred.remove(partition);
        if (wanted != null && wanted.directory().health().isOnline()) {
            return wanted;
        }
        return directories.stream()
                .filter(directory -> directory.directory().health().isOnline())
                .min(Comparator.comparingInt(directory -> directory.logCount().get()))
                .orElse(null);
    }

    /**
     * Takes a partition's log away: at once from here, its directory is renamed on a worker, and its files are deleted
     * after {@code file.delete.delay.ms}, so that reads under way can end.
     *
     * @return completes when the directory has been renamed, at once if there is no such log
     */
    public CompletionStage<Void> delete(TopicPartition partition) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        var unusedCopy = futures.delete(partition);
        Hosted hosted = logs.get(partition);
        if (hosted == null) {
            done.complete(null);
            return done;
        }
        deletions.put(partition, done);
        if (!logs.remove(partition, hosted)) {
            done.complete(null);
            return done;
        }
        hosted.directory().logCount().decrementAndGet();
        var unused = hosted.log().whenComplete((log, failure) -> {
            if (log == null) {
                environment.workers().execute(() -> rename(hosted.directory(), partition, null, done));
            } else {
                onHome(log.home(), () -> {
                    log.abandon();
                    environment.workers().execute(() -> rename(hosted.directory(), partition, log, done));
                });
            }
        });
        return done.whenComplete((renamed, failure) -> deletions.remove(partition, done));
    }

    private static void onHome(EventExecutor home, Runnable task) {
        if (home.inEventLoop()) {
            task.run();
        } else {
            home.execute(task);
        }
    }

    private void rename(
            StoreDirectory directory,
            TopicPartition partition,
            @Nullable PartitionLog log,
            CompletableFuture<Void> done) {
        LogDirectory files = directory.directory();
        String doomed = PartitionDirectories.deleted(partition, uniqueId());
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
            var unused = environment
                    .timer()
                    .schedule(
                            () -> environment.workers().execute(() -> deleteFiles(files, doomed, log)),
                            delayMs,
                            TimeUnit.MILLISECONDS);
            LOG.debug("{}: renamed to {}, to be deleted in {} ms", partition, doomed, delayMs);
            if (log != null && log.cleanedOffset() != SegmentSwap.NEVER) {
                checkpoint(directory, Checkpoint.CLEANED_OFFSETS); // A new log of the name is not clean.
            }
            done.complete(null);
        } catch (IOException e) {
            files.health().takeOffline("deletion of " + partition, e);
            done.completeExceptionally(storageError("deletion of " + partition + " failed: " + e));
        }
    }

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

    /** Writes all checkpoints now. Blocks. */
    public void checkpoint() {
        for (Checkpoint checkpoint : Checkpoint.values()) {
            checkpoint(checkpoint);
        }
    }

    void checkpoint(Checkpoint checkpoint) {
        for (StoreDirectory directory : directories) {
            checkpoint(directory, checkpoint);
        }
    }

    private void checkpoint(StoreDirectory directory, Checkpoint checkpoint) {
        if (directory.directory().health().isOnline()) {
            try {
                writeCheckpoint(directory, checkpoint);
            } catch (IOException e) {
                DirectoryHealth health = directory.directory().health();
                if (SpaceReserve.isDiskFull(e)) {
                    health.space().onDiskFull("writing of a checkpoint"); // The one before is there, and true enough.
                } else {
                    health.takeOffline("writing of a checkpoint", e);
                }
            }
        }
    }

    private void writeCheckpoint(StoreDirectory directory, Checkpoint checkpoint) throws IOException {
        List<PartitionLog> loaded = new ArrayList<>();
        List<TopicPartition> unloaded = new ArrayList<>();
        collect(directory, loaded, unloaded);
        directory.write(checkpoint, loaded, unloaded);
    }

    /** The logs of a directory, copies too, and the partitions whose log is not loaded. */
    private void collect(StoreDirectory directory, List<PartitionLog> loaded, List<TopicPartition> unloaded) {
        logs.forEach((partition, hosted) -> {
            if (hosted.directory() == directory) {
                PartitionLog log = hosted.loaded();
                if (log == null) {
                    unloaded.add(partition);
                } else {
                    loaded.add(log);
                }
            }
        });
        futures.collect(directory, loaded, unloaded);
    }

    /** Writes how far the logs of a directory are clean. Blocks. */
    public void checkpointCleanedOffsets(LogDirectory cleaned) {
        checkpoint(directory(cleaned), Checkpoint.CLEANED_OFFSETS);
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
        Set<StoreDirectory> unclean = ConcurrentHashMap.newKeySet();
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        for (StoreDirectory directory : directories) {
            List<PartitionLog> loaded = new ArrayList<>();
            List<TopicPartition> unloaded = new ArrayList<>();
            collect(directory, loaded, unloaded);
            if (!unloaded.isEmpty()) {
                unclean.add(directory);
            }
            loaded.forEach(log -> closing.add(close(log, () -> unclean.add(directory))));
        }
        return CompletableFuture.allOf(closing.toArray(new CompletableFuture<?>[0]))
                .thenRunAsync(() -> finishClose(unclean, brokerEpoch), environment.workers());
    }

    private static CompletableFuture<Void> close(PartitionLog log, Runnable onFailure) {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        onHome(log.home(), () -> log.close().whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warn("{}: could not be closed cleanly", log.partition(), failure);
                onFailure.run();
            }
            closed.complete(null);
        }));
        return closed;
    }

    private void finishClose(Set<StoreDirectory> unclean, long brokerEpoch) {
        checkpoint();
        for (StoreDirectory directory : directories) {
            LogDirectory files = directory.directory();
            try {
                if (files.health().isOnline() && !unclean.contains(directory)) {
                    new CleanShutdownMarker(files).write(brokerEpoch);
                } else {
                    LOG.warn("{} is not marked as cleanly shut down", files.path());
                }
                files.close();
            } catch (IOException e) {
                LOG.warn("{}: could not be closed cleanly", files.path(), e);
            }
        }
    }

    private static ApiException storageError(String message) {
        return new ApiException(ErrorCode.KAFKA_STORAGE_ERROR, message);
    }
}
