package io.ottla.storage.store;

import io.ottla.storage.file.CleanShutdownMarker;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.log.PartitionLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a store: all logs are closed, then the checkpoints and the markers are written. A directory is marked as cleanly
 * shut down if every log in it was loaded and could be made durable, and every checkpoint could be written: on a full disk a
 * marker beside older files would tell the next start to trust them (KAFKA-13773).
 */
final class StoreClosing {
    private static final Logger LOG = LoggerFactory.getLogger(StoreClosing.class);

    private final StoreDirectories directories;
    private final StoreCheckpoints checkpoints;
    private final long brokerEpoch;
    private final Set<StoreDirectory> unclean = ConcurrentHashMap.newKeySet();

    /** @param brokerEpoch goes into the markers */
    StoreClosing(StoreDirectories directories, StoreCheckpoints checkpoints, long brokerEpoch) {
        this.directories = directories;
        this.checkpoints = checkpoints;
        this.brokerEpoch = brokerEpoch;
    }

    CompletionStage<Void> start(StoredLogs logs, StoredLogs futures, Executor workers) {
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        for (StoreDirectory directory : directories.all()) {
            DirectoryLogs inside = DirectoryLogs.of(directory, logs, futures);
            if (!inside.unloaded().isEmpty()) {
                unclean.add(directory);
            }
            inside.loaded().forEach(log -> closing.add(close(log, directory)));
        }
        return CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new))
                .thenRunAsync(this::finish, workers);
    }

    private CompletableFuture<Void> close(PartitionLog log, StoreDirectory directory) {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        log.runAtHome(() -> log.close().whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warn("{}: could not be closed cleanly", log.partition(), failure);
                unclean.add(directory);
            }
            closed.complete(null);
        }));
        return closed;
    }

    private void finish() {
        for (StoreDirectory directory : directories.all()) {
            LogDirectory files = directory.directory();
            try (files) {
                if (checkpoints.writeAll(directory) && !unclean.contains(directory)) {
                    new CleanShutdownMarker(files).write(brokerEpoch);
                } else {
                    LOG.warn("{} is not marked as cleanly shut down", files.path());
                }
            } catch (IOException e) {
                LOG.warn("{}: could not be closed cleanly", files.path(), e);
            }
        }
    }
}
