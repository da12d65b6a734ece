package io.ottla.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The adapter against ZooKeeper's own server: results, watches, order, loss of connections and of sessions. */
class ZooKeeperConnectionTest {

    private static final byte[] EMPTY = new byte[0];

    @TempDir
    private Path directory;

    private EmbeddedZooKeeper server;
    private TestSession holder;
    private ZooKeeperSession session;

    @BeforeEach
    void start() throws IOException {
        server = new EmbeddedZooKeeper(directory, 0, 100);
        server.start();
        holder = TestSession.connect(server.connectString());
        session = holder.get();
    }

    @AfterEach
    void stop() {
        holder.close();
        server.close();
    }

    @Test
    void readsWhatItWrote() {
        NodeStat created =
                session.create("/a", bytes("1"), NodeKind.PERSISTENT).join().stat();
        NodeStat changed = session.set("/a", bytes("2"), created.version()).join();
        Node node = session.get("/a").join().orElseThrow();
        assertThat(node.data()).isEqualTo(bytes("2"));
        assertThat(node.stat()).isEqualTo(changed);
        assertThat(changed.version()).isEqualTo(1);
        assertThat(changed.czxid()).isEqualTo(created.czxid());
        session.delete("/a", 1).join();
        assertThat(session.get("/a").join()).isEmpty();
        assertThat(session.exists("/a").join()).isEmpty();
    }

    @Test
    void namesTheReasonOfARefusal() {
        session.create("/a", EMPTY, NodeKind.PERSISTENT).join();
        assertRefused(session.create("/a", EMPTY, NodeKind.PERSISTENT), ZooKeeperError.NODE_EXISTS);
        assertRefused(session.create("/no/parent", EMPTY, NodeKind.PERSISTENT), ZooKeeperError.NO_NODE);
        assertRefused(session.set("/a", EMPTY, 7), ZooKeeperError.BAD_VERSION);
        assertRefused(session.children("/none"), ZooKeeperError.NO_NODE);
        session.create("/a/b", EMPTY, NodeKind.PERSISTENT).join();
        assertRefused(session.delete("/a", ZooKeeperSession.ANY_VERSION), ZooKeeperError.NOT_EMPTY);
    }

    @Test
    void writesAllOfAMultiOrNoneAndTellsWhichWasRefused() {
        session.create("/epoch", EMPTY, NodeKind.PERSISTENT).join();
        List<WriteResult> results = session.multi(List.of(
                        WriteOperation.check("/epoch", 0),
                        WriteOperation.create("/x", EMPTY),
                        WriteOperation.set("/epoch", bytes("1"), 0)))
                .join();
        assertThat(results.get(0)).isEqualTo(new WriteResult.Done());
        assertThat(results.get(1)).isEqualTo(new WriteResult.Created("/x"));
        assertThat(((WriteResult.Changed) results.get(2)).stat().version()).isEqualTo(1);

        CompletableFuture<?> refused = session.multi(List.of(
                WriteOperation.check("/epoch", 1), WriteOperation.create("/y", EMPTY), WriteOperation.check("/x", 9)));
        assertRefused(refused, ZooKeeperError.BAD_VERSION);
        assertThatThrownBy(refused::join).cause().isInstanceOfSatisfying(ZooKeeperException.class, e -> assertThat(
                        e.operationIndex())
                .isEqualTo(2));
        assertThat(session.exists("/y").join()).isEmpty();
    }

    @Test
    void sortsChildrenAndNumbersSequentialOnes() {
        session.create("/q", EMPTY, NodeKind.PERSISTENT).join();
        List<String> created = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            created.add(session.create("/q/n_", EMPTY, NodeKind.PERSISTENT_SEQUENTIAL)
                    .join()
                    .path());
        }
        assertThat(created).containsExactly("/q/n_0000000000", "/q/n_0000000001", "/q/n_0000000002");
        assertThat(session.children("/q").join()).containsExactly("n_0000000000", "n_0000000001", "n_0000000002");
    }

    @Test
    void firesAWatchOnceForEachKindOfChange() throws InterruptedException {
        BlockingQueue<NodeEvent> events = new LinkedBlockingQueue<>();
        assertThat(session.get("/w", events::add).join()).isEmpty();
        session.create("/w", EMPTY, NodeKind.PERSISTENT).join();
        assertThat(events.poll(5, TimeUnit.SECONDS)).isEqualTo(new NodeEvent("/w", NodeEvent.Type.CREATED));
        session.children("/w", events::add).join();
        session.get("/w", events::add).join();
        session.create("/w/c", EMPTY, NodeKind.PERSISTENT).join();
        session.set("/w", bytes("x"), ZooKeeperSession.ANY_VERSION).join();
        session.set("/w", bytes("y"), ZooKeeperSession.ANY_VERSION).join();
        assertThat(events.poll(5, TimeUnit.SECONDS)).isEqualTo(new NodeEvent("/w", NodeEvent.Type.CHILDREN_CHANGED));
        assertThat(events.poll(5, TimeUnit.SECONDS)).isEqualTo(new NodeEvent("/w", NodeEvent.Type.DATA_CHANGED));
        assertThat(events).isEmpty();
    }

    @Test
    void deliversOnItsExecutorInTheOrderOfTheRequests() {
        List<Integer> order = new CopyOnWriteArrayList<>();
        List<Boolean> onLoop = new CopyOnWriteArrayList<>();
        session.create("/n", EMPTY, NodeKind.PERSISTENT).join();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int number = i;
            all.add(session.create("/n/" + i, EMPTY, NodeKind.PERSISTENT).thenRun(() -> {
                order.add(number);
                onLoop.add(session.executor().inEventLoop());
            }));
        }
        all.forEach(CompletableFuture::join);
        assertThat(order).hasSize(200).isSorted();
        assertThat(onLoop).doesNotContain(false);
    }

    @Test
    void createsAChrootAndKeepsItOutOfEveryPath() {
        String connect = server.connectString() + "/deep/root";
        try (TestSession chrooted = TestSession.connect(connect)) {
            BlockingQueue<NodeEvent> events = new LinkedBlockingQueue<>();
            chrooted.get().exists("/a", events::add).join();
            assertThat(chrooted.get()
                            .create("/a", EMPTY, NodeKind.PERSISTENT)
                            .join()
                            .path())
                    .isEqualTo("/a");
            await().untilAsserted(
                            () -> assertThat(events).containsExactly(new NodeEvent("/a", NodeEvent.Type.CREATED)));
            List<WriteResult> results = chrooted.get()
                    .multi(List.of(WriteOperation.create("/b", EMPTY)))
                    .join();
            assertThat(results).containsExactly(new WriteResult.Created("/b"));
            assertThat(chrooted.get().children("/").join()).containsExactly("a", "b");
        }
        assertThat(session.children("/deep/root").join()).containsExactly("a", "b");
        TestSession.connect(connect).close();
    }

    @Test
    void opensANewSessionAfterExpiryAndDropsEphemeralNodes() {
        List<SessionEvent> events = new CopyOnWriteArrayList<>();
        session.addListener(events::add);
        session.create("/mine", EMPTY, NodeKind.EPHEMERAL).join();
        long first = session.sessionId();
        server.expireSession(first);
        await().untilAsserted(() -> assertThat(events).endsWith(SessionEvent.EXPIRED, SessionEvent.ESTABLISHED));
        assertThat(session.sessionId()).isNotIn(0L, first);
        assertThat(session.exists("/mine").join()).isEmpty();
        server.expireSession(session.sessionId());
        await().untilAsserted(() -> assertThat(events.stream().filter(SessionEvent.ESTABLISHED::equals))
                .hasSize(2));
        assertThat(session.children("/").join()).contains("zookeeper");
    }

    @Test
    void sendsRequestsAgainThatALostConnectionInterrupted() throws IOException {
        List<SessionEvent> events = new CopyOnWriteArrayList<>();
        session.addListener(events::add);
        int port = server.boundPort();
        server.close();
        await().untilAsserted(() -> assertThat(events).contains(SessionEvent.SUSPENDED));
        CompletableFuture<CreatedNode> created = session.create("/later", EMPTY, NodeKind.PERSISTENT);
        server = new EmbeddedZooKeeper(directory, port, 2000);
        server.start();
        assertThat(created.orTimeout(20, TimeUnit.SECONDS).join().path()).isEqualTo("/later");
        assertThat(events).last().isIn(SessionEvent.RESUMED, SessionEvent.ESTABLISHED);
    }

    @Test
    void saysWhichServersDidNotAnswerInTime() {
        ZooKeeperSettings settings = new ZooKeeperSettings("127.0.0.1:1", 200, 1000, 10);
        try (TestSession alone = TestSession.unconnected(settings)) {
            CompletableFuture<Void> connected = alone.get().connect();
            assertThatThrownBy(connected::join).hasMessageContaining("zookeeper.connection.timeout.ms 200");
            assertRefused(connected, ZooKeeperError.CONNECTION_TIMEOUT);
        }
    }

    @Test
    void failsOutstandingRequestsWhenClosed() {
        CompletableFuture<?> first = session.create("/a", EMPTY, NodeKind.PERSISTENT);
        session.close();
        CompletableFuture<?> after = session.get("/a");
        assertRefused(after, ZooKeeperError.CLOSED);
        await().until(first::isDone);
    }

    private static void assertRefused(CompletableFuture<?> result, ZooKeeperError error) {
        assertThatThrownBy(() -> result.orTimeout(10, TimeUnit.SECONDS).join())
                .cause()
                .isInstanceOfSatisfying(
                        ZooKeeperException.class, e -> assertThat(e.error()).isEqualTo(error));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
