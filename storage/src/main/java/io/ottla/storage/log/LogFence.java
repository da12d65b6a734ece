package io.ottla.storage.log;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a log may still be used. Confined to the log's home loop. */
final class LogFence {
    private static final Logger LOG = LoggerFactory.getLogger(LogFence.class);

    private final LogContext context;
    private @Nullable String closedBecause;

    LogFence(LogContext context) {
        this.context = context;
    }

    /** Whether the log must be left alone: it is closed, deleted or fenced, or its directory is offline. */
    boolean isClosed() {
        return closedBecause != null || !context.directory().health().isOnline();
    }

    /** Why that is so. */
    String reason() {
        String reason = closedBecause != null
                ? closedBecause
                : context.directory().health().offlineReason();
        return context.partition() + ": " + (reason == null ? "the log directory is offline" : reason);
    }

    void close(String why) {
        closedBecause = why;
    }

    /** Something is wrong with the log that only a recovery mends: takes its directory offline. */
    void closeUntilRecovered(String what, Throwable cause) {
        closedBecause = what + "; the log is fenced until a restart recovers it";
        LOG.error("{}: {}", context.partition(), closedBecause, cause);
        context.directory().health().takeOffline(what, cause);
    }
}
