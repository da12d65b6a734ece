package io.ottla.storage.log;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.file.LogDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copies of logs that are to take their places, in another log directory: each lies in a directory named {@code
 * <topic>-<partition>.<32 digits>-future} until it is complete. Part of a {@link LogStore}, and like it usable from any
 * thread; each log belongs to the home loop of its partition.
 */
public final class FutureLogs {
    private static final Logger LOG = LoggerFactory.getLogger(FutureLogs.class);

    private final LogStore store;
    private final StoreEnvironment environment;
    private final ConcurrentMap<TopicPartition, Future> futures = new ConcurrentHashMap<>();

    /** A copy: where it lies, under which name, and its log, which may still have to be loaded. */
    private record Future(StoreDirectory directory, String name, CompletableFuture<PartitionLog> log) {
        @Nullable
        PartitionLog loaded() {
            return log.isDone() && !log.isCompletedExceptionally() ? log.join() : null;
        }
    }

    FutureLogs(LogStore store, StoreEnvironment environment) {
        this.store = store;
        this.environment = environment;
    }

    /** Begins to load the copies that lie in a directory, which a broker that has ended has left. */
    void load(StoreDirectory directory) {
        directory.futures().forEach((partition, name) -> {
            Future found = new Future(directory, name, new CompletableFuture<>());
            Future other = futures.putIfAbsent(partition, found);
            if (other != null) {
                LOG.error(
                        "{} is not used: {} has a copy, too",
                        name,
                        other.directory().directory().path());
                return;
            }
            environment.workers().execute(() -> open(partition, found, () -> store.open(directory, partition, name)));
        });
    }

    private interface Opening {
        PartitionLog open() throws IOException;
    }

    private void open(TopicPartition partition, Future future, Opening opening) {
        try {
            future.log().complete(opening.open());
        } catch (IOException | RuntimeException e) {
            if (futures.remove(partition, future)) {
                future.directory().logCount().decrementAndGet();
            }
            if (e instanceof IOException) {
                future.directory().directory().health().takeOffline("opening of " + future.name(), e);
            }
            future.log().completeExceptionally(error("opening of " + future.name() + " failed: " + e));
        }
    }

    /** The directory that a partition is moving to; empty if it stays where it is. */
    public Optional<LogDirectory> target(TopicPartition partition) {
        return Optional.ofNullable(futures.get(partition))
                .map(future -> future.directory().directory());
    }

    /** The copy of a partition's log, once it is loaded; empty if there is none. */
    public Optional<CompletionStage<PartitionLog>> log(TopicPartition partition) {
        return Optional.ofNullable(futures.get(partition)).map(Future::log);
    }

    /** The copies that are loaded, sorted by partition. */
    public List<PartitionLog> loadedLogs() {
        Map<TopicPartition, PartitionLog> sorted = new TreeMap<>();
        futures.forEach((partition, future) -> {
            PartitionLog log = future.loaded();
            if (log != null) {
                sorted.put(partition, log);
            }
        });
        return List.copyOf(sorted.values());
    }

    /** The partitions that are moving to a directory and not loaded yet, and the logs of those that are. */
    void collect(StoreDirectory directory, List<PartitionLog> loaded, List<TopicPartition> unloaded) {
        futures.forEach((partition, future) -> {
            if (future.directory() == directory) {
                PartitionLog log = future.loaded();
                if (log == null) {
                    unloaded.add(partition);
                } else {
                    loaded.add(log);
                }
            }
        });
    }

    /**
     * The copy of a partition's log, an empty one in this directory if there is none.
     *
     * @return fails with an {@link ApiException}: INVALID_TOPIC_EXCEPTION if the name would be too long for a directory,
     *     KAFKA_STORAGE_ERROR if it cannot be created
     */
    public CompletionStage<PartitionLog> getOrCreate(
            TopicPartition partition, LogDirectory target, UUID topicId, LogConfig config) {
        StoreDirectory directory = store.directory(target);
        Optional<String> name = PartitionDirectories.future(
                partition,
                new UUID(environment.random().nextLong(), environment.random().nextLong()));
        if (name.isEmpty()) {
            return CompletableFuture.failedFuture(new ApiException(
                    ErrorCode.INVALID_TOPIC_EXCEPTION, "the name of " + partition + " is too long to move it"));
        }
        Future created = new Future(directory, name.get(), new CompletableFuture<>());
        Future other = futures.putIfAbsent(partition, created);
        if (other != null) {
            return other.log();
        }
        directory.logCount().incrementAndGet();
        environment
                .workers()
                .execute(() -> open(
                        partition,
                        created,
                        () -> store.createIn(directory, partition, created.name(), topicId, config)));
        return created.log();
    }

    /** Gives a copy up; its files are deleted. Completes when nobody writes to it any more. */
    public CompletionStage<Void> delete(TopicPartition partition) {
        Future future = futures.remove(partition);
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (future == null) {
            done.complete(null);
            return done;
        }
        future.directory().logCount().decrementAndGet();
        var unused = future.log().whenComplete((log, failure) -> {
            if (log != null) {
                onHome(log.home(), () -> {
                    log.abandon();
                    environment
                            .workers()
                            .execute(() ->
                                    LogStore.deleteFiles(future.directory().directory(), future.name(), log));
                    done.complete(null);
                });
            } else {
                done.complete(null);
            }
        });
        return done;
    }

    private static void onHome(EventExecutor home, Runnable task) {
        if (home.inEventLoop()) {
            task.run();
        } else {
            home.execute(task);
        }
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
        Future future = futures.get(partition);
        PartitionLog next = future == null ? null : future.loaded();
        if (future == null || next == null || !futures.remove(partition, future)) {
            return false;
        }
        Runnable rename = () -> rename(partition, future, next);
        if (!store.replace(partition, future.directory(), future.log(), rename, onSwap)) {
            return false;
        }
        LogDirectory files = future.directory().directory();
        environment.workers().execute(() -> {
            try {
                files.forceDirectory("");
            } catch (IOException e) {
                files.health().takeOffline("move of " + partition, e);
            }
        });
        LOG.info("{}: moved to {}", partition, files.path());
        return true;
    }

    private static void rename(TopicPartition partition, Future future, PartitionLog next) {
        LogDirectory files = future.directory().directory();
        String live = PartitionDirectories.live(partition);
        try {
            files.rename(future.name(), live);
            next.directoryMoved(live);
        } catch (IOException e) {
            files.health().takeOffline("move of " + partition, e);
            throw error("move of " + partition + " to " + files.path() + " failed: " + e);
        }
    }

    private static ApiException error(String message) {
        return new ApiException(ErrorCode.KAFKA_STORAGE_ERROR, message);
    }
}
