package io.ottla.storage.store;

/**
 * The settings of a {@link LogStore}.
 *
 * @param recoveryThreadsPerDirectory {@code num.recovery.threads.per.data.dir}
 * @param retentionCheckIntervalMs {@code log.retention.check.interval.ms}
 * @param recoveryPointIntervalMs {@code log.flush.offset.checkpoint.interval.ms}
 * @param logStartIntervalMs {@code log.flush.start.offset.checkpoint.interval.ms}
 * @param highWatermarkIntervalMs {@code replica.high.watermark.checkpoint.interval.ms}
 * @param producerExpirationMs {@code producer.id.expiration.ms} at the start
 * @param producerExpirationCheckMs {@code producer.id.expiration.check.interval.ms}
 * @param reserveBytes {@code log.dir.reserve.bytes}
 */
public record StoreSettings(
        int recoveryThreadsPerDirectory,
        long retentionCheckIntervalMs,
        long recoveryPointIntervalMs,
        long logStartIntervalMs,
        long highWatermarkIntervalMs,
        long producerExpirationMs,
        long producerExpirationCheckMs,
        long reserveBytes) {
    /** Apache Kafka's defaults, and ours. */
    public static final StoreSettings DEFAULT =
            new StoreSettings(1, 300_000, 60_000, 60_000, 5_000, 86_400_000, 600_000, 100 << 20);
}
