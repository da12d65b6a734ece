package io.ottla.broker.bootstrap;

import io.ottla.broker.cli.BrokerLauncher.RunningBroker;
import io.ottla.broker.cli.StartupException;
import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.ConfigDescriber;
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
import io.ottla.controller.propagation.LiveBroker;
import io.ottla.protocol.api.PeerChannel;
import java.net.BindException;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds a broker from its configuration: threads, ZooKeeper, logs, partitions, coordinators, controller, handlers,
 * listeners, in this order. Used once, by one thread. If a step fails, what was built before is closed again.
 */
final class BrokerAssembly {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerAssembly.class);

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
        LogDirectories directories =
                owned(LogDirectories.open(fileConfig.storage().logDirs()));
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
        DataPlane data = DataPlane.of(
                fileConfig, identity.brokerId(), foundation, directories, topics, registration::brokerEpoch);
        GroupCoordinator groups = Groups.coordinator(
                fileConfig,
                foundation,
                data,
                topics,
                ClusterLayout.partitionCount(coordination.session(), GroupCoordinator.TOPIC)
                        .join());
        ClusterPolicy policy = new ClusterPolicy(config, new ConfigDescriber(config));
        Controller controller = controller(identity, foundation, coordination, data, policy);
        Handlers handlers = new Handlers(foundation, identity, config, data, controller);
        TopicCreator creator =
                new TopicCreator(config, data.metadata(), controller::createTopics, foundation.control());
        HandlerRegistry registry = new HandlerRegistry(
                handlers.all(
                        groups,
                        creator,
                        new StoredSettings(stored, new ConfigAdmin(coordination.session(), policy)),
                        registration::brokerEpoch),
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
        StartReport.storage(data.logs(), coordination, fileConfig);
        registration.start().join();
        controller.start().join();
        refuseIfNotAlone(controller, coordination);
        awaitOwnMetadata(data, identity, foundation);
        network.serve(new RequestServices(
                registry,
                new RequestMemory(memoryLimit(fileConfig)),
                fileConfig.network().queuedMaxRequests()));
        StartReport.ready(clock);
        var unused = loading.thenRun(() -> LOG.debug("all logs are loaded"));
        return new Broker(
                foundation, coordination, network, data, groups, new Broker.Cluster(registration, controller));
    }

    /** Brokers have no connections among themselves yet; a second one would know nothing of the cluster. */
    private static void refuseIfNotAlone(Controller controller, Coordination coordination) {
        if (!controller.isActive()) {
            throw new StartupException(
                    "broker " + controller.activeControllerId() + " is the controller of the cluster at "
                            + coordination.description() + "; clusters of several brokers are not supported yet");
        }
    }

    private static void awaitOwnMetadata(DataPlane data, Identity identity, Foundation foundation) {
        data.metadata()
                .await(image -> image.broker(identity.brokerId()) != null, foundation.control(), 10_000)
                .join();
    }

    private Controller controller(
            Identity identity, Foundation foundation, Coordination coordination, DataPlane data, ClusterPolicy policy) {
        PeerChannel own =
                new LocalPeerChannel(data.replicas(), new UpdateMetadataHandler(data.metadata(), data.fence()));
        return new Controller(
                new ControllerSettings(identity.brokerId(), fileConfig.network().queuedMaxRequests()),
                coordination.session(),
                broker -> channel(broker, identity, own),
                policy,
                foundation.clock(),
                new SecureRandom());
    }

    private static PeerChannel channel(LiveBroker broker, Identity identity, PeerChannel own) {
        return broker.id() == identity.brokerId()
                ? own
                : new UnreachablePeer("broker " + broker.id() + " cannot be reached");
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
