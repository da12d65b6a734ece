package io.ottla.storage.log;

import io.ottla.storage.file.SpaceReserve;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blocking work of one log that nobody waits for: checkpoints, snapshots, the deletion of segments. Begun on the log's
 * home loop, done on the workers. Its failure takes the directory offline, unless the log is being deleted.
 */
final class LogWork {
    private static final Logger LOG = LoggerFactory.getLogger(LogWork.class);

    private final LogContext context;
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean abandoned;

    LogWork(LogContext context) {
        this.context = context;
    }

    interface Task {
        void run() throws IOException;
    }

    /** Runs a task on a worker. */
    void run(String action, Task task) {
        running.incrementAndGet();
        context.workers().execute(() -> {
            try {
                task.run();
            } catch (IOException e) {
                if (abandoned) {
                    LOG.debug("{} came too late, the log is deleted", action, e);
                } else if (SpaceReserve.isDiskFull(e)) {
                    context.directory()
                            .health()
                            .space()
                            .onDiskFull(action); // What is missing can be made up for later.
                } else {
                    context.directory().health().takeOffline(action, e);
                }
            } finally {
                running.decrementAndGet();
            }
        });
    }

    /** Renames the files of segments that are no longer part of the log at once, and deletes them after a delay. */
    void deleteLater(List<LogSegment> dropped, long delayMs) throws IOException {
        for (LogSegment segment : dropped) {
            segment.markDeleted();
        }
        if (!dropped.isEmpty()) {
            Runnable delete = () -> run("deletion of segments of " + context.partition(), () -> {
                for (LogSegment segment : dropped) {
                    segment.delete();
                }
            });
            var unused = context.home().schedule(delete, delayMs, TimeUnit.MILLISECONDS);
        }
    }

    /** The files are about to be deleted: what fails from now on does not matter. */
    void abandon() {
        abandoned = true;
    }

    /** Whether no worker is at the files. */
    boolean isIdle() {
        return running.get() == 0;
    }
}
