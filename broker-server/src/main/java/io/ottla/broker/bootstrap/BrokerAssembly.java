package io.ottla.broker.bootstrap;

import io.ottla.broker.cli.BrokerLauncher.RunningBroker;
import io.ottla.broker.cli.StartupException;
import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.ConfigDescriber;
import io.ottla.broker.config.ControllerConfig;
import io.ottla.broker.config.DynamicConfig;
import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.handler.replica.UpdateMetadataHandler;
import io.ottla.broker.network.ConnectionLimits;
import io.ottla.broker.network.NetworkServer;
import io.ottla.broker.network.NetworkSettings;
import io.ottla.broker.request.BrokerIdentity;
import io.ottla.broker.request.HandlerRegistry;
import io.ottla.broker.request.RequestMemory;
import io.ottla.broker.request.RequestServices;
import io.ottla.broker.settings.ClusterPolicy;
import io.ottla.broker.settings.SettingsFollower;
import io.ottla.broker.settings.StoredSettings;
import io.ottla.broker.settings.TopicSettings;
import io.ottla.controller.BrokerRegistration;
import io.ottla.controller.ClusterLayout;
import io.ottla.controller.ConfigAdmin;
import io.ottla.controller.Controller;
import io.ottla.controller.ControllerSettings;
import io.ottla.controller.EntityConfigs;
import io.ottla.controller.LeaderRebalance;
import io.ottla.controller.LogDirFailures;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.replication.metadata.MetadataCache;
import java.net.BindException;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds a broker from its configuration: threads, ZooKeeper, logs, partitions, coordinators, controller, handlers,
 * listeners, in this order. Used once, by one thread. If a step fails, what was built before is closed again.
 */
final class BrokerAssembly {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerAssembly.class);

    /** How long the controller may take to introduce the cluster before the operator hears of it. */
    private static final long METADATA_PATIENCE_MS = 10_000;

    private final BrokerConfig fileConfig;
    private final StartClock clock;
    private final Deque<AutoCloseable> built = new ArrayDeque<>();

    BrokerAssembly(BrokerConfig fileConfig, StartClock clock) {
        this.fileConfig = fileConfig;
        this.clock = clock;
    }

    /**
     * Returns once clients are served.
     *
     * @throws StartupException if an operator can remove the cause
     */
    RunningBroker start() {
        try {
            return assemble();
        } catch (RuntimeException e) {
            closeBuilt();
            throw startupFailure(e);
        }
    }

    private static RuntimeException startupFailure(RuntimeException failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof BrokerRegistration.ConflictException
                ? new StartupException(String.valueOf(cause.getMessage()), cause)
                : failure;
    }

    private RunningBroker assemble() {
        LogDirectories directories = owned(LogDirectories.open(fileConfig.storage()));
        Foundation foundation = owned(Foundation.start(fileConfig.network()));
        // ZooKeeper takes the longest, and needs nothing of what is built beside it.
        CompletableFuture<Coordination> connecting = CompletableFuture.supplyAsync(
                () -> Coordination.connect(fileConfig.zooKeeper(), foundation.control()), foundation.workers());
        ConnectionLimits limits = new ConnectionLimits(limitsOf(fileConfig));
        NetworkServer network = owned(bind(foundation, limits));
        Coordination coordination = owned(awaitConnection(connecting));
        Identity identity = Identity.settle(fileConfig, directories, coordination, network);
        StartReport.identity(identity, foundation);
        StartReport.loopbackWarning(fileConfig.listeners().bound(), identity.advertised());

        DynamicConfig config = new DynamicConfig(fileConfig);
        config.addListener((before, after) -> limits.update(limitsOf(after)));
        EntityConfigs stored = new EntityConfigs(coordination.session());
        TopicSettings topics = new TopicSettings(config, stored::topic);
        BrokerRegistration registration =
                new BrokerRegistration(coordination.session(), foundation.clock(), identity.registration());
        MetadataCache metadata = new MetadataCache();
        Peers peers = owned(new Peers(fileConfig, foundation, metadata));
        ControllerLink link = owned(new ControllerLink(identity.brokerId(), metadata, peers, foundation.control()));
        DataPlane.Cluster cluster = new DataPlane.Cluster(
                identity.brokerId(),
                registration::brokerEpoch,
                metadata,
                link.requests(),
                (brokerId, loop) -> peers.toSource(identity.brokerId(), brokerId, loop));
        DataPlane data = DataPlane.of(fileConfig, cluster, foundation, directories, topics);
        config.addListener((before, after) -> data.moves().throttles().limit(config.replicationRates()));
        GroupCoordinator groups = Groups.coordinator(
                fileConfig,
                foundation,
                data,
                topics,
                ClusterLayout.partitionCount(coordination.session(), GroupCoordinator.TOPIC)
                        .join());
        ClusterPolicy policy = new ClusterPolicy(config, new ConfigDescriber(config));
        Controller controller = controller(identity, foundation, coordination, data, policy, peers);
        link.attach(controller);
        Handlers handlers = new Handlers(foundation, identity, config, data, controller, link);
        TopicCreator creator = new TopicCreator(config, data.metadata(), link.forwarder(), foundation.control());
        CompletableFuture<Void> ready = new CompletableFuture<>();
        HandlerRegistry registry = new HandlerRegistry(
                handlers.gated(
                        handlers.all(
                                groups,
                                creator,
                                new StoredSettings(stored, new ConfigAdmin(coordination.session(), policy)),
                                registration::brokerEpoch),
                        ready),
                new BrokerIdentity(identity.clusterId(), identity.brokerId()));

        SettingsFollower follower = new SettingsFollower(
                identity.brokerId(),
                coordination.session(),
                foundation.clock(),
                config,
                topics,
                data.replicas()::onTopicConfig);
        follower.start().join();
        topics.readAll(stored.topicNames()).join();
        var loading = data.logs().start();
        data.replication().start();
        StartReport.storage(data.logs(), coordination, fileConfig);
        registration.start().join();
        // The controller may be another broker, and its orders come in like other requests.
        network.serve(new RequestServices(
                registry,
                new RequestMemory(memoryLimit(fileConfig)),
                fileConfig.network().queuedMaxRequests()));
        controller.start().join();
        awaitOwnMetadata(data, identity, foundation, controller);
        ready.complete(null);
        StartReport.ready(clock);
        var unused = loading.thenRun(() -> LOG.debug("all logs are loaded"));
        ControlledShutdown shutdown = new ControlledShutdown(
                link.requests(),
                shutdownSettings(fileConfig.controller()),
                identity.brokerId(),
                () -> coordination.isConnected() ? registration.brokerEpoch() : BrokerRegistration.NOT_REGISTERED,
                () -> metadata.image().brokers().size() <= 1,
                foundation.control());
        Broker broker = new Broker(
                foundation,
                coordination,
                network,
                data,
                groups,
                new Broker.Cluster(registration, controller, link, shutdown, peers));
        registration.onEpochChange(broker::onRegistrationChange);
        watch(directories, data, new LogDirFailures(coordination.session(), identity.brokerId(), foundation.control()))
                .lastLost()
                .thenRun(broker::fail);
        return broker;
    }

    private static DirectoryWatch watch(LogDirectories directories, DataPlane data, LogDirFailures failures) {
        DirectoryWatch watch = new DirectoryWatch(directories.all(), data.replicas()::onDirectoryOffline, () -> {
            var unused = failures.announce();
        });
        watch.start();
        return watch;
    }

    private static ControlledShutdown.Settings shutdownSettings(ControllerConfig config) {
        return new ControlledShutdown.Settings(
                config.controlledShutdown(),
                config.controlledShutdownMaxRetries(),
                config.controlledShutdownRetryBackoffMs());
    }

    /** However long it takes: a broker of a cluster without a controller waits for one, it does not give up. */
    private static void awaitOwnMetadata(
            DataPlane data, Identity identity, Foundation foundation, Controller controller) {
        boolean known = false;
        for (int waits = 0; !known; waits++) {
            known = data.metadata()
                            .await(
                                    image -> image.broker(identity.brokerId()) != null,
                                    foundation.control(),
                                    METADATA_PATIENCE_MS)
                            .join()
                            .broker(identity.brokerId())
                    != null;
            if (!known && waits == 0) {
                StartReport.waitingForController(controller.activeControllerId());
            }
        }
    }

    private Controller controller(
            Identity identity,
            Foundation foundation,
            Coordination coordination,
            DataPlane data,
            ClusterPolicy policy,
            Peers peers) {
        PeerChannel own =
                new LocalPeerChannel(data.replicas(), new UpdateMetadataHandler(data.metadata(), data.fence()));
        return new Controller(
                controllerSettings(identity),
                coordination.session(),
                broker -> broker.id() == identity.brokerId() ? own : peers.toRegistered(identity.brokerId(), broker),
                policy,
                foundation.clock(),
                new SecureRandom());
    }

    private ControllerSettings controllerSettings(Identity identity) {
        ControllerConfig config = fileConfig.controller();
        LeaderRebalance rebalance = new LeaderRebalance(
                config.autoLeaderRebalance(),
                TimeUnit.SECONDS.toMillis(config.leaderImbalanceCheckIntervalSeconds()),
                config.leaderImbalancePerBrokerPercentage());
        return new ControllerSettings(identity.brokerId(), fileConfig.network().queuedMaxRequests(), rebalance);
    }

    private NetworkServer bind(Foundation foundation, ConnectionLimits limits) {
        try {
            NetworkServer network = new NetworkServer(
                    foundation.loops(),
                    NetworkSettings.of(fileConfig.network()),
                    fileConfig.listeners().bound(),
                    fileConfig.listeners().interBrokerListenerName(),
                    limits,
                    foundation.ticker());
            network.bind();
            return network;
        } catch (BindException | IllegalArgumentException e) {
            throw new StartupException("listeners: " + e.getMessage(), e);
        }
    }

    private static ConnectionLimits.Limits limitsOf(BrokerConfig config) {
        try {
            return ConnectionLimits.Limits.of(config.network());
        } catch (UnknownHostException e) {
            throw new StartupException("max.connections.per.ip.overrides: unknown host " + e.getMessage(), e);
        }
    }

    /** Without a configured limit, half of the direct memory: a bound that is never none. */
    private static long memoryLimit(BrokerConfig config) {
        long configured = config.network().queuedMaxRequestBytes();
        return configured > 0 ? configured : Math.max(Runtime.getRuntime().maxMemory() / 2, 64L << 20);
    }

    private static Coordination awaitConnection(CompletableFuture<Coordination> connecting) {
        try {
            return connecting.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StartupException startup ? startup : e;
        }
    }

    private <T extends AutoCloseable> T owned(T part) {
        built.push(part);
        return part;
    }

    private void closeBuilt() {
        while (!built.isEmpty()) {
            AutoCloseable part = built.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} could not be closed", part.getClass().getSimpleName(), e);
            }
        }
    }
}
