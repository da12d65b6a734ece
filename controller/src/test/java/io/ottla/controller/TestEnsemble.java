package io.ottla.controller;

import io.ottla.controller.zk.EmbeddedZooKeeper;
import io.ottla.controller.zk.TestSession;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.BrokerIdNode;
import io.ottla.controller.znode.Endpoint;
import io.ottla.controller.znode.Endpoint.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One ZooKeeper for a test class, a chroot for each test, and what runs on it; closes everything it has handed out. */
final class TestEnsemble implements AutoCloseable {

    private final Path directory;
    private final int tickMs;
    private EmbeddedZooKeeper server;
    private int port;
    private final List<TestSession> open = new ArrayList<>();
    private int chroots;
    private String chroot = "";

    TestEnsemble(Path directory) throws IOException {
        this(directory, 100);
    }

    /** Sessions last between two and twenty ticks. */
    TestEnsemble(Path directory, int tickMs) throws IOException {
        this.directory = directory;
        this.tickMs = tickMs;
        server = new EmbeddedZooKeeper(directory, 0, tickMs);
        server.start();
    }

    EmbeddedZooKeeper server() {
        return server;
    }

    /** The ensemble is away until it is restarted. */
    void stopServer() {
        String connect = server.connectString();
        port = Integer.parseInt(connect.substring(connect.lastIndexOf(':') + 1));
        server.close();
    }

    /** The ensemble is back, with its data and its sessions, where it was. */
    void restartServer() throws IOException {
        server = new EmbeddedZooKeeper(directory, port, tickMs);
        server.start();
    }

    /** A fresh chroot with the persistent roots in it. */
    void begin() {
        chroot = "/test" + chroots++;
        await(ClusterLayout.createRoots(session()));
    }

    ZooKeeperSession session() {
        TestSession session = TestSession.connect(server.connectString() + chroot);
        open.add(session);
        return session.get();
    }

    static BrokerIdNode identity(int brokerId) {
        return new BrokerIdNode(
                brokerId, List.of(new Endpoint("PLAINTEXT", "host" + brokerId, 9092, Protocol.PLAINTEXT)), null, -1, 0);
    }

    /** A registered broker whose controller has stood for election. */
    Node node(int brokerId, TestBrokers brokers) {
        return node(brokerId, brokers, session());
    }

    Node node(int brokerId, TestBrokers brokers, ZooKeeperSession session) {
        return node(brokerId, brokers, session, LeaderRebalance.disabled());
    }

    /** A node that returns leadership to preferred replicas by itself. */
    Node balancingNode(int brokerId, TestBrokers brokers, LeaderRebalance rebalance) {
        return node(brokerId, brokers, session(), rebalance);
    }

    private Node node(int brokerId, TestBrokers brokers, ZooKeeperSession session, LeaderRebalance rebalance) {
        BrokerRegistration registration = new BrokerRegistration(session, Clock.systemUTC(), identity(brokerId));
        await(registration.start());
        Controller controller = new Controller(
                new ControllerSettings(brokerId, 500, rebalance),
                session,
                brokers,
                new TestPolicy(),
                Clock.systemUTC(),
                new Random(brokerId));
        await(controller.start());
        return new Node(session, registration, controller);
    }

    record Node(ZooKeeperSession session, BrokerRegistration registration, Controller controller) {}

    static <T> T await(CompletableFuture<T> result) {
        return result.orTimeout(20, TimeUnit.SECONDS).join();
    }

    /** Ends what the test has left open. */
    void end() {
        open.forEach(TestSession::close);
        open.clear();
    }

    @Override
    public void close() {
        end();
        server.close();
    }
}
