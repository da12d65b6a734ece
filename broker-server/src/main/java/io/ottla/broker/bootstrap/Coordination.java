package io.ottla.broker.bootstrap;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.cli.StartupException;
import io.ottla.broker.config.ZooKeeperConfig;
import io.ottla.controller.ClusterLayout;
import io.ottla.controller.zk.EmbeddedZooKeeper;
import io.ottla.controller.zk.SessionEvent;
import io.ottla.controller.zk.ZooKeeperConnection;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.zk.ZooKeeperSettings;
import io.ottla.protocol.error.StageFailure;
import io.ottla.protocol.schema.Base64Uuid;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The way to ZooKeeper: a session, and with it the embedded server if there is no other. */
final class Coordination implements AutoCloseable {
    /** Sessions last at least two ticks; the embedded server must grant the shortest that anyone configures. */
    private static final int EMBEDDED_TICK_MS = 2000;

    private final @Nullable EmbeddedZooKeeper embedded;
    private final ZooKeeperSession session;
    private final String description;
    private volatile boolean connected = true;

    private Coordination(@Nullable EmbeddedZooKeeper embedded, ZooKeeperSession session, String description) {
        this.embedded = embedded;
        this.session = session;
        this.description = description;
        session.addListener(event -> connected = event == SessionEvent.ESTABLISHED || event == SessionEvent.RESUMED);
    }

    /** Whether ZooKeeper answers at present, as far as is known here. Any thread. */
    boolean isConnected() {
        return connected;
    }

    /**
     * Connects, after starting the embedded server where it is wanted. Blocks.
     *
     * @param executor where the session's results are delivered
     * @throws StartupException if no server can be started or reached
     */
    static Coordination connect(ZooKeeperConfig config, EventExecutor executor) {
        EmbeddedZooKeeper embedded = config.embedded() ? startEmbedded(config) : null;
        String connect = embedded != null ? embedded.connectString() : String.valueOf(config.connect());
        ZooKeeperSession session = new ZooKeeperConnection(
                new ZooKeeperSettings(
                        connect, config.connectionTimeoutMs(), config.sessionTimeoutMs(), config.maxInFlightRequests()),
                executor);
        String description = embedded == null ? connect : "embedded at " + connect + " in " + config.embeddedDataDir();
        Coordination coordination = new Coordination(embedded, session, description);
        try {
            await(session.connect().thenCompose(connected -> ClusterLayout.createRoots(session)));
            return coordination;
        } catch (CompletionException e) {
            coordination.close();
            throw new StartupException(
                    "zookeeper.connect " + connect + ": "
                            + StageFailure.cause(e).getMessage(),
                    e);
        }
    }

    private static EmbeddedZooKeeper startEmbedded(ZooKeeperConfig config) {
        EmbeddedZooKeeper embedded =
                new EmbeddedZooKeeper(Path.of(config.embeddedDataDir()), config.embeddedPort(), EMBEDDED_TICK_MS);
        try {
            embedded.start();
            return embedded;
        } catch (IOException e) {
            throw new StartupException(
                    "the embedded ZooKeeper in " + config.embeddedDataDir() + " cannot start: " + e.getMessage(), e);
        }
    }

    ZooKeeperSession session() {
        return session;
    }

    /** Which ZooKeeper it is, for the operator. */
    String description() {
        return description;
    }

    /** The cluster's id, made up if the cluster has none yet. Blocks. */
    String clusterId() {
        return await(ClusterLayout.clusterId(session, Base64Uuid.toText(Base64Uuid.random(new SecureRandom()))));
    }

    /** A broker id that no other broker has. Blocks. */
    int generateBrokerId(int reservedMaxId) {
        return await(ClusterLayout.nextBrokerId(session, reservedMaxId));
    }

    static <T> T await(CompletableFuture<T> result) {
        return result.join();
    }

    /** Ends the session, and with it this broker's registration, then the embedded server. Blocks. */
    @Override
    public void close() {
        session.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
