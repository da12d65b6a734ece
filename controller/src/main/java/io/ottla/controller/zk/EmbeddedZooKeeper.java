package io.ottla.controller.zk;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.PurgeTxnLog;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ZooKeeper's own standalone server inside this process, for a cluster of one broker.
 *
 * <p>It listens on loopback only and forces every transaction to disk as any ZooKeeper server does. What a large
 * ensemble needs and one broker does not is left out: the admin server, JMX beans, a 64 MB transaction file, a pool of
 * worker threads. Started and closed by one thread; ZooKeeper's own threads do the rest.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedZooKeeper.class);
    private static final int SNAPSHOTS_KEPT = 3;

    private final Path directory;
    private final int port;
    private final int tickMs;
    private @Nullable NIOServerCnxnFactory listener;
    private @Nullable ZooKeeperServer server;

    /**
     * Does nothing until {@link #start()}.
     *
     * @param directory holds snapshots and transaction logs; made if missing
     * @param port on loopback, 0 for any free one
     * @param tickMs granularity of session expiry; sessions last between 2 and 20 ticks
     */
    public EmbeddedZooKeeper(Path directory, int port, int tickMs) {
        this.directory = directory;
        this.port = port;
        this.tickMs = tickMs;
    }

    /**
     * Loads the data and listens. Blocks until requests are served.
     *
     * @throws IOException if the directory cannot be used or the port is taken
     */
    public void start() throws IOException {
        applyFootprint();
        File files = directory.toFile();
        FileTxnSnapLog storage = new FileTxnSnapLog(files, files);
        ZooKeeperServer starting = new BeanlessServer(storage, tickMs);
        NIOServerCnxnFactory accepting = new BeanlessListener();
        try {
            accepting.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0, -1, false);
            accepting.startup(starting);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while ZooKeeper was starting in " + directory, e);
        } catch (IOException | RuntimeException e) {
            accepting.shutdown();
            storage.close();
            throw e;
        }
        listener = accepting;
        server = starting;
        purgeOldSnapshots(files);
    }

    /** The address to connect to, as {@code zookeeper.connect} has it. */
    public String connectString() {
        return "127.0.0.1:" + boundPort();
    }

    /** The port that is listened on. */
    public int boundPort() {
        if (listener == null) {
            throw new IllegalStateException("the embedded ZooKeeper in " + directory + " is not running");
        }
        return listener.getLocalPort();
    }

    /** Ends a session as if its client had been silent for too long. */
    public void expireSession(long sessionId) {
        if (server != null) {
            server.closeSession(sessionId);
        }
    }

    /** Stops serving and closes the files. Blocks until the last transaction is on disk. */
    @Override
    public void close() {
        NIOServerCnxnFactory accepting = listener;
        ZooKeeperServer running = server;
        listener = null;
        server = null;
        if (accepting != null) {
            accepting.shutdown();
        }
        if (running != null) {
            running.shutdown();
            try {
                running.getTxnLogFactory().close();
            } catch (IOException e) {
                LOG.warn("Could not close the transaction log in {}", directory, e);
            }
        }
    }

    /** ZooKeeper takes these from system properties only; what the operator has set stays. */
    private static void applyFootprint() {
        setUnlessGiven("zookeeper.preAllocSize", "1024");
        setUnlessGiven("zookeeper.nio.numSelectorThreads", "1");
        setUnlessGiven("zookeeper.nio.numWorkerThreads", "0");
        setUnlessGiven("zookeeper.maxCnxns", "1000");
        setUnlessGiven("zookeeper.admin.enableServer", "false");
    }

    private static void setUnlessGiven(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static void purgeOldSnapshots(File files) {
        Thread purge = new Thread(
                () -> {
                    try {
                        PurgeTxnLog.purge(files, files, SNAPSHOTS_KEPT);
                    } catch (IOException | RuntimeException e) {
                        LOG.warn("Could not purge old ZooKeeper snapshots in {}", files, e);
                    }
                },
                "zookeeper-purge");
        purge.setDaemon(true);
        purge.start();
    }

    /** Starting the platform's bean server costs more than the rest of ZooKeeper's start; nobody asks for these beans. */
    private static final class BeanlessServer extends ZooKeeperServer {

        BeanlessServer(FileTxnSnapLog storage, int tickMs) {
            super(storage, tickMs, -1, -1, -1, new ZKDatabase(storage), "");
        }

        @Override
        protected void registerJMX() {}

        @Override
        protected void unregisterJMX() {}
    }

    private static final class BeanlessListener extends NIOServerCnxnFactory {

        @Override
        public void registerConnection(ServerCnxn connection) {}

        @Override
        public void unregisterConnection(ServerCnxn connection) {}
    }
}
