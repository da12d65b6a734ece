package io.ottla.storage.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a log directory can be trusted. It starts online and goes offline once, with a reason, and never comes back
 * before a restart. Usable from any thread.
 */
public final class DirectoryHealth {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryHealth.class);

    private final Path path;
    private final AtomicReference<@Nullable String> offlineReason = new AtomicReference<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final SpaceReserve space;

    public DirectoryHealth(Path path) {
        this.path = path;
        this.space = new SpaceReserve(path);
    }

    /** Whether there is room for what clients append; a directory that is full is not broken. */
    public SpaceReserve space() {
        return space;
    }

    public boolean isOnline() {
        return offlineReason.get() == null;
    }

    /** Why the directory is offline, or null while it is online. */
    public @Nullable String offlineReason() {
        return offlineReason.get();
    }

    /**
     * Takes the directory offline; only the first call has an effect.
     *
     * @param action what was tried, e.g. {@code "append to orders-3 at offset 17"}
     */
    public void takeOffline(String action, Throwable cause) {
        String reason = action + " failed: " + cause;
        if (offlineReason.compareAndSet(null, reason)) {
            if (cause instanceof IOException) {
                LOG.error(
                        "log directory {} goes offline: {}",
                        path,
                        reason); // An operator needs the disk, not our stack.
                LOG.debug("where it failed", cause);
            } else {
                LOG.error("log directory {} goes offline: {}", path, reason, cause);
            }
            for (Consumer<String> listener : listeners) {
                listener.accept(reason);
            }
        }
    }

    /** Calls the listener with the reason, on the thread that met the error, when the directory goes offline. */
    public void onOffline(Consumer<String> listener) {
        listeners.add(listener);
    }
}
