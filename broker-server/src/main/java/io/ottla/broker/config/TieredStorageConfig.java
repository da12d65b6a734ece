package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofDouble;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofLong;
import static io.ottla.broker.config.ConfigKey.ofString;

/** Remote log segments: not implemented here, known by name. Nothing here has an effect. */
final class TieredStorageConfig {
    static final ConfigKey<String> STORAGE_MANAGER_PREFIX = ofString(
                    "remote.log.storage.manager.impl.prefix", "rsm.config.")
            .notEmpty()
            .withoutEffect("Prefix of that class's own settings.");
    static final ConfigKey<String> METADATA_MANAGER_PREFIX = ofString(
                    "remote.log.metadata.manager.impl.prefix", "rlmm.config.")
            .notEmpty()
            .withoutEffect("Prefix of that class's own settings.");

    static final KeyGroup KEYS = KeyGroup.of(
            "Tiered storage",
            "Remote log segments: not implemented here, known by name.",
            ofBoolean("remote.log.storage.system.enable", false).withoutEffect("Whether tiered storage is on."),
            ofString("remote.log.storage.manager.class.name", null)
                    .notEmpty()
                    .withoutEffect("Class that stores segments remotely."),
            ofString("remote.log.storage.manager.class.path", null).withoutEffect("Where that class is found."),
            STORAGE_MANAGER_PREFIX,
            ofString(
                            "remote.log.metadata.manager.class.name",
                            "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager")
                    .notEmpty()
                    .withoutEffect("Class that remembers remote segments."),
            ofString("remote.log.metadata.manager.class.path", null).withoutEffect("Where that class is found."),
            METADATA_MANAGER_PREFIX,
            ofString("remote.log.metadata.manager.listener.name", null)
                    .notEmpty()
                    .withoutEffect("Listener by which that class reaches the brokers."),
            ofInt("remote.log.metadata.custom.metadata.max.bytes", 128)
                    .atLeast(0)
                    .low()
                    .withoutEffect("Largest note a storage class may attach to a segment."),
            ofLong("remote.log.index.file.cache.total.size.bytes", 1073741824L)
                    .atLeast(1)
                    .clusterWide()
                    .low()
                    .withoutEffect("Disk space for fetched indexes."),
            ofInt("remote.log.manager.thread.pool.size", 10).atLeast(1).withoutEffect("Threads for remote segments."),
            ofInt("remote.log.manager.copier.thread.pool.size", -1)
                    .withoutEffect("Threads that copy segments; -1 follows remote.log.manager.thread.pool.size."),
            ofInt("remote.log.manager.expiration.thread.pool.size", -1)
                    .withoutEffect(
                            "Threads that delete remote segments; -1 follows remote.log.manager.thread.pool.size."),
            ofLong("remote.log.manager.task.interval.ms", 30000L)
                    .atLeast(1)
                    .low()
                    .withoutEffect("How often segments are looked at for copying."),
            ofLong("remote.log.manager.task.retry.backoff.ms", 500L)
                    .atLeast(1)
                    .low()
                    .hidden()
                    .withoutEffect("First pause after a failure."),
            ofLong("remote.log.manager.task.retry.backoff.max.ms", 30000L)
                    .atLeast(1)
                    .low()
                    .hidden()
                    .withoutEffect("Longest pause after a failure."),
            ofDouble("remote.log.manager.task.retry.jitter", 0.2)
                    .between(0, 0.5)
                    .low()
                    .hidden()
                    .withoutEffect("Random share of those pauses."),
            ofLong("remote.log.manager.copy.max.bytes.per.second", Long.MAX_VALUE)
                    .atLeast(1)
                    .clusterWide()
                    .withoutEffect("Most bytes copied per second."),
            ofInt("remote.log.manager.copy.quota.window.num", 11)
                    .atLeast(1)
                    .withoutEffect("Samples kept for that rate."),
            ofInt("remote.log.manager.copy.quota.window.size.seconds", 1)
                    .atLeast(1)
                    .withoutEffect("Length of such a sample."),
            ofLong("remote.log.manager.fetch.max.bytes.per.second", Long.MAX_VALUE)
                    .atLeast(1)
                    .clusterWide()
                    .withoutEffect("Most bytes fetched per second."),
            ofInt("remote.log.manager.fetch.quota.window.num", 11)
                    .atLeast(1)
                    .withoutEffect("Samples kept for that rate."),
            ofInt("remote.log.manager.fetch.quota.window.size.seconds", 1)
                    .atLeast(1)
                    .withoutEffect("Length of such a sample."),
            ofInt("remote.log.reader.threads", 10).atLeast(1).withoutEffect("Threads that read remote segments."),
            ofInt("remote.log.reader.max.pending.tasks", 100).atLeast(1).withoutEffect("Most remote reads that wait."),
            ofInt("remote.fetch.max.wait.ms", 500)
                    .atLeast(1)
                    .clusterWide()
                    .withoutEffect("How long a fetch waits for a remote read."));

    private TieredStorageConfig() {}
}
