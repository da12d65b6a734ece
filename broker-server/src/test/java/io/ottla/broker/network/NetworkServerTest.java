package io.ottla.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Ticker;
import io.ottla.broker.config.Endpoint;
import io.ottla.broker.config.SecurityProtocol;
import io.ottla.broker.request.AnsweringHandler;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.message.HeartbeatRequest;
import io.ottla.protocol.message.ProduceRequest;
import io.ottla.protocol.message.ProduceResponse;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.BufferRecords;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server over real sockets: order, limits, foreign protocols, memory, and the end. */
class NetworkServerTest {

    private static final int HEARTBEAT_VERSION = 4;
    private static final int PRODUCE_VERSION = 11;
    private static final int FETCH_VERSION = 12;
    private static final NetworkSettings SETTINGS = new NetworkSettings(-1, -1, 50, 100 << 20, 0);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void answersPipelinedRequestsInOrderThoughOtherThreadsCompleteThem(boolean nio) throws Exception {
        ShuffledHandler handler = new ShuffledHandler();
        TestServer.Builder builder = TestServer.with(handler).maxInFlight(20);
        try (TestServer server = (nio ? builder.nio() : builder).start();
                TestClient client = server.connect()) {
            int count = 2_000;
            CompletableFuture<?> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < count; i++) {
                        client.send(new HeartbeatRequest(), HEARTBEAT_VERSION, i);
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            for (int i = 0; i < count; i++) {
                assertThat(client.receiveId()).isEqualTo(i);
            }
            sending.join();
            assertThat(handler.mostInFlight.get()).isLessThanOrEqualTo(20);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void carriesLargeProducesWhole(boolean nio) throws Exception {
        AnsweringHandler produce = new AnsweringHandler(
                ApiKey.PRODUCE, request -> new ProduceResponse().setThrottleTimeMs(checksum(recordsOf(request))));
        TestServer.Builder builder = TestServer.with(produce);
        try (TestServer server = (nio ? builder.nio() : builder).start();
                TestClient client = server.connect()) {
            Random random = new Random(1);
            for (int size : new int[] {10, 1_000, 30_000, 70_000, 1_000_000, 5_000_000, 1_000_000, 20_000_000, 500}) {
                byte[] bytes = new byte[size];
                random.nextBytes(bytes);
                BufferRecords records = BufferRecords.borrow(Unpooled.wrappedBuffer(bytes));
                client.send(produce(records), PRODUCE_VERSION, size);
                ProduceResponse expected = new ProduceResponse().setThrottleTimeMs(checksum(records));
                assertThat(client.receive()).endsWith(lastBytesOf(expected));
            }
            assertThat(server.memory.usedBytes()).isZero();
        }
    }

    @Test
    void tellsHttpAndTlsFromBrokenFramesAndClosesThem() throws Exception {
        try (TestServer server = TestServer.with().start()) {
            List<String> openings = List.of(
                    "GET / HTTP/1.1\r\n\r\n",
                    "\u0016\u0003\u0001\u0002\u0000\u0001",
                    "\u00ff\u00ff\u00ff\u00ff",
                    "\u0000\u0000\u0000\u0003abc",
                    "zzzz");
            for (String opening : openings) {
                try (TestClient client = server.connect()) {
                    client.send(opening);
                    assertThat(client.isClosedByServer()).isTrue();
                }
            }
            assertThat(server.log).hasSize(openings.size());
            assertThat(server.log.get(0))
                    .contains("frame length 1195725856 from /127.0.0.1:")
                    .endsWith("exceeds socket.request.max.bytes 104857600 (looks like an HTTP request)");
            assertThat(server.log.get(1)).endsWith("(looks like a TLS ClientHello on a listener without TLS)");
            assertThat(server.log.get(2)).contains("frame length -1 from").endsWith("is negative");
            assertThat(server.log.get(3)).contains("frame length 3 from").endsWith("is shorter than a request header");
            assertThat(server.log.get(4)).endsWith("exceeds socket.request.max.bytes 104857600");
        }
    }

    @Test
    void refusesConnectionsBeyondTheLimits() throws Exception {
        ConnectionLimits.Limits limits = new ConnectionLimits.Limits(2, 100, Map.of());
        try (TestServer server = TestServer.with(new AnsweringHandler(ApiKey.HEARTBEAT))
                        .limits(limits)
                        .start();
                TestClient first = server.connect();
                TestClient second = server.connect()) {
            assertAnswers(first);
            assertAnswers(second);
            try (TestClient third = server.connect()) {
                assertThat(third.isClosedByServer()).isTrue();
            }
            assertThat(server.log).singleElement().asString().contains("Refused", "max.connections 2 is reached");
            first.socket().close();
            await().until(() -> server.limits.connections() == 1);
            try (TestClient fourth = server.connect()) {
                assertAnswers(fourth);
            }
        }
    }

    @Test
    void refusesConnectionsBeyondTheLimitOfTheirAddress() throws Exception {
        ConnectionLimits.Limits limits =
                new ConnectionLimits.Limits(100, 50, Map.of(InetAddress.getByName("127.0.0.1"), 1));
        try (TestServer server = TestServer.with(new AnsweringHandler(ApiKey.HEARTBEAT))
                        .limits(limits)
                        .start();
                TestClient first = server.connect()) {
            assertAnswers(first);
            try (TestClient second = server.connect()) {
                assertThat(second.isClosedByServer()).isTrue();
            }
            assertThat(server.log).singleElement().asString().contains("max.connections.per.ip 1 is reached");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void knowsClientsOfAListenerOnEveryInterfaceByTheirIpv4Address(boolean nio) throws Exception {
        ConnectionLimits.Limits limits =
                new ConnectionLimits.Limits(100, 100, Map.of(InetAddress.getByName("127.0.0.1"), 0));
        TestServer.Builder builder = TestServer.with().host("").limits(limits);
        try (TestServer server = (nio ? builder.nio() : builder).start();
                TestClient client = server.connect()) {
            assertThat(client.isClosedByServer()).isTrue();
            assertThat(server.log).singleElement().asString().contains("max.connections.per.ip 0 is reached");
        }
    }

    @Test
    void namesTheListenerWhoseHostIsUnknown() {
        Endpoint nowhere = new Endpoint("EXTERNAL", SecurityProtocol.PLAINTEXT, "no such host", 0);
        try (NetworkLoops loops = NetworkLoops.start(1)) {
            NetworkServer server = new NetworkServer(
                    loops,
                    SETTINGS,
                    List.of(nowhere),
                    TestServer.INTER_BROKER,
                    new ConnectionLimits(ConnectionLimits.Limits.NONE),
                    Ticker.systemTicker());
            assertThatThrownBy(server::bind)
                    .hasMessage("cannot listen on EXTERNAL://no such host:0: the host has no address");
        }
    }

    @Test
    void closesConnectionsThatAreIdle() throws Exception {
        NetworkSettings settings = new NetworkSettings(-1, -1, 50, 1 << 20, 100);
        try (TestServer server = TestServer.with(new AnsweringHandler(ApiKey.HEARTBEAT))
                        .settings(settings)
                        .start();
                TestClient client = server.connect()) {
            assertAnswers(client);
            assertThat(client.isClosedByServer()).isTrue();
            await().until(() -> server.limits.connections() == 0);
        }
    }

    @Test
    void stopsReadingWhileRequestMemoryIsUsedUpAndGoesOnAfterwards() throws Exception {
        HoldingProduces produces = new HoldingProduces();
        try (TestServer server = TestServer.with(produces, new AnsweringHandler(ApiKey.HEARTBEAT))
                        .memoryBytes(100_000)
                        .start();
                TestClient large = server.connect();
                TestClient other = server.connect()) {
            BufferRecords records = BufferRecords.borrow(Unpooled.wrappedBuffer(new byte[150_000]));
            large.send(produce(records), PRODUCE_VERSION, 1);
            await().until(() -> produces.held.size() == 1);
            assertThat(server.memory.usedBytes()).isGreaterThan(150_000);
            other.send(new HeartbeatRequest(), HEARTBEAT_VERSION, 7);
            large.send(produce(records), PRODUCE_VERSION, 2);
            other.socket().setSoTimeout(100);
            assertThatThrownBy(other::receiveId).isInstanceOf(IOException.class);
            assertThat(produces.held).hasSize(1);
            other.socket().setSoTimeout(20_000);
            produces.held.get(0).complete(new ProduceResponse());
            assertThat(large.receiveId()).isEqualTo(1);
            await().until(() -> produces.held.size() == 2);
            produces.held.get(1).complete(new ProduceResponse());
            assertThat(large.receiveId()).isEqualTo(2);
            assertThat(other.receiveId()).isEqualTo(7);
            await().until(() -> server.memory.usedBytes() == 0);
        }
    }

    @Test
    void stopsReadingFromAClientThatDoesNotReadItsResponses() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        AnsweringHandler fetch = new AnsweringHandler(ApiKey.FETCH, request -> {
            handled.incrementAndGet();
            return fetchResponse(100_000);
        });
        NetworkSettings smallBuffers = new NetworkSettings(64 * 1024, 64 * 1024, 50, 1 << 20, 0);
        try (TestServer server = TestServer.with(fetch).settings(smallBuffers).start();
                TestClient client = server.connect()) {
            int count = 1_000;
            CompletableFuture<?> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < count; i++) {
                        client.send(new FetchRequest(), FETCH_VERSION, i);
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> handled.get() >= 10);
            int before;
            do {
                before = handled.get();
                await().pollDelay(Duration.ofMillis(100)).until(() -> true);
            } while (handled.get() > before);
            assertThat(handled.get()).isLessThan(300);
            for (int i = 0; i < count; i++) {
                assertThat(client.receiveId()).isEqualTo(i);
            }
            sending.join();
        }
    }

    @Test
    void namesTheListenerWhosePortIsTaken() throws Exception {
        try (TestServer first = TestServer.with().start()) {
            Endpoint same = new Endpoint("EXTERNAL", SecurityProtocol.PLAINTEXT, "127.0.0.1", first.port());
            NetworkServer second = new NetworkServer(
                    first.loops,
                    SETTINGS,
                    List.of(same),
                    TestServer.INTER_BROKER,
                    new ConnectionLimits(ConnectionLimits.Limits.NONE),
                    Ticker.systemTicker());
            assertThatThrownBy(second::bind)
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("cannot listen on EXTERNAL://127.0.0.1:" + first.port())
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void refusesSecurityProtocolsThatAreNotAvailable() {
        Endpoint tls = new Endpoint("SECURE", SecurityProtocol.SSL, "", 0);
        try (NetworkLoops loops = NetworkLoops.start(1)) {
            assertThatThrownBy(() -> new NetworkServer(
                            loops,
                            SETTINGS,
                            List.of(tls),
                            TestServer.INTER_BROKER,
                            new ConnectionLimits(ConnectionLimits.Limits.NONE),
                            Ticker.systemTicker()))
                    .hasMessage("listener SECURE://:0 speaks SSL, only PLAINTEXT is available");
        }
    }

    @Test
    void letsWhatIsInFlightBeAnsweredBeforeItCloses() throws Exception {
        HoldingProduces produces = new HoldingProduces();
        try (TestServer server = TestServer.with(produces).start();
                TestClient idle = server.connect();
                TestClient busy = server.connect()) {
            busy.send(produce(BufferRecords.EMPTY), PRODUCE_VERSION, 3);
            await().until(() -> produces.held.size() == 1);
            CompletableFuture<?> closing = CompletableFuture.runAsync(() -> server.server.close(10_000));
            assertThat(idle.isClosedByServer()).isTrue();
            produces.held.get(0).complete(new ProduceResponse());
            assertThat(busy.receiveId()).isEqualTo(3);
            assertThat(busy.isClosedByServer()).isTrue();
            closing.join();
            int port = busy.socket().getPort();
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void closesEverythingWhenTheGraceIsOver() throws Exception {
        HoldingProduces produces = new HoldingProduces();
        try (TestServer server = TestServer.with(produces).start();
                TestClient busy = server.connect()) {
            busy.send(produce(BufferRecords.EMPTY), PRODUCE_VERSION, 3);
            await().until(() -> produces.held.size() == 1);
            server.server.close(10);
            assertThat(busy.isClosedByServer()).isTrue();
            produces.held.get(0).complete(new ProduceResponse());
            assertThat(server.memory.usedBytes()).isZero();
        }
    }

    private static void assertAnswers(TestClient client) throws IOException {
        client.send(new HeartbeatRequest(), HEARTBEAT_VERSION, 1);
        assertThat(client.receiveId()).isEqualTo(1);
    }

    private static ProduceRequest produce(BufferRecords records) {
        return new ProduceRequest()
                .setAcks((short) -1)
                .setTopicData(List.of(new ProduceRequest.TopicProduceData()
                        .setName("topic")
                        .setPartitionData(List.of(new ProduceRequest.PartitionProduceData().setRecords(records)))));
    }

    private static BufferRecords recordsOf(ApiMessage request) {
        return (BufferRecords) ((ProduceRequest) request)
                .topicData()
                .get(0)
                .partitionData()
                .get(0)
                .records();
    }

    private static int checksum(BufferRecords records) {
        CRC32 crc = new CRC32();
        crc.update(records.buffer().nioBuffer());
        return (int) crc.getValue();
    }

    /** The last bytes of a Produce response are its throttle time and its empty tags. */
    private static byte[] lastBytesOf(ProduceResponse response) {
        return ByteBufUtil.getBytes(
                Unpooled.buffer().writeInt(response.throttleTimeMs()).writeByte(0));
    }

    private static FetchResponse fetchResponse(int bytes) {
        return new FetchResponse()
                .setResponses(List.of(new FetchResponse.FetchableTopicResponse()
                        .setTopic("topic")
                        .setPartitions(List.of(new FetchResponse.PartitionData()
                                .setRecords(BufferRecords.own(Unpooled.wrappedBuffer(new byte[bytes])))))));
    }

    /** Keeps produces until the test completes them. */
    private static final class HoldingProduces implements RequestHandler<ProduceRequest, ProduceResponse> {

        private final List<CompletableFuture<@Nullable ProduceResponse>> held = new CopyOnWriteArrayList<>();

        @Override
        public ApiKey apiKey() {
            return ApiKey.PRODUCE;
        }

        @Override
        public CompletionStage<@Nullable ProduceResponse> handle(RequestContext context, ProduceRequest request) {
            CompletableFuture<@Nullable ProduceResponse> stage = new CompletableFuture<>();
            held.add(stage);
            return stage;
        }

        @Override
        public ProduceResponse errorResponse(ProduceRequest request, ErrorCode error, @Nullable String message) {
            return new ProduceResponse();
        }
    }

    /** Completes heartbeats on other threads, the latest of a handful first. */
    private static final class ShuffledHandler implements RequestHandler<ApiMessage, ApiMessage> {

        private final AtomicInteger inFlight = new AtomicInteger();
        private final AtomicInteger mostInFlight = new AtomicInteger();
        private final List<CompletableFuture<@Nullable ApiMessage>> waiting = new ArrayList<>();

        @Override
        public ApiKey apiKey() {
            return ApiKey.HEARTBEAT;
        }

        @Override
        public CompletionStage<@Nullable ApiMessage> handle(RequestContext context, ApiMessage request) {
            mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
            CompletableFuture<@Nullable ApiMessage> stage = new CompletableFuture<>();
            synchronized (waiting) {
                waiting.add(stage);
            }
            CompletableFuture.runAsync(this::completeTheLatest);
            return stage;
        }

        private void completeTheLatest() {
            CompletableFuture<@Nullable ApiMessage> latest;
            synchronized (waiting) {
                latest = waiting.remove(waiting.size() - 1);
            }
            inFlight.decrementAndGet();
            latest.complete(ApiKey.HEARTBEAT.newResponse());
        }

        @Override
        public ApiMessage errorResponse(ApiMessage request, ErrorCode error, @Nullable String message) {
            return ApiKey.HEARTBEAT.newResponse();
        }
    }
}
