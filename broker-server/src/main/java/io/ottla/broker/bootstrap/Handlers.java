package io.ottla.broker.bootstrap;

import io.ottla.broker.cli.StartupException;
import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.ConfigDescriber;
import io.ottla.broker.config.DynamicConfig;
import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.forward.ControllerHandler;
import io.ottla.broker.forward.ForwardingHandler;
import io.ottla.broker.handler.config.AlterConfigsHandler;
import io.ottla.broker.handler.config.ConfigAlteration;
import io.ottla.broker.handler.config.DescribeConfigsHandler;
import io.ottla.broker.handler.config.IncrementalAlterConfigsHandler;
import io.ottla.broker.handler.config.SettingsStore;
import io.ottla.broker.handler.controller.AllocateProducerIdsHandler;
import io.ottla.broker.handler.controller.AlterPartitionHandler;
import io.ottla.broker.handler.controller.ControlledShutdownHandler;
import io.ottla.broker.handler.controller.ElectLeadersHandler;
import io.ottla.broker.handler.controller.UpdateFeaturesHandler;
import io.ottla.broker.handler.fetch.FetchHandler;
import io.ottla.broker.handler.fetch.ReplicaSelector;
import io.ottla.broker.handler.group.FindCoordinatorHandler;
import io.ottla.broker.handler.group.GroupHandlers;
import io.ottla.broker.handler.group.TxnOffsetCommitHandler;
import io.ottla.broker.handler.log.DeleteRecordsHandler;
import io.ottla.broker.handler.log.DescribeLogDirsHandler;
import io.ottla.broker.handler.log.ListOffsetsHandler;
import io.ottla.broker.handler.log.OffsetForLeaderEpochHandler;
import io.ottla.broker.handler.metadata.DescribeClusterHandler;
import io.ottla.broker.handler.metadata.DescribeTopicPartitionsHandler;
import io.ottla.broker.handler.metadata.MetadataHandler;
import io.ottla.broker.handler.metadata.RepeatedMetadataHandler;
import io.ottla.broker.handler.produce.PeerTransactionVerifier;
import io.ottla.broker.handler.produce.ProduceHandler;
import io.ottla.broker.handler.produce.TransactionGate;
import io.ottla.broker.handler.producer.DescribeProducersHandler;
import io.ottla.broker.handler.producer.InitProducerIdHandler;
import io.ottla.broker.handler.reassignment.AlterPartitionReassignmentsHandler;
import io.ottla.broker.handler.reassignment.AlterReplicaLogDirsHandler;
import io.ottla.broker.handler.reassignment.ListPartitionReassignmentsHandler;
import io.ottla.broker.handler.replica.LeaderAndIsrHandler;
import io.ottla.broker.handler.replica.StopReplicaHandler;
import io.ottla.broker.handler.replica.UpdateMetadataHandler;
import io.ottla.broker.handler.topic.CreatePartitionsHandler;
import io.ottla.broker.handler.topic.CreateTopicsHandler;
import io.ottla.broker.handler.topic.DeleteTopicsHandler;
import io.ottla.broker.handler.transaction.TransactionHandlers;
import io.ottla.broker.request.Gate;
import io.ottla.broker.request.GatedHandler;
import io.ottla.broker.request.MembersHandler;
import io.ottla.broker.request.RequestHandler;
import io.ottla.controller.Controller;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest;
import io.ottla.protocol.message.CreatePartitionsRequest;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.DeleteTopicsRequest;
import io.ottla.protocol.message.ElectLeadersRequest;
import io.ottla.protocol.message.ListPartitionReassignmentsRequest;
import io.ottla.protocol.message.UpdateFeaturesRequest;
import io.ottla.protocol.schema.ApiMessage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Every API that this broker serves; ApiVersions is derived from the list.
 *
 * @param brokers the ways to all brokers, this one included, for questions about transactions
 */
record Handlers(
        BrokerPorts ports,
        Identity identity,
        DynamicConfig config,
        DataPlane data,
        Controller controller,
        ControllerLink link,
        Isolation isolation,
        IntFunction<PeerChannel> brokers) {
    /** What a client asks to learn which broker it needs. */
    private static final Set<ApiKey> ABOUT_CLUSTER = EnumSet.of(
            ApiKey.METADATA, ApiKey.FIND_COORDINATOR, ApiKey.DESCRIBE_CLUSTER, ApiKey.DESCRIBE_TOPIC_PARTITIONS);

    /** The controller's orders, without which a broker does not become ready. */
    private static final Set<ApiKey> ORDERS =
            EnumSet.of(ApiKey.LEADER_AND_ISR, ApiKey.STOP_REPLICA, ApiKey.UPDATE_METADATA);

    /** @param ready what clients ask waits for it */
    List<RequestHandler<?, ?>> gated(List<RequestHandler<?, ?>> handlers, CompletableFuture<?> ready) {
        Gate gate = new Gate(ready);
        List<RequestHandler<?, ?>> gated = new ArrayList<>();
        for (RequestHandler<?, ?> handler : handlers) {
            gated.add(ORDERS.contains(handler.apiKey()) ? handler : new GatedHandler<>(anywhere(handler), gate));
        }
        return gated;
    }

    /** The handler as any broker has it, whatever it is itself. */
    private RequestHandler<?, ?> anywhere(RequestHandler<?, ?> handler) {
        return ABOUT_CLUSTER.contains(handler.apiKey())
                ? new MembersHandler<>(handler, () -> data.membership().hasEnded() || isolation.isCutOff())
                : handler;
    }

    List<RequestHandler<?, ?>> all(Coordinators coordinators, TopicCreator creator, SettingsStore settings) {
        TransactionGate gate = transactionGate();
        List<RequestHandler<?, ?>> all = new ArrayList<>(dataHandlers(gate));
        all.addAll(coordinatorHandlers(coordinators, creator));
        all.addAll(transactionHandlers(coordinators.groups(), gate));
        all.addAll(clusterHandlers(creator));
        all.addAll(forwardingHandlers());
        all.addAll(controllerHandlers());
        all.addAll(orderHandlers());
        all.addAll(configHandlers(settings));
        return all;
    }

    private static List<RequestHandler<?, ?>> coordinatorHandlers(Coordinators coordinators, TopicCreator creator) {
        TransactionCoordinator transactions = coordinators.transactions();
        List<RequestHandler<?, ?>> all = new ArrayList<>(GroupHandlers.of(coordinators.groups()));
        all.addAll(TransactionHandlers.of(transactions));
        all.add(new FindCoordinatorHandler(coordinators.groups(), transactions, creator));
        all.add(new InitProducerIdHandler(coordinators.producerIds(), transactions));
        return all;
    }

    /** What partitions, and groups, have to do with transactions. */
    private List<RequestHandler<?, ?>> transactionHandlers(GroupCoordinator groups, TransactionGate gate) {
        return List.of(
                new TxnOffsetCommitHandler(groups, data.locator(), gate),
                Transactions.markerWriter(ports, data, groups),
                new DescribeProducersHandler(data.locator()));
    }

    private List<RequestHandler<?, ?>> dataHandlers(TransactionGate gate) {
        BrokerConfig current = config.current();
        return List.of(
                new ProduceHandler(data.locator(), data.partitions(), gate),
                new FetchHandler(
                        data.locator(),
                        new FetchHandler.Settings(
                                current.fetch().fetchMaxBytes(),
                                current.fetch().sessionCacheSlots(),
                                selector(current.replication().replicaSelectorClass())),
                        ports.threads().workers(),
                        ports.ticker(),
                        ports.random(),
                        data.moves().throttles().leader(identity.brokerId())),
                new ListOffsetsHandler(data.locator(), ports.threads().workers()),
                new DeleteRecordsHandler(data.locator()),
                new OffsetForLeaderEpochHandler(data.locator()),
                new DescribeLogDirsHandler(data.logs(), ports.threads().workers()),
                new AlterReplicaLogDirsHandler(data.moves().replicas()::move));
    }

    private TransactionGate transactionGate() {
        return new TransactionGate(
                new PeerTransactionVerifier(
                        data.metadata(), brokers, ports.threads().control()),
                () -> config.current().transactions().verifiesPartitions(),
                data.partitions().loopCount());
    }

    private static ReplicaSelector selector(@Nullable String className) {
        ReplicaSelector known = className == null ? ReplicaSelector.LEADER : ReplicaSelector.forClass(className);
        if (known == null) {
            throw new StartupException("replica.selector.class: " + className
                    + " is not known here; expected RackAwareReplicaSelector or LeaderSelector"
                    + " of org.apache.kafka.common.replica");
        }
        return known;
    }

    private List<RequestHandler<?, ?>> orderHandlers() {
        return List.of(
                new LeaderAndIsrHandler(data.replicas()),
                new StopReplicaHandler(data.replicas()),
                new UpdateMetadataHandler(data.metadata(), data.fence()));
    }

    private List<RequestHandler<?, ?>> clusterHandlers(TopicCreator creator) {
        return List.of(
                new RepeatedMetadataHandler(
                        new MetadataHandler(data.metadata(), creator, identity.clusterId()), data.metadata()),
                new DescribeClusterHandler(data.metadata(), identity.clusterId()),
                new DescribeTopicPartitionsHandler(
                        data.metadata(), () -> config.current().fetch().maxRequestPartitions()));
    }

    /** What only the controller can serve, and clients may ask of any broker. */
    private List<RequestHandler<?, ?>> forwardingHandlers() {
        return List.of(
                forwarding(new CreateTopicsHandler(controller::createTopics), CreateTopicsRequest::timeoutMs),
                forwarding(new DeleteTopicsHandler(controller::deleteTopics), DeleteTopicsRequest::timeoutMs),
                forwarding(
                        new CreatePartitionsHandler(controller::createPartitions), CreatePartitionsRequest::timeoutMs),
                forwarding(
                        new AlterPartitionReassignmentsHandler(controller::alterPartitionReassignments),
                        AlterPartitionReassignmentsRequest::timeoutMs),
                forwarding(
                        new ListPartitionReassignmentsHandler(controller::listPartitionReassignments),
                        ListPartitionReassignmentsRequest::timeoutMs),
                forwarding(new ElectLeadersHandler(controller::electLeaders), ElectLeadersRequest::timeoutMs),
                forwarding(new UpdateFeaturesHandler(controller::updateFeatures), UpdateFeaturesRequest::timeoutMs));
    }

    private <Q extends ApiMessage, S extends ApiMessage> RequestHandler<Q, S> forwarding(
            ControllerHandler<Q, S> here, ToIntFunction<Q> timeoutMs) {
        return new ForwardingHandler<>(here, timeoutMs, link::isOwnActive, link.forwarder());
    }

    /** What brokers ask of the controller. */
    private List<RequestHandler<?, ?>> controllerHandlers() {
        return List.of(
                new AlterPartitionHandler(controller::alterPartition),
                new ControlledShutdownHandler(controller::controlledShutdown),
                new AllocateProducerIdsHandler(controller::allocateProducerIds));
    }

    private List<RequestHandler<?, ?>> configHandlers(SettingsStore settings) {
        Predicate<String> topicExists = name -> data.metadata().image().topic(name) != null;
        ConfigAlteration alteration = new ConfigAlteration(config, settings, topicExists, identity.brokerId());
        return List.of(
                new DescribeConfigsHandler(new ConfigDescriber(config), settings, topicExists, identity.brokerId()),
                new AlterConfigsHandler(alteration),
                new IncrementalAlterConfigsHandler(alteration));
    }
}
