package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofDouble;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofLong;
import static io.ottla.broker.config.ConfigKey.ofString;

import java.util.Arrays;
import java.util.List;

/** Where logs live and how they are looked after. Immutable. */
public final class StorageConfig {
    static final ConfigKey<String> LOG_DIRS = ofString("log.dirs", null)
            .high()
            .implemented("Directories for logs, commas between them; unset means log.dir.");
    static final ConfigKey<String> LOG_DIR = ofString("log.dir", "/tmp/kafka-logs")
            .high()
            .implemented("One directory for logs, for use without log.dirs.");
    static final ConfigKey<Long> LOG_DIR_RESERVE_BYTES = ofLong("log.dir.reserve.bytes", 104857600L)
            .from(ConfigKey.Origin.OTTLA)
            .atLeast(0)
            .implemented(
                    "Room in each log directory that clients may not fill, at most a twentieth of its file system: below it"
                            + " produce requests are refused with KAFKA_STORAGE_ERROR, which clients retry, until there is half as"
                            + " much more; everything else goes on.");
    static final ConfigKey<Integer> NUM_RECOVERY_THREADS_PER_DATA_DIR = ofInt("num.recovery.threads.per.data.dir", 1)
            .atLeast(1)
            .clusterWide()
            .high()
            .implementedFromFile("Threads per log directory that open and recover logs at start.");
    static final ConfigKey<Long> LOG_RETENTION_CHECK_INTERVAL_MS = ofLong("log.retention.check.interval.ms", 300000L)
            .atLeast(1)
            .implemented("How often logs are looked at for segments to delete.");
    static final ConfigKey<Integer> LOG_FLUSH_OFFSET_CHECKPOINT_INTERVAL_MS = ofInt(
                    "log.flush.offset.checkpoint.interval.ms", 60000)
            .atLeast(0)
            .high()
            .implemented("How often the recovery points are written.");
    static final ConfigKey<Integer> LOG_FLUSH_START_OFFSET_CHECKPOINT_INTERVAL_MS = ofInt(
                    "log.flush.start.offset.checkpoint.interval.ms", 60000)
            .atLeast(0)
            .high()
            .implemented("How often the log start offsets are written.");
    static final ConfigKey<Long> LOG_INITIAL_TASK_DELAY_MS = ofLong("log.initial.task.delay.ms", 30000L)
            .atLeast(0)
            .low()
            .hidden()
            .withoutEffect("Pause between the start and the first round of housekeeping.");
    static final ConfigKey<Integer> PRODUCER_ID_EXPIRATION_MS = ofInt("producer.id.expiration.ms", 86400000)
            .atLeast(1)
            .clusterWide()
            .low()
            .implemented("An idempotent producer that stays silent for this long is forgotten.");
    static final ConfigKey<Integer> PRODUCER_ID_EXPIRATION_CHECK_INTERVAL_MS = ofInt(
                    "producer.id.expiration.check.interval.ms", 600000)
            .atLeast(1)
            .low()
            .hidden()
            .implemented("How often producers are looked at for expiry.");
    static final ConfigKey<Boolean> LOG_CLEANER_ENABLE =
            ofBoolean("log.cleaner.enable", true).implemented("Whether logs with the compact policy are compacted.");
    static final ConfigKey<Integer> LOG_CLEANER_THREADS = ofInt("log.cleaner.threads", 1)
            .atLeast(0)
            .clusterWide()
            .implemented("Logs that are compacted at the same time.");
    static final ConfigKey<Long> LOG_CLEANER_BACKOFF_MS = ofLong("log.cleaner.backoff.ms", 15000L)
            .atLeast(0)
            .clusterWide()
            .implemented("How often logs are looked at for something worth compacting.");
    static final ConfigKey<Long> LOG_CLEANER_DEDUPE_BUFFER_SIZE = ofLong("log.cleaner.dedupe.buffer.size", 134217728L)
            .clusterWide()
            .implemented("Most memory for the keys of compactions, over all threads; taken only as needed.");
    static final ConfigKey<Double> LOG_CLEANER_IO_BUFFER_LOAD_FACTOR = ofDouble(
                    "log.cleaner.io.buffer.load.factor", 0.9)
            .clusterWide()
            .implemented("How full the memory for keys may get.");
    static final ConfigKey<Integer> LOG_CLEANER_IO_BUFFER_SIZE = ofInt("log.cleaner.io.buffer.size", 524288)
            .atLeast(0)
            .clusterWide()
            .implemented("Memory to read and write with, over all compaction threads.");
    static final ConfigKey<Double> LOG_CLEANER_IO_MAX_BYTES_PER_SECOND = ofDouble(
                    "log.cleaner.io.max.bytes.per.second", Double.MAX_VALUE)
            .clusterWide()
            .implemented("Most bytes per second that compaction reads and writes.");

    static final ConfigKey<Integer> LOG_FILES_OPEN_MAX = ofInt("log.files.open.max", 4096)
            .from(ConfigKey.Origin.OTTLA)
            .atLeast(64)
            .low()
            .implemented(
                    "Most files of segments and indexes open at a time per log directory, but for those being read or"
                            + " written at that moment; the ones used least recently are closed until they are needed again.");
    static final ConfigKey<Integer> LOG_FILES_IDLE_MAX = ofInt("log.files.idle.max", 256)
            .from(ConfigKey.Origin.OTTLA)
            .atLeast(0)
            .low()
            .implemented("How many of them stay open although nobody has used them for a second.");

    static final KeyGroup KEYS = KeyGroup.of(
            "Storage",
            "Where logs live and how they are looked after.",
            LOG_DIRS,
            LOG_DIR,
            LOG_DIR_RESERVE_BYTES,
            NUM_RECOVERY_THREADS_PER_DATA_DIR,
            LOG_RETENTION_CHECK_INTERVAL_MS,
            LOG_FLUSH_OFFSET_CHECKPOINT_INTERVAL_MS,
            LOG_FLUSH_START_OFFSET_CHECKPOINT_INTERVAL_MS,
            LOG_INITIAL_TASK_DELAY_MS,
            ofLong("log.dir.failure.timeout.ms", 30000L)
                    .atLeast(1)
                    .low()
                    .withoutEffect(
                            "A broker of a KRaft cluster gives up after this long without reporting a failed directory."),
            ofInt("num.replica.alter.log.dirs.threads", null)
                    .high()
                    .withoutEffect("Threads that move replicas between log directories."),
            PRODUCER_ID_EXPIRATION_MS,
            PRODUCER_ID_EXPIRATION_CHECK_INTERVAL_MS,
            LOG_CLEANER_ENABLE,
            LOG_CLEANER_THREADS,
            LOG_CLEANER_BACKOFF_MS,
            LOG_CLEANER_DEDUPE_BUFFER_SIZE,
            LOG_CLEANER_IO_BUFFER_LOAD_FACTOR,
            LOG_CLEANER_IO_BUFFER_SIZE,
            LOG_CLEANER_IO_MAX_BYTES_PER_SECOND,
            LOG_FILES_OPEN_MAX,
            LOG_FILES_IDLE_MAX);

    private final ConfigValues values;

    StorageConfig(ConfigValues values) {
        this.values = values;
    }

    /** Room in each log directory that clients may not fill. */
    public long directoryReserveBytes() {
        return values.get(LOG_DIR_RESERVE_BYTES);
    }

    /** Threads per log directory that open and recover logs at start. */
    public int recoveryThreadsPerDataDir() {
        return values.get(NUM_RECOVERY_THREADS_PER_DATA_DIR);
    }

    /** How often logs are looked at for segments to delete. */
    public long retentionCheckIntervalMs() {
        return values.get(LOG_RETENTION_CHECK_INTERVAL_MS);
    }

    /** How often the recovery points are written. */
    public int recoveryPointCheckpointIntervalMs() {
        return values.get(LOG_FLUSH_OFFSET_CHECKPOINT_INTERVAL_MS);
    }

    /** How often the log start offsets are written. */
    public int startOffsetCheckpointIntervalMs() {
        return values.get(LOG_FLUSH_START_OFFSET_CHECKPOINT_INTERVAL_MS);
    }

    /** An idempotent producer that stays silent for this long is forgotten. */
    public int producerIdExpirationMs() {
        return values.get(PRODUCER_ID_EXPIRATION_MS);
    }

    /** How often producers are looked at for expiry. */
    public int producerIdExpirationCheckIntervalMs() {
        return values.get(PRODUCER_ID_EXPIRATION_CHECK_INTERVAL_MS);
    }

    /** Whether logs with the compact policy are compacted. */
    public boolean cleanerEnabled() {
        return values.get(LOG_CLEANER_ENABLE);
    }

    /** Threads that compact logs. */
    public int cleanerThreads() {
        return values.get(LOG_CLEANER_THREADS);
    }

    /** Pause of a compaction thread when nothing is worth compacting. */
    public long cleanerBackoffMs() {
        return values.get(LOG_CLEANER_BACKOFF_MS);
    }

    /** Memory for the keys of a compaction, over all threads. */
    public long cleanerDedupeBufferBytes() {
        return values.get(LOG_CLEANER_DEDUPE_BUFFER_SIZE);
    }

    /** How full the memory for keys may get. */
    public double cleanerDedupeBufferLoadFactor() {
        return values.get(LOG_CLEANER_IO_BUFFER_LOAD_FACTOR);
    }

    /** Memory to read and write with, over all compaction threads. */
    public int cleanerIoBufferBytes() {
        return values.get(LOG_CLEANER_IO_BUFFER_SIZE);
    }

    /** Most bytes per second that compaction reads and writes. */
    public double cleanerIoMaxBytesPerSecond() {
        return values.get(LOG_CLEANER_IO_MAX_BYTES_PER_SECOND);
    }

    /** Most files of logs open at a time per log directory. */
    public int filesOpenMax() {
        return values.get(LOG_FILES_OPEN_MAX);
    }

    /** How many of them stay open without being used. */
    public int filesIdleMax() {
        return values.get(LOG_FILES_IDLE_MAX);
    }

    /** The log directories in the order given: log.dirs, or log.dir. */
    public List<String> logDirs() {
        String several = values.orNull(LOG_DIRS);
        String text = several != null && !several.isBlank() ? several : values.get(LOG_DIR);
        return Arrays.stream(text.split(","))
                .map(String::trim)
                .filter(dir -> !dir.isEmpty())
                .toList();
    }
}
