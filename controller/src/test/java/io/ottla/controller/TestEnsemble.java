package io.ottla.controller;

import io.ottla.controller.zk.EmbeddedZooKeeper;
import io.ottla.controller.zk.TestSession;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.BrokerIdNode;
import io.ottla.controller.znode.Endpoint;
import io.ottla.controller.znode.Endpoint.Protocol;
import io.ottla.controller.znode.FeatureRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One ZooKeeper for a test class, a chroot with the persistent roots in it for each test, and what runs on it; closes
 * everything it has handed out. To be registered as a static extension.
 */
final class TestEnsemble implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    /** What its brokers support at the levels 0 to 2. */
    static final String FEATURE = "test.version";

    private final int tickMs;
    private Path directory;
    private EmbeddedZooKeeper server;
    private final List<TestSession> open = new ArrayList<>();
    private int chroots;
    private String chroot = "";
    /** What controllers are told of {@code cluster.ottla.only}. */
    final AtomicBoolean ottlaOnly = new AtomicBoolean();

    TestEnsemble() {
        this(100);
    }

    /** Sessions last between two and twenty ticks. */
    TestEnsemble(int tickMs) {
        this.tickMs = tickMs;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        directory = Files.createTempDirectory("ensemble");
        start(0);
    }

    private void start(int port) throws IOException {
        server = new EmbeddedZooKeeper(directory, port, tickMs);
        server.start();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        chroot = "/test" + chroots++;
        await(ClusterLayout.createRoots(session()));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        open.forEach(TestSession::close);
        open.clear();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    EmbeddedZooKeeper server() {
        return server;
    }

    /** The ensemble is away until it is restarted; returns its port. */
    int stopServer() {
        String connect = server.connectString();
        server.close();
        return Integer.parseInt(connect.substring(connect.lastIndexOf(':') + 1));
    }

    /** The ensemble is back, with its data and its sessions, where it was. */
    void restartServer(int port) throws IOException {
        start(port);
    }

    ZooKeeperSession session() {
        TestSession session = TestSession.connect(server.connectString() + chroot);
        open.add(session);
        return session.get();
    }

    static BrokerIdNode identity(int brokerId) {
        return new BrokerIdNode(
                brokerId,
                List.of(new Endpoint("PLAINTEXT", "host" + brokerId, 9092, Protocol.PLAINTEXT)),
                null,
                -1,
                new TreeMap<>(Map.of(FEATURE, new FeatureRange(0, 2))),
                0);
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
                new ControllerSettings(brokerId, 500, rebalance, ottlaOnly::get),
                session,
                brokers,
                new TestPolicy(),
                Clock.systemUTC(),
                new Random(brokerId));
        await(controller.start());
        return new Node(session, registration, controller);
    }

    record Node(ZooKeeperSession session, BrokerRegistration registration, Controller controller) {

        /** Runs {@code body} while nothing of this node runs, as if its process were dead; its ZooKeeper session lives on. */
        void whileDead(Runnable body) {
            CountDownLatch over = new CountDownLatch(1);
            session.executor().execute(() -> {
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            try {
                body.run();
            } finally {
                over.countDown();
            }
        }
    }

    static <T> T await(CompletableFuture<T> result) {
        return result.orTimeout(20, TimeUnit.SECONDS).join();
    }
}
