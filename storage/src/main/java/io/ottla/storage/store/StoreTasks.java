package io.ottla.storage.store;

import io.netty.util.concurrent.Future;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.OpenFiles;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.retention.RetentionPolicy;
import io.ottla.storage.store.StoreDirectory.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a {@link LogStore} does from time to time: checkpoints, retention, forgetting idle producers. Started and stopped
 * once, by the store; the tasks run on the workers and on the logs' loops.
 */
final class StoreTasks {
    private static final Logger LOG = LoggerFactory.getLogger(StoreTasks.class);
    private static final long FIRST_RETENTION_CHECK_MS = 30_000;
    private static final long SPACE_CHECK_INTERVAL_MS = 1_000;

    private final StoreDirectories directories;
    private final StoredLogs logs;
    private final StoreCheckpoints checkpoints;
    private final StoreSettings settings;
    private final StoreEnvironment environment;
    private final List<Future<?>> scheduled = new ArrayList<>();
    private volatile long producerExpirationMs;

    StoreTasks(
            StoreDirectories directories,
            StoredLogs logs,
            StoreCheckpoints checkpoints,
            StoreSettings settings,
            StoreEnvironment environment) {
        this.directories = directories;
        this.logs = logs;
        this.checkpoints = checkpoints;
        this.settings = settings;
        this.environment = environment;
        this.producerExpirationMs = settings.producerExpirationMs();
    }

    void start() {
        every(settings.recoveryPointIntervalMs(), () -> checkpoints.write(Checkpoint.RECOVERY_POINTS));
        every(settings.logStartIntervalMs(), () -> checkpoints.write(Checkpoint.LOG_STARTS));
        every(settings.highWatermarkIntervalMs(), () -> checkpoints.write(Checkpoint.HIGH_WATERMARKS));
        every(settings.producerExpirationCheckMs(), this::expireProducers);
        schedule(0, SPACE_CHECK_INTERVAL_MS, this::measureSpace);
        scheduled.add(environment
                .timer()
                .scheduleWithFixedDelay(
                        this::closeIdleFiles, OpenFiles.PERIOD_MS, OpenFiles.PERIOD_MS, TimeUnit.MILLISECONDS));
        schedule(
                Math.min(FIRST_RETENTION_CHECK_MS, settings.retentionCheckIntervalMs()),
                settings.retentionCheckIntervalMs(),
                this::deleteExpired);
    }

    void stop() {
        scheduled.forEach(future -> future.cancel(false));
        scheduled.clear();
    }

    private void every(long intervalMs, Runnable task) {
        schedule(intervalMs, intervalMs, task);
    }

    private void schedule(long delayMs, long intervalMs, Runnable task) {
        scheduled.add(environment
                .timer()
                .scheduleWithFixedDelay(
                        () -> environment.workers().execute(task), delayMs, intervalMs, TimeUnit.MILLISECONDS));
    }

    /** On the timer's thread; a worker is woken only if there is something to close. */
    private void closeIdleFiles() {
        for (LogDirectory directory : directories.files()) {
            OpenFiles files = directory.openFiles();
            if (files.nextPeriod()) {
                environment.workers().execute(files::closeIdle);
            }
        }
    }

    /** How much room is left, for clients to be told before it is none. */
    private void measureSpace() {
        for (LogDirectory directory : directories.files()) {
            if (directory.health().isOnline()) {
                try {
                    directory
                            .health()
                            .space()
                            .onMeasured(directory.usableBytes(), directory.totalBytes(), settings.reserveBytes());
                } catch (IOException e) {
                    LOG.warn("{}: the room that is left cannot be measured", directory.path(), e);
                }
            }
        }
    }

    /** Any thread. */
    void expireProducersAfter(long expirationMs) {
        producerExpirationMs = expirationMs;
    }

    private void expireProducers() {
        for (PartitionLog log : logs.loaded()) {
            log.home().execute(() -> log.producers().expire(environment.clock().millis(), producerExpirationMs));
        }
    }

    /** Judges all logs here, on a worker, and has their owners delete what may go. */
    void deleteExpired() {
        for (PartitionLog log : logs.loaded()) {
            if (log.directory().health().isOnline()) {
                try {
                    deleteExpired(log);
                } catch (IOException e) {
                    log.directory().health().takeOffline("retention of " + log.partition(), e);
                }
            }
        }
    }

    private void deleteExpired(PartitionLog log) throws IOException {
        LogConfig.Retention limits = log.config().retention();
        LogView view = log.view();
        boolean deletes = limits.deletes();
        RetentionPolicy policy = new RetentionPolicy(
                deletes ? limits.timeMs() : RetentionPolicy.NO_LIMIT,
                deletes ? limits.sizeBytes() : RetentionPolicy.NO_LIMIT,
                environment.clock().millis());
        RetentionPolicy.Verdict verdict = policy.judge(
                view.allSegments(),
                new RetentionPolicy.Bounds(view.logStartOffset(), view.logEndOffset(), view.lastStableOffset()));
        if (verdict.endOffset() > view.allSegments().get(0).baseOffset()) {
            log.home().execute(() -> {
                int count = log.deleteSegmentsBefore(verdict.endOffset(), verdict.reason());
                LOG.debug("{}: {} segments deleted", log.partition(), count);
            });
        }
    }
}
