package io.ottla.storage.compaction;

import io.netty.util.concurrent.Future;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.storage.file.SpaceReserve;
import io.ottla.storage.index.IndexCorruptException;
import io.ottla.storage.log.CleaningInput;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.segment.BatchScan;
import io.ottla.storage.store.LogStore;
import io.ottla.storage.store.StoreEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleans the logs of compacted topics, the dirtiest first, {@code log.cleaner.threads} at the same time. Any thread; what is
 * under way is guarded by the object's monitor.
 *
 * <p>A log that cannot be cleaned is set aside, with one line, until the broker restarts or the log is another one, as in Apache
 * Kafka; the others are cleaned on.
 */
public final class LogCleaner {
    private static final Logger LOG = LoggerFactory.getLogger(LogCleaner.class);
    private static final double NANOS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final LogStore store;
    private final StoreEnvironment environment;
    private final IoThrottle throttle;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private volatile CleanerSettings settings;

    private final Set<PartitionLog> underWay = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<TopicPartition, SetAside> setAside = new HashMap<>();
    private @Nullable Future<?> nextLook;
    private boolean stopping;

    private record SetAside(PartitionLog log, String reason) {}

    private record Candidate(PartitionLog log, DirtyRange range) {}

    /** Nothing is cleaned before {@link #start}. */
    public LogCleaner(LogStore store, StoreEnvironment environment, CleanerSettings settings) {
        this.store = store;
        this.environment = environment;
        this.settings = settings;
        this.throttle = new IoThrottle(environment.timer().ticker(), settings.ioMaxBytesPerSecond());
    }

    /** Looks for dirty logs from now on. */
    public void start() {
        lookAgain();
    }

    /** Changes the settings; a job under way keeps its memory. */
    public void reconfigure(CleanerSettings changed) {
        settings = changed;
        throttle.limit(changed.ioMaxBytesPerSecond());
    }

    /** Gives up what is under way. Completes when no job is left. */
    public synchronized CompletionStage<Void> stop() {
        stopping = true;
        Future<?> look = nextLook;
        if (look != null) {
            look.cancel(false);
        }
        if (underWay.isEmpty()) {
            stopped.complete(null);
        }
        return stopped;
    }

    /** The partitions that are not cleaned any more, and why. */
    public synchronized Map<TopicPartition, String> setAside() {
        Map<TopicPartition, String> reasons = new TreeMap<>();
        setAside.forEach((partition, aside) -> {
            if (store.loaded(partition) == aside.log()) {
                reasons.put(partition, aside.reason());
            }
        });
        return reasons;
    }

    private synchronized void lookAgain() {
        if (!stopping) {
            nextLook = environment
                    .timer()
                    .schedule(
                            () -> environment.workers().execute(() -> {
                                look();
                                lookAgain();
                            }),
                            settings.backoffMs(),
                            TimeUnit.MILLISECONDS);
        }
    }

    /** Begins as many jobs as may run at once, if there is so much to do. Blocks; on a worker. */
    public void look() {
        forgetDeleted();
        rollOldSegments();
        Candidate next = take();
        while (next != null) {
            begin(next.log());
            next = take();
        }
    }

    /** What was set aside is another log by now, or none. */
    private synchronized void forgetDeleted() {
        setAside.entrySet()
                .removeIf(entry ->
                        store.loaded(entry.getKey()) != entry.getValue().log());
    }

    /** A quiet log has an active segment that would never be cleaned: {@code max.compaction.lag.ms} bounds its age. */
    private void rollOldSegments() {
        for (PartitionLog log : store.loadedLogs()) {
            LogConfig config = log.config();
            if (config.retention().compacts() && config.compaction().maxLagMs() < Long.MAX_VALUE) {
                log.home().execute(log::rollIfOld);
            }
        }
    }

    /** The dirtiest log that is not being cleaned, which counts as being cleaned from now on; null if there is none. */
    private synchronized @Nullable Candidate take() {
        if (stopping || underWay.size() >= settings.threads()) {
            return null;
        }
        Candidate best = null;
        for (PartitionLog log : store.loadedLogs()) {
            if (mayBeCleaned(log)) {
                DirtyRange range = rangeOf(log);
                if (range != null
                        && range.isDue(log.config().compaction().minCleanableDirtyRatio())
                        && (best == null || range.dirtyRatio() > best.range().dirtyRatio())) {
                    best = new Candidate(log, range);
                }
            }
        }
        if (best != null) {
            underWay.add(best.log());
        }
        return best;
    }

    private boolean mayBeCleaned(PartitionLog log) {
        if (!log.config().retention().compacts()
                || underWay.contains(log)
                || !log.directory().health().isOnline()) {
            return false;
        }
        SetAside aside = setAside.get(log.partition());
        return aside == null || aside.log() != log;
    }

    private @Nullable DirtyRange rangeOf(PartitionLog log) {
        try {
            return DirtyRange.of(
                    log.view(),
                    log.config(),
                    log.cleanedOffset(),
                    environment.clock().millis());
        } catch (IOException | RuntimeException e) {
            onFailure(log, e);
            return null;
        }
    }

    private void begin(PartitionLog log) {
        log.home().execute(() -> {
            CleaningInput input = log.beginCleaning();
            if (input == null) {
                forget(log);
            } else {
                environment.workers().execute(() -> begin(log, input));
            }
        });
    }

    private void begin(PartitionLog log, CleaningInput input) {
        CleanerSettings current = settings;
        long nowMs = environment.clock().millis();
        CleaningJob job;
        try {
            DirtyRange range = DirtyRange.of(input.view(), log.config(), log.cleanedOffset(), nowMs);
            if (range.endOffset() == range.firstDirtyOffset()) {
                forget(log);
                return;
            }
            KeyHash hash = new KeyHash(
                    environment.random().nextLong(), environment.random().nextLong());
            job = new CleaningJob(log, input, range, current, hash, nowMs);
        } catch (IOException | RuntimeException e) {
            onFailure(log, e);
            forget(log);
            return;
        }
        run(job, nowMs);
    }

    /** One step, on a worker, which is given back after it. */
    private void run(CleaningJob job, long startedMs) {
        try {
            if (isStopping()) {
                giveUp(job, null);
                return;
            }
            long bytes = job.step();
            CleaningJob.Replacement replacement = job.replacement();
            if (job.isDone()) {
                finish(job, startedMs);
            } else if (replacement != null) {
                replace(job, replacement, startedMs);
            } else {
                runLater(job, startedMs, throttle.pauseNs(bytes));
            }
        } catch (IOException | RuntimeException e) {
            giveUp(job, e);
        }
    }

    private void runLater(CleaningJob job, long startedMs, long pauseNs) {
        Runnable next = () -> environment.workers().execute(() -> run(job, startedMs));
        if (pauseNs < NANOS_PER_MS) {
            next.run();
        } else {
            var unused = environment.timer().schedule(next, pauseNs, TimeUnit.NANOSECONDS);
        }
    }

    private void replace(CleaningJob job, CleaningJob.Replacement replacement, long startedMs) {
        PartitionLog log = job.log();
        log.home().execute(() -> log.replaceSegments(job.input(), replacement.originals(), replacement.cleaned())
                .whenComplete((done, failure) -> environment.workers().execute(() -> {
                    if (failure != null) {
                        onReplaced(job); // It belongs to the log, whatever has happened to that.
                        giveUp(job, failure);
                    } else if (!done) {
                        LOG.info("{}: has changed while it was cleaned, and is cleaned later", log.partition());
                        giveUp(job, null);
                    } else {
                        onReplaced(job);
                        run(job, startedMs);
                    }
                })));
    }

    private static void onReplaced(CleaningJob job) {
        try {
            job.onReplaced();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void finish(CleaningJob job, long startedMs) {
        PartitionLog log = job.log();
        log.home().execute(() -> {
            log.onCleaned(job.input(), job.cleanedOffset());
            environment.workers().execute(() -> {
                store.checkpointCleanedOffsets(log.directory());
                LOG.info(
                        "{}: cleaned up to offset {} in {} ms: {}",
                        log.partition(),
                        job.cleanedOffset(),
                        environment.clock().millis() - startedMs,
                        job.summary());
                end(log);
            });
        });
    }

    private void giveUp(CleaningJob job, @Nullable Throwable failure) {
        try {
            job.abort();
        } catch (IOException | RuntimeException e) {
            LOG.debug(
                    "{}: what a cleaning has left could not be deleted",
                    job.log().partition(),
                    e);
        }
        if (failure != null) {
            onFailure(job.log(), failure);
        }
        forget(job.log());
    }

    /** A log that has changed, or is gone, is none of the cleaner's business; a broken one is set aside. */
    private void onFailure(PartitionLog log, Throwable failure) {
        if (store.loaded(log.partition()) != log
                || !log.directory().health().isOnline()
                || failure instanceof NoSuchFileException
                || failure instanceof ClosedChannelException) {
            LOG.debug("{}: cleaning ends, the log has changed", log.partition(), failure);
        } else if (failure instanceof IOException full && SpaceReserve.isDiskFull(full)) {
            log.directory().health().space().onDiskFull("cleaning of " + log.partition());
        } else if (isDiskBroken(failure)) {
            log.directory().health().takeOffline("cleaning of " + log.partition(), failure);
        } else {
            synchronized (this) {
                setAside.put(log.partition(), new SetAside(log, failure.toString()));
            }
            LOG.error(
                    "{} in {}: cannot be compacted and is set aside, so that it grows until the broker restarts: {}",
                    log.partition(),
                    log.directory().path(),
                    failure.toString(),
                    failure);
        }
    }

    /** An input or output error, not one of what was read. */
    private static boolean isDiskBroken(Throwable failure) {
        return failure instanceof IOException
                && !(failure instanceof BatchScan.FaultException)
                && !(failure instanceof IndexCorruptException);
    }

    private synchronized boolean isStopping() {
        return stopping;
    }

    /** The log is clean: the next one at once. */
    private void end(PartitionLog log) {
        forget(log);
        if (!isStopping()) {
            environment.workers().execute(this::look);
        }
    }

    private synchronized void forget(PartitionLog log) {
        underWay.remove(log);
        if (stopping && underWay.isEmpty()) {
            stopped.complete(null);
        }
    }
}
