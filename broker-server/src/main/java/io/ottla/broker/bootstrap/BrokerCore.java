package io.ottla.broker.bootstrap;

import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.ConfigDescriber;
import io.ottla.broker.config.ControllerConfig;
import io.ottla.broker.config.DynamicConfig;
import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.coordinator.transaction.MarkerDelivery;
import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.feature.ClusterFeatures;
import io.ottla.broker.handler.producer.ProducerIds;
import io.ottla.broker.handler.replica.UpdateMetadataHandler;
import io.ottla.broker.request.BrokerIdentity;
import io.ottla.broker.request.HandlerRegistry;
import io.ottla.broker.settings.ClusterPolicy;
import io.ottla.broker.settings.SettingsFollower;
import io.ottla.broker.settings.StoredSettings;
import io.ottla.broker.settings.TopicSettings;
import io.ottla.controller.BrokerRegistration;
import io.ottla.controller.ConfigAdmin;
import io.ottla.controller.Controller;
import io.ottla.controller.ControllerSettings;
import io.ottla.controller.EntityConfigs;
import io.ottla.controller.FeatureFollower;
import io.ottla.controller.LeaderRebalance;
import io.ottla.controller.LogDirFailures;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.replication.metadata.BrokerImage;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.partition.PartitionSet;
import io.ottla.storage.store.LogStore;
import io.ottla.storage.store.StrayCheck;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A broker without the process around it: all its parts, wired over {@link BrokerPorts}. What starts it takes the steps in
 * this order: {@link #readSettings}, {@link #loadLogs}, {@link #register}, then requests may come to {@link #handlers},
 * {@link #stand}, {@link #awaitMetadata}, {@link #becomeReady}; and those of the end: {@link #moveLeadership}, {@link
 * #leave}, {@link #resign}, {@link #stopReplicas}, {@link #closeLogs}, {@link #closePeers}. Each step ends before the next one begins.
 */
public final class BrokerCore {
    private final BrokerConfig fileConfig;
    private final Identity identity;
    private final BrokerPorts ports;
    private final DynamicConfig config;
    private final EntityConfigs stored;
    private final TopicSettings topics;
    private final BrokerRegistration registration;
    private final MetadataCache metadata = new MetadataCache();
    private final ClusterFeatures features = new ClusterFeatures();
    private final Peers peers;
    private final ControllerLink link;
    private final Isolation isolation;
    private final DataPlane data;
    private final Cleaning cleaning;
    private final Coordinators coordinators;
    private final Controller controller;
    private final HandlerRegistry handlers;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile StrayCheck strays = StrayCheck.NONE;

    private BrokerCore(
            BrokerConfig fileConfig, Identity identity, BrokerPorts ports, Coordinators.Partitions partitions) {
        this.fileConfig = fileConfig;
        this.identity = identity;
        this.ports = ports;
        this.config = new DynamicConfig(fileConfig);
        this.stored = new EntityConfigs(ports.session());
        this.topics = new TopicSettings(config, stored::topic);
        this.registration = new BrokerRegistration(ports.session(), ports.clock(), identity.registration());
        this.peers = new Peers(fileConfig, ports.network(), metadata);
        this.link = new ControllerLink(
                identity.brokerId(), metadata, peers, ports.threads().control());
        this.isolation = isolation();
        this.data = dataPlane();
        this.cleaning = new Cleaning(
                fileConfig, config, data.logs(), DataPlane.storeEnvironment(ports, data.partitions(), topics));
        this.coordinators = coordinators(partitions);
        ClusterPolicy policy = new ClusterPolicy(config, new ConfigDescriber(config));
        this.controller = controller(policy);
        link.attach(controller);
        this.handlers = handlers(policy);
    }

    /** Wires a broker that does nothing yet. */
    public static CompletionStage<BrokerCore> of(BrokerConfig fileConfig, Identity identity, BrokerPorts ports) {
        return Coordinators.Partitions.read(ports.session())
                .thenApply(partitions -> new BrokerCore(fileConfig, identity, ports, partitions));
    }

    private Isolation isolation() {
        int self = identity.brokerId();
        Isolation built = new Isolation(
                fileConfig.zooKeeper().sessionTimeoutMs(),
                () -> metadata.image().brokers().stream()
                        .map(BrokerImage::id)
                        .filter(id -> id != self)
                        .toList(),
                brokerId -> peers.toProbe(self, brokerId, Isolation.PATIENCE_MS),
                ports.threads().control());
        ports.session().addListener(built::onSessionEvent);
        return built;
    }

    private DataPlane dataPlane() {
        DataPlane.Cluster cluster = new DataPlane.Cluster(
                identity.brokerId(),
                registration::brokerEpoch,
                metadata,
                link.requests(),
                (brokerId, loop) -> peers.toSource(identity.brokerId(), brokerId, loop));
        DataPlane built = DataPlane.of(fileConfig, cluster, ports, topics);
        config.addListener((before, after) -> {
            built.moves().throttles().limit(config.replicationRates());
            built.logs().expireProducersAfter(after.storage().producerIdExpirationMs());
        });
        return built;
    }

    private Coordinators coordinators(Coordinators.Partitions partitions) {
        GroupCoordinator groups = Groups.coordinator(fileConfig, ports, data, topics, partitions.groups());
        ProducerIds producerIds = new ProducerIds(new IdBlocks(
                identity.brokerId(),
                registration::brokerEpoch,
                link.forwarder(),
                fileConfig.network().requestTimeoutMs()));
        MarkerDelivery markers = Transactions.markers(
                identity.brokerId(), ports, metadata, peers, Transactions.markerWriter(ports, data, groups));
        TransactionCoordinator transactions = Transactions.coordinator(
                fileConfig,
                ports,
                data,
                partitions.transactions(),
                Transactions.services(producerIds, markers, metadata, groups, features));
        return new Coordinators(groups, transactions, producerIds, markers);
    }

    private Controller controller(ClusterPolicy policy) {
        PeerChannel own =
                new LocalPeerChannel(data.replicas(), new UpdateMetadataHandler(data.metadata(), data.fence()));
        return new Controller(
                controllerSettings(),
                ports.session(),
                broker -> broker.id() == identity.brokerId() ? own : peers.toRegistered(identity.brokerId(), broker),
                policy,
                ports.clock(),
                ports.random());
    }

    private ControllerSettings controllerSettings() {
        ControllerConfig settings = fileConfig.controller();
        LeaderRebalance rebalance = new LeaderRebalance(
                settings.autoLeaderRebalance(),
                TimeUnit.SECONDS.toMillis(settings.leaderImbalanceCheckIntervalSeconds()),
                settings.leaderImbalancePerBrokerPercentage());
        return new ControllerSettings(
                identity.brokerId(), fileConfig.network().queuedMaxRequests(), rebalance, () -> config.current()
                        .controller()
                        .ottlaOnly());
    }

    private HandlerRegistry handlers(ClusterPolicy policy) {
        Handlers all = new Handlers(
                ports,
                identity,
                config,
                data,
                controller,
                link,
                isolation,
                Transactions.toCoordinators(identity.brokerId(), peers, coordinators.transactions()));
        TopicCreator creator = new TopicCreator(
                config, metadata, link.forwarder(), ports.threads().control());
        StoredSettings settings = new StoredSettings(stored, new ConfigAdmin(ports.session(), policy));
        return new HandlerRegistry(
                all.gated(all.all(coordinators, creator, settings), ready),
                new BrokerIdentity(identity.clusterId(), identity.brokerId()),
                features);
    }

    /**
     * Reads the settings and features that ZooKeeper holds, and follows them from now on; and what has become of the topics that have logs here.
     * Blocks for the listing of the directories.
     */
    public CompletionStage<Void> readSettings() {
        CompletionStage<StrayCheck> reading =
                Strays.read(ports.session(), identity.brokerId(), data.logs().topicsOnDisk());
        SettingsFollower follower = new SettingsFollower(
                identity.brokerId(), ports.session(), ports.clock(), config, topics, data.replicas()::onTopicConfig);
        return follower.start()
                .thenCompose(done -> new FeatureFollower(ports.session(), features::update).start(features::begin))
                .thenCompose(done -> topics.readAll(stored.topicNames()))
                .thenCompose(done -> reading)
                .thenAccept(check -> strays = check);
    }

    /**
     * Begins to load the logs. Blocks for the listing of the directories only.
     *
     * @return completes when no log is left to load
     */
    public CompletionStage<Void> loadLogs() {
        CompletionStage<Void> loading = data.logs().start(strays);
        data.replication().start();
        cleaning.start();
        return loading;
    }

    /** Registers in ZooKeeper, and keeps the registration from then on; completes with the broker epoch. */
    public CompletionStage<Long> register() {
        return registration.start();
    }

    /** Serves the requests of clients, and of other brokers; those of clients wait until the broker is ready. */
    public HandlerRegistry handlers() {
        return handlers;
    }

    /** Stands for the controller's office. The controller may be another broker, whose orders must come in already. */
    public CompletionStage<Void> stand() {
        return controller.start();
    }

    /** Completes when the controller has introduced this broker to its cluster; with false after {@code patienceMs}. */
    CompletableFuture<Boolean> awaitMetadata(long patienceMs) {
        int brokerId = identity.brokerId();
        return metadata.await(
                        image -> image.broker(brokerId) != null, ports.threads().control(), patienceMs)
                .thenApply(image -> image.broker(brokerId) != null);
    }

    /** Completes when the controller has introduced this broker to its cluster, however long it takes. */
    public CompletionStage<Void> awaitMetadata() {
        return awaitMetadata(Long.MAX_VALUE / TimeUnit.SECONDS.toNanos(1)).thenAccept(known -> {});
    }

    /** Lets the requests of clients pass. */
    public void becomeReady() {
        ready.complete(null);
    }

    /** Tells the controller of log directories that fail from now on; completes when none is left. */
    public CompletionStage<Void> watchDirectories() {
        LogDirFailures failures = new LogDirFailures(
                ports.session(), identity.brokerId(), ports.threads().control());
        DirectoryWatch watch = new DirectoryWatch(ports.directories(), data.replicas()::onDirectoryOffline, () -> {
            var unused = failures.announce();
        });
        watch.start();
        return watch.lastLost();
    }

    /**
     * Has the controller move leadership away from this broker, so that clients find new leaders before it is gone.
     *
     * @param isConnected whether ZooKeeper answers at present; without it nobody leads here by right
     * @return completes with false if leadership could not be moved
     */
    public CompletableFuture<Boolean> moveLeadership(BooleanSupplier isConnected) {
        data.replication().fetchers().leave();
        ControllerConfig settings = fileConfig.controller();
        return new ControlledShutdown(
                        link.requests(),
                        new ControlledShutdown.Settings(
                                settings.controlledShutdown(),
                                settings.controlledShutdownMaxRetries(),
                                settings.controlledShutdownRetryBackoffMs()),
                        identity.brokerId(),
                        () -> isConnected.getAsBoolean()
                                ? registration.brokerEpoch()
                                : BrokerRegistration.NOT_REGISTERED,
                        () -> metadata.image().brokers().size() <= 1,
                        ports.threads().control())
                .request();
    }

    /**
     * Gives up the controller's office and the registration now, not when the session ends: others have a controller again
     * before this broker's listeners are closed. The registration goes first, so that whoever takes the office does not find
     * this broker among the others. Completes when ZooKeeper has been told.
     */
    public CompletableFuture<Void> leave() {
        CompletableFuture<Void> unregistered = registration.leave();
        return CompletableFuture.allOf(unregistered, controller.leave());
    }

    /** Neither controller nor registered any more, even if ZooKeeper could not be told; coordinators answer what is owed. */
    public void resign() {
        controller.close();
        registration.close();
        coordinators.close();
    }

    /** Ends replication and all roles; to be called when no request comes in any more. */
    public CompletionStage<?> stopReplicas() {
        data.replication().close();
        return data.replicas().stopAll();
    }

    /** Makes every log durable and marks the directories as clean. */
    public CompletionStage<Void> closeLogs(long brokerEpoch) {
        return cleaning.stop().thenCompose(stopped -> data.logs().close(brokerEpoch));
    }

    /** Hangs up on other brokers. */
    public void closePeers() {
        ports.threads().control().execute(isolation::close);
        link.close();
        peers.close();
    }

    public Controller controller() {
        return controller;
    }

    public BrokerRegistration registration() {
        return registration;
    }

    public PartitionSet partitions() {
        return data.partitions();
    }

    public GroupCoordinator groups() {
        return coordinators.groups();
    }

    public TransactionCoordinator transactions() {
        return coordinators.transactions();
    }

    public LogStore logs() {
        return data.logs();
    }

    public MetadataCache metadata() {
        return metadata;
    }

    DynamicConfig config() {
        return config;
    }
}
