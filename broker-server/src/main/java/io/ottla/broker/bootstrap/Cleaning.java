package io.ottla.broker.bootstrap;

import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.DynamicConfig;
import io.ottla.broker.config.StorageConfig;
import io.ottla.storage.compaction.CleanerSettings;
import io.ottla.storage.compaction.LogCleaner;
import io.ottla.storage.store.LogStore;
import io.ottla.storage.store.StoreEnvironment;
import java.util.concurrent.CompletionStage;

/** The log cleaner, as the configuration has it. */
final class Cleaning {
    private final LogCleaner cleaner;
    private final boolean enabled;

    Cleaning(BrokerConfig fileConfig, DynamicConfig config, LogStore logs, StoreEnvironment environment) {
        this.cleaner = new LogCleaner(logs, environment, settings(fileConfig.storage()));
        this.enabled = fileConfig.storage().cleanerEnabled();
        config.addListener((before, after) -> cleaner.reconfigure(settings(after.storage())));
    }

    void start() {
        if (enabled) {
            cleaner.start();
        }
    }

    /** Completes when nothing is being cleaned any more. */
    CompletionStage<Void> stop() {
        return cleaner.stop();
    }

    private static CleanerSettings settings(StorageConfig config) {
        return new CleanerSettings(
                config.cleanerThreads(),
                config.cleanerBackoffMs(),
                config.cleanerDedupeBufferBytes(),
                config.cleanerDedupeBufferLoadFactor(),
                config.cleanerIoBufferBytes(),
                config.cleanerIoMaxBytesPerSecond());
    }
}
