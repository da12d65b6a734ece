package io.ottla.replication.partition;

import io.ottla.protocol.record.AppendRules;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.record.TimestampType;
import io.ottla.storage.log.LogConfig;
import org.jspecify.annotations.Nullable;

/** The rules of appends that follow from a topic's configuration, made anew only when that changes. Confined to one loop. */
final class AppendRulesCache {

    private static final int ANY_LEVEL = 0;

    private @Nullable LogConfig config;
    private @Nullable AppendRules rules;

    @SuppressWarnings(
            "ReferenceEquality") // A changed configuration is another instance; comparing values costs every append.
    AppendRules rulesFor(LogConfig current) {
        AppendRules known = rules;
        if (known == null || config != current) {
            known = rulesOf(current);
            config = current;
            rules = known;
        }
        return known;
    }

    private static AppendRules rulesOf(LogConfig config) {
        LogConfig.Messages messages = config.messages();
        LogConfig.CompressionLevels levels = messages.compressionLevels();
        CompressionCodec codec = null;
        int level = ANY_LEVEL;
        switch (messages.compressionType()) {
            case PRODUCER -> {}
            case UNCOMPRESSED -> codec = CompressionCodec.NONE;
            case SNAPPY -> codec = CompressionCodec.SNAPPY;
            case GZIP -> {
                codec = CompressionCodec.GZIP;
                level = levels.gzip();
            }
            case LZ4 -> {
                codec = CompressionCodec.LZ4;
                level = levels.lz4();
            }
            case ZSTD -> {
                codec = CompressionCodec.ZSTD;
                level = levels.zstd();
            }
        }
        return new AppendRules(
                messages.maxBytes(),
                codec,
                level,
                messages.timestampType() == LogConfig.TimestampType.LOG_APPEND_TIME
                        ? TimestampType.LOG_APPEND_TIME
                        : TimestampType.CREATE_TIME,
                messages.timestampBeforeMaxMs(),
                messages.timestampAfterMaxMs(),
                config.retention().compacts() ? AppendRules.KeyPolicy.REQUIRED : AppendRules.KeyPolicy.OPTIONAL);
    }
}
