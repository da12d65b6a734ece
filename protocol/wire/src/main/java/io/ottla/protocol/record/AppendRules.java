package io.ottla.protocol.record;

import org.jspecify.annotations.Nullable;

/**
 * What a topic demands of appended batches, from its configuration.
 *
 * @param maxBatchBytes {@code max.message.bytes}: size of a batch, header included, as it will be stored
 * @param codec codec in which records are stored; null keeps the producer's ({@code compression.type=producer})
 * @param codecLevel level for {@code codec} if records must be recompressed
 * @param timestampType {@code message.timestamp.type}
 * @param timestampBeforeMaxMs {@code message.timestamp.before.max.ms}; {@link Long#MAX_VALUE} for no bound
 * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}; {@link Long#MAX_VALUE} for no bound
 * @param keyPolicy whether records without a key are refused, as a compacted topic must
 */
public record AppendRules(
        int maxBatchBytes,
        @Nullable CompressionCodec codec,
        int codecLevel,
        TimestampType timestampType,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        KeyPolicy keyPolicy) {
    /** Whether a record needs a key. */
    public enum KeyPolicy {
        OPTIONAL,
        REQUIRED
    }

    /** The oldest timestamp that a record may have at {@code nowMs}. */
    long earliestTimestamp(long nowMs) {
        return timestampBeforeMaxMs == Long.MAX_VALUE ? Long.MIN_VALUE : nowMs - timestampBeforeMaxMs;
    }

    /** The newest timestamp that a record may have at {@code nowMs}. */
    long latestTimestamp(long nowMs) {
        return timestampAfterMaxMs >= Long.MAX_VALUE - nowMs ? Long.MAX_VALUE : nowMs + timestampAfterMaxMs;
    }
}
