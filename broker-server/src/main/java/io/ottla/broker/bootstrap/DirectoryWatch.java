package io.ottla.broker.bootstrap;

import io.ottla.storage.file.LogDirectory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows when a log directory fails: its partitions go offline and the controller is told, so that others lead them;
 * the broker goes on with the other directories, and stops with the last one. Any thread.
 */
final class DirectoryWatch {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);

    private final List<LogDirectory> directories;
    private final Consumer<LogDirectory> takeOffline;
    private final Runnable tellController;
    private final CompletableFuture<Void> lastLost = new CompletableFuture<>();

    /**
     * @param takeOffline takes the partitions of a directory offline
     * @param tellController announces that there are such partitions
     */
    DirectoryWatch(
            List<? extends LogDirectory> directories, Consumer<LogDirectory> takeOffline, Runnable tellController) {
        this.directories = List.copyOf(directories);
        this.takeOffline = takeOffline;
        this.tellController = tellController;
    }

    void start() {
        for (LogDirectory directory : directories) {
            directory.health().onOffline(reason -> onOffline(directory));
        }
        // What has failed before anybody listened; to be told twice does no harm.
        directories.stream().filter(directory -> !directory.health().isOnline()).forEach(this::onOffline);
    }

    private void onOffline(LogDirectory failed) {
        takeOffline.accept(failed);
        if (directories.stream().anyMatch(directory -> directory.health().isOnline())) {
            tellController.run();
        } else {
            LOG.error("the last log directory has failed: the broker stops");
            lastLost.complete(null);
        }
    }

    /** Completes, on whatever thread meets the failure, when no directory is left. */
    CompletionStage<Void> lastLost() {
        return lastLost;
    }
}
