package io.ottla.broker.bootstrap;

import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.StorageConfig;
import io.ottla.broker.settings.TopicSettings;
import io.ottla.replication.metadata.ControllerFence;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.partition.PartitionLocator;
import io.ottla.replication.partition.PartitionSet;
import io.ottla.replication.partition.ReplicaControl;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.log.LogStore;
import io.ottla.storage.log.StoreEnvironment;
import io.ottla.storage.log.StoreSettings;
import java.util.Random;
import java.util.function.LongSupplier;

/** Logs, the partitions over them, and what this broker knows of the cluster. */
record DataPlane(
        LogStore logs,
        PartitionSet partitions,
        MetadataCache metadata,
        ControllerFence fence,
        ReplicaControl replicas,
        PartitionLocator locator) {

    /** @param brokerEpoch the epoch of this broker's registration, -1 without one */
    static DataPlane of(
            BrokerConfig config,
            int brokerId,
            Foundation foundation,
            LogDirectories directories,
            TopicSettings topics,
            LongSupplier brokerEpoch) {
        PartitionSet partitions = new PartitionSet(foundation.loops().executors(), brokerId, foundation.clock());
        LogStore logs = new LogStore(
                directories.all(),
                settings(config),
                new StoreEnvironment(
                        foundation.control(),
                        partition -> partitions.homeLoop(partition.topic(), partition.partition()),
                        foundation.workers(),
                        foundation.clock(),
                        partition -> topics.known(partition.topic()),
                        new Random()));
        MetadataCache metadata = new MetadataCache();
        ControllerFence fence = new ControllerFence(brokerEpoch);
        ReplicaControl replicas = new ReplicaControl(brokerId, partitions, logs, fence, topics::read);
        for (LogDirectory directory : directories.all()) {
            directory.health().onOffline(reason -> replicas.onDirectoryOffline(directory));
        }
        return new DataPlane(logs, partitions, metadata, fence, replicas, new PartitionLocator(partitions, metadata));
    }

    private static StoreSettings settings(BrokerConfig config) {
        StorageConfig storage = config.storage();
        return new StoreSettings(
                storage.recoveryThreadsPerDataDir(),
                storage.retentionCheckIntervalMs(),
                storage.recoveryPointCheckpointIntervalMs(),
                storage.startOffsetCheckpointIntervalMs(),
                config.replication().highWatermarkCheckpointIntervalMs(),
                storage.producerIdExpirationMs(),
                storage.producerIdExpirationCheckIntervalMs());
    }
}
