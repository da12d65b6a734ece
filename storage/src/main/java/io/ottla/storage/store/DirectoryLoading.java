package io.ottla.storage.store;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads all logs of one directory at the start, on the workers, several side by side. Begun once, on any thread. */
final class DirectoryLoading {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLoading.class);

    /** After a clean shutdown a log is loaded in less time than it takes to wake another worker. */
    private static final int CLEAN_LOADS_PER_TURN = 16;

    private final StoreDirectory directory;
    private final LogOpener opener;
    private final Executor workers;
    private final Queue<Map.Entry<TopicPartition, StoredLog>> queue = new ConcurrentLinkedQueue<>();

    DirectoryLoading(StoreDirectory directory, LogOpener opener, Executor workers) {
        this.directory = directory;
        this.opener = opener;
        this.workers = workers;
    }

    /**
     * Adds the logs to those of the store, and begins to load them.
     *
     * @param maxThreads how many workers may be busy with it
     * @return completes when no log is left to load, whether or not each could be
     */
    CompletableFuture<Void> start(StoredLogs logs, int maxThreads) {
        List<CompletableFuture<Void>> done = new ArrayList<>();
        directory.partitions().forEach((partition, name) -> {
            StoredLog found = StoredLog.pending(directory, name);
            StoredLog other = logs.addUnlessPresent(partition, found);
            if (other != null) {
                LOG.error(
                        "{} is in {} and in {}; the latter is not used: remove the one that is not wanted",
                        partition,
                        other.directory().directory().path(),
                        directory.directory().path());
                return;
            }
            queue.add(Map.entry(partition, found));
            done.add(found.log().handle((log, failure) -> null));
        });
        int threads = Math.min(queue.size(), maxThreads);
        for (int i = 0; i < threads; i++) {
            workers.execute(this::loadSome);
        }
        return CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).thenRun(() -> tellLoaded(done.size()));
    }

    private void tellLoaded(int count) {
        if (count > 0) {
            LOG.info(
                    "{}: loaded {} logs{}",
                    directory.directory().path(),
                    count,
                    directory.cleanShutdown() ? "" : ", after a shutdown that was not clean");
        }
    }

    /** Loads some logs one after the other; the worker is given back in between, so that others have their turn. */
    private void loadSome() {
        int count = directory.cleanShutdown() ? CLEAN_LOADS_PER_TURN : 1;
        for (int i = 0; i < count; i++) {
            var next = queue.poll();
            if (next == null) {
                return;
            }
            load(next.getKey(), next.getValue());
        }
        workers.execute(this::loadSome);
    }

    private void load(TopicPartition partition, StoredLog found) {
        String action = "loading of " + partition;
        try {
            found.log().complete(opener.load(directory, partition, found.name()));
        } catch (IOException e) {
            found.log().completeExceptionally(directory.offline(action, e));
        } catch (RuntimeException e) {
            LOG.error("{}: could not be loaded", partition, e);
            found.log()
                    .completeExceptionally(new ApiException(ErrorCode.KAFKA_STORAGE_ERROR, action + " failed: " + e));
        }
    }
}
