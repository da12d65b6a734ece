package io.ottla.broker.bootstrap;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.TransactionConfig;
import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.coordinator.runtime.BatchKind;
import io.ottla.broker.coordinator.runtime.ShardServices;
import io.ottla.broker.coordinator.runtime.ShardSettings;
import io.ottla.broker.coordinator.transaction.MarkerDelivery;
import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.coordinator.transaction.TransactionServices;
import io.ottla.broker.coordinator.transaction.TransactionSettings;
import io.ottla.broker.feature.ClusterFeatures;
import io.ottla.broker.handler.marker.WriteTxnMarkersHandler;
import io.ottla.broker.handler.producer.ProducerIds;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.message.AddPartitionsToTxnRequest;
import io.ottla.protocol.message.WriteTxnMarkersRequest;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.metadata.PartitionImage;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** Builds the transaction coordinator and ties it to the partitions of its topic and to the other brokers. */
final class Transactions {
    /** Leaves room for the batch header below the default limit of a batch. */
    private static final int BATCH_OVERHEAD_BYTES = 1024;

    /** How long a command may wait for its records to be committed. */
    private static final int APPEND_TIMEOUT_MS = 5_000;

    private Transactions() {}

    /**
     * The way of markers to the leaders of partitions, on one of the network's loops.
     *
     * @param own writes markers into the partitions that this broker leads
     */
    static MarkerDelivery markers(
            int brokerId, BrokerPorts ports, MetadataCache metadata, Peers peers, WriteTxnMarkersHandler own) {
        EventExecutor loop = ports.threads().loops().get(0);
        PeerChannel toOwn = new OwnBroker<>(WriteTxnMarkersRequest.class, (request, version) -> own.write(request));
        return new MarkerDelivery(
                loop,
                partition -> leaderOf(metadata, partition),
                id -> id == brokerId ? toOwn : peers.toSource(brokerId, id, loop));
    }

    /** Writes markers into partitions, those of groups through their coordinator. */
    static WriteTxnMarkersHandler markerWriter(BrokerPorts ports, DataPlane data, GroupCoordinator groups) {
        return new WriteTxnMarkersHandler(
                data.locator(),
                (partition, marker) -> groups.transactionalOffsets()
                        .end(
                                partition,
                                new BatchKind.Marker(
                                        marker.producerId(),
                                        marker.producerEpoch(),
                                        marker.raisesEpoch(),
                                        marker.marker())),
                ports.clock());
    }

    /** The way of questions about transactions to their coordinators. */
    static IntFunction<PeerChannel> toCoordinators(int brokerId, Peers peers, TransactionCoordinator own) {
        PeerChannel toOwn = new OwnBroker<>(AddPartitionsToTxnRequest.class, (request, version) -> own.partitions()
                .addAsBroker(request, version));
        return id -> id == brokerId ? toOwn : peers.toBroker(brokerId, id);
    }

    private static int leaderOf(MetadataCache metadata, TopicPartition partition) {
        PartitionImage found = metadata.image().partition(partition.topic(), partition.partition());
        if (found == null) {
            return MarkerDelivery.NO_PARTITION;
        }
        return found.hasLeader() ? found.leader() : MarkerDelivery.NO_LEADER;
    }

    /** @param partitions how many the topic of transactions has already; empty if it will be created as configured */
    static TransactionCoordinator coordinator(
            BrokerConfig config,
            BrokerPorts ports,
            DataPlane data,
            OptionalInt partitions,
            TransactionServices services) {
        BrokerPorts.Threads threads = ports.threads();
        CoordinatorLog log = new CoordinatorLog(TransactionCoordinator.TOPIC, data.partitions(), threads.allocator());
        TransactionCoordinator coordinator = new TransactionCoordinator(
                settings(config, partitions.orElse(config.transactions().topicPartitions())),
                new ShardServices(
                        partition -> data.partitions().homeLoop(TransactionCoordinator.TOPIC, partition),
                        threads.workers(),
                        log,
                        log,
                        ports.ticker(),
                        ports.clock(),
                        threads.allocator()),
                services);
        data.replicas()
                .addListener(Coordinators.following(
                        TransactionCoordinator.TOPIC, coordinator::onElection, coordinator::onResignation));
        return coordinator;
    }

    static TransactionServices services(
            ProducerIds producerIds,
            MarkerDelivery markers,
            MetadataCache metadata,
            GroupCoordinator groups,
            ClusterFeatures features) {
        return new TransactionServices(
                producerIds::next,
                markers,
                partition -> metadata.image().partition(partition.topic(), partition.partition()) != null,
                group -> new TopicPartition(GroupCoordinator.TOPIC, groups.partitionFor(group)),
                features::transactionVersion);
    }

    private static TransactionSettings settings(BrokerConfig config, int partitions) {
        TransactionConfig transactions = config.transactions();
        return new TransactionSettings(
                partitions,
                transactions.maxTimeoutMs(),
                transactions.idExpirationMs(),
                transactions.timeoutCheckIntervalMs(),
                transactions.expiryCheckIntervalMs(),
                new ShardSettings(
                        APPEND_TIMEOUT_MS,
                        config.logs().messageMaxBytes() - BATCH_OVERHEAD_BYTES,
                        transactions.loadBufferBytes(),
                        CompressionCodec.NONE));
    }
}
