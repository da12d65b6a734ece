package io.ottla.broker.bootstrap;

import io.ottla.broker.cli.BrokerLauncher.RunningBroker;
import io.ottla.broker.cli.StartupException;
import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.network.ConnectionLimits;
import io.ottla.broker.network.NetworkServer;
import io.ottla.broker.network.NetworkSettings;
import io.ottla.broker.network.PeerConnections;
import io.ottla.broker.request.RequestMemory;
import io.ottla.broker.request.RequestServices;
import io.ottla.controller.BrokerRegistration;
import io.ottla.protocol.error.StageFailure;
import java.net.BindException;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds a broker from its configuration: log directories, threads, listeners, ZooKeeper, and over them, as its
 * ports, the {@link BrokerCore}, which it starts. Used once, by one thread. If a step fails, what was built before is closed again.
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
        Throwable cause = StageFailure.cause(failure);
        if (cause instanceof StartupException startup) {
            return startup;
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

        PeerConnections peers = owned(new PeerConnections(foundation.loops(), foundation.workers()));
        BrokerPorts ports = foundation.ports(directories.all(), coordination.session(), peers);
        BrokerCore core = join(BrokerCore.of(fileConfig, identity, ports));
        core.config().addListener((before, after) -> {
            limits.update(limitsOf(after));
            foundation.setWorkerCount(after.network().ioThreads());
        });
        join(core.readSettings());
        var loading = core.loadLogs();
        StartReport.storage(core.logs(), coordination, fileConfig);
        join(core.register());
        network.serve(new RequestServices(
                core.handlers(),
                new RequestMemory(memoryLimit(fileConfig)),
                fileConfig.network().queuedMaxRequests()));
        join(core.stand());
        awaitOwnMetadata(core);
        core.becomeReady();
        StartReport.ready(clock);
        var unused = loading.thenRun(() -> LOG.debug("all logs are loaded"));
        Broker broker = new Broker(foundation, coordination, network, core);
        core.registration().onEpochChange(broker::onRegistrationChange);
        core.watchDirectories().thenRun(broker::fail);
        return broker;
    }

    private static <T> T join(CompletionStage<T> step) {
        return step.toCompletableFuture().join();
    }

    /** However long it takes: a broker of a cluster without a controller waits for one, it does not give up. */
    private static void awaitOwnMetadata(BrokerCore core) {
        boolean known = false;
        for (int waits = 0; !known; waits++) {
            known = core.awaitMetadata(METADATA_PATIENCE_MS).join();
            if (!known && waits == 0) {
                StartReport.waitingForController(core.controller().activeControllerId());
            }
        }
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
