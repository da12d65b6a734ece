package io.ottla.broker.bootstrap;

import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.ReplicationConfig;
import io.ottla.broker.config.StorageConfig;
import io.ottla.broker.settings.TopicSettings;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.replication.fetcher.FetcherSettings;
import io.ottla.replication.fetcher.ReplicaFetchers;
import io.ottla.replication.fetcher.SourceConnector;
import io.ottla.replication.isr.AlterPartitionSender;
import io.ottla.replication.isr.IsrExpiry;
import io.ottla.replication.metadata.ControllerFence;
import io.ottla.replication.metadata.Membership;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.move.ReplicaMoves;
import io.ottla.replication.partition.IsrChanges;
import io.ottla.replication.partition.LeaderServices;
import io.ottla.replication.partition.PartitionLocator;
import io.ottla.replication.partition.PartitionSet;
import io.ottla.replication.partition.ReplicaControl;
import io.ottla.storage.store.LogStore;
import io.ottla.storage.store.StoreEnvironment;
import io.ottla.storage.store.StoreSettings;
import java.util.function.LongSupplier;

/** Logs, the partitions over them, and what this broker knows of the cluster. */
record DataPlane(
        LogStore logs,
        PartitionSet partitions,
        MetadataCache metadata,
        Membership membership,
        ControllerFence fence,
        ReplicaControl replicas,
        PartitionLocator locator,
        Replication replication,
        Moves moves) {

    /** What moves between log directories, and how fast everything may be copied. */
    record Moves(ReplicaMoves replicas, Throttles throttles) {}

    /**
     * This broker among the others.
     *
     * @param brokerEpoch the epoch of this broker's registration, -1 without one
     * @param controller the way to whoever is the controller
     * @param sources the way to the brokers to copy from
     */
    record Cluster(
            int brokerId,
            LongSupplier brokerEpoch,
            MetadataCache metadata,
            PeerChannel controller,
            SourceConnector sources) {}

    static DataPlane of(BrokerConfig config, Cluster cluster, BrokerPorts ports, TopicSettings topics) {
        BrokerPorts.Threads threads = ports.threads();
        long lagTimeMaxMs = config.replication().lagTimeMaxMs();
        Membership membership = new Membership(cluster.brokerEpoch);
        IsrChanges isrChanges = new AlterPartitionSender(
                cluster.brokerId, cluster.brokerEpoch, membership::onRefused, cluster.controller, threads.control());
        PartitionSet partitions = new PartitionSet(
                threads.loops(),
                ports.clock(),
                new LeaderServices(
                        cluster.brokerId,
                        cluster.brokerEpoch,
                        isrChanges,
                        cluster.metadata,
                        lagTimeMaxMs,
                        threads.workers()));
        LogStore logs =
                new LogStore(ports.directories(), settings(config), storeEnvironment(ports, partitions, topics));
        ControllerFence fence = new ControllerFence(cluster.brokerEpoch);
        ReplicaControl replicas = new ReplicaControl(cluster.brokerId, partitions, logs, fence, topics::read);
        membership.onEnd(replicas::resignAll);
        Throttles throttles = Throttles.of(config.quotas(), ports.ticker());
        ReplicaFetchers fetchers = new ReplicaFetchers(
                settings(config.replication()),
                cluster.brokerId,
                cluster.brokerEpoch,
                partitions,
                cluster.sources,
                throttles.follower(cluster.brokerId));
        replicas.addListener(fetchers);
        ReplicaMoves moves =
                new ReplicaMoves(partitions, logs, throttles.moving(), threads.workers(), replicas::onMoved);
        replicas.addListener(moves);
        return new DataPlane(
                logs,
                partitions,
                cluster.metadata,
                membership,
                fence,
                replicas,
                new PartitionLocator(partitions, cluster.metadata),
                new Replication(fetchers, new IsrExpiry(partitions, cluster.metadata, threads.control(), lagTimeMaxMs)),
                new Moves(moves, throttles));
    }

    /** What copies from other brokers, and what watches those that copy from here. */
    record Replication(ReplicaFetchers fetchers, IsrExpiry isrExpiry) implements AutoCloseable {

        void start() {
            isrExpiry.start();
        }

        @Override
        public void close() {
            isrExpiry.close();
            fetchers.close();
        }
    }

    /** What logs, and their cleaner, work with. */
    static StoreEnvironment storeEnvironment(BrokerPorts ports, PartitionSet partitions, TopicSettings topics) {
        return new StoreEnvironment(
                ports.threads().control(),
                partition -> partitions.homeLoop(partition.topic(), partition.partition()),
                ports.threads().workers(),
                ports.clock(),
                partition -> topics.known(partition.topic()),
                ports.random());
    }

    private static FetcherSettings settings(ReplicationConfig config) {
        return new FetcherSettings(
                config.fetchers(),
                config.fetchMaxBytes(),
                config.fetchResponseMaxBytes(),
                config.fetchMinBytes(),
                config.fetchWaitMaxMs(),
                config.fetchBackoffMs());
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
                storage.producerIdExpirationCheckIntervalMs(),
                storage.directoryReserveBytes());
    }
}
