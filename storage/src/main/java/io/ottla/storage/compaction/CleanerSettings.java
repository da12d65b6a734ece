package io.ottla.storage.compaction;

/**
 * The settings of the cleaner; memory and speed are those of all its jobs together.
 *
 * @param threads {@code log.cleaner.threads}: jobs at the same time
 * @param backoffMs {@code log.cleaner.backoff.ms}: how often logs are looked at for dirt
 * @param dedupeBufferBytes {@code log.cleaner.dedupe.buffer.size}
 * @param dedupeLoadFactor {@code log.cleaner.io.buffer.load.factor}
 * @param ioBufferBytes {@code log.cleaner.io.buffer.size}
 * @param ioMaxBytesPerSecond {@code log.cleaner.io.max.bytes.per.second}: read and written
 */
public record CleanerSettings(
        int threads,
        long backoffMs,
        long dedupeBufferBytes,
        double dedupeLoadFactor,
        int ioBufferBytes,
        double ioMaxBytesPerSecond) {
    /** Apache Kafka's defaults. */
    public static final CleanerSettings DEFAULT =
            new CleanerSettings(1, 15_000, 128L << 20, 0.9, 512 << 10, Double.MAX_VALUE);

    private static final double LEAST_LOAD_FACTOR = 0.05;

    /** Below this a buffer does more harm than it saves. */
    private static final int SMALLEST_BUFFER_BYTES = 16 << 10;

    public CleanerSettings {
        dedupeLoadFactor = Math.min(1, Math.max(LEAST_LOAD_FACTOR, dedupeLoadFactor));
    }

    /** Memory for the keys of one job. */
    long mapBytes() {
        return dedupeBufferBytes / Math.max(1, threads);
    }

    /** Bytes that a job reads at a time, and gathers before it writes them. */
    int bufferBytes() {
        return Math.max(SMALLEST_BUFFER_BYTES, ioBufferBytes / Math.max(1, threads) / 2);
    }
}
