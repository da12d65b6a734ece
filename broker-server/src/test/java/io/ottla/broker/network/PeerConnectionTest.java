package io.ottla.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.api.Frames;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.message.FetchResponse.FetchableTopicResponse;
import io.ottla.protocol.message.FetchResponse.PartitionData;
import io.ottla.protocol.message.HeartbeatRequest;
import io.ottla.protocol.message.HeartbeatResponse;
import io.ottla.protocol.message.RequestHeader;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.protocol.schema.MessageParts;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections to a peer that the test plays itself, byte by byte, over real sockets. */
@Timeout(60)
class PeerConnectionTest {
    private static final short HEARTBEAT_VERSION = 4;
    private static final short FETCH_VERSION = 17;
    private static final int MAX_RESPONSE_BYTES = 1 << 20;

    private final NetworkLoops loops = NetworkLoops.start(2);
    private final PeerConnections connections = new PeerConnections(loops, Runnable::run);
    private final List<PeerChannel> opened = new ArrayList<>();
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void end() throws IOException {
        opened.forEach(PeerChannel::close);
        server.close();
        connections.close();
        loops.close();
    }

    @Test
    void writesRequestsAsTheyComeAndGivesEachItsResponse() throws Exception {
        PeerChannel channel = open(10_000, 10);
        List<CompletableFuture<HeartbeatResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(heartbeat(channel));
        }
        try (Peer peer = accept()) {
            List<RequestHeader> headers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                headers.add(peer.receive());
            }
            assertThat(headers)
                    .allSatisfy(header -> assertThat(header.clientId()).isEqualTo("broker-1"));
            for (int i = 0; i < 5; i++) {
                peer.answer(headers.get(i), new HeartbeatResponse().setThrottleTimeMs(i));
            }
            for (int i = 0; i < 5; i++) {
                assertThat(answers.get(i).join().throttleTimeMs()).isEqualTo(i);
            }
        }
    }

    @Test
    void completesOnTheLoopItWasOpenedOnWhileRecordsAreAlive() throws Exception {
        var loop = connections.loops().get(1);
        PeerChannel channel = connections.open(
                loop, "localhost", server.getLocalPort(), new PeerSettings("broker-1", 10_000, 10_000, 5, 1 << 20, -1));
        opened.add(channel);
        byte[] records = new byte[300_000];
        records[299_999] = 7;
        CompletableFuture<byte[]> read = channel.<FetchResponse>send(new FetchRequest(), FETCH_VERSION)
                .thenApply(response -> {
                    assertThat(loop.inEventLoop()).isTrue();
                    return ByteBufUtil.getBytes(((BufferRecords) response.responses()
                                    .get(0)
                                    .partitions()
                                    .get(0)
                                    .records())
                            .buffer());
                });
        try (Peer peer = accept()) {
            FetchableTopicResponse topic = new FetchableTopicResponse();
            topic.partitions()
                    .add(new PartitionData().setRecords(BufferRecords.borrow(Unpooled.wrappedBuffer(records))));
            FetchResponse response = new FetchResponse();
            response.responses().add(topic);
            peer.answer(peer.receive(), response);
            assertThat(read.join()).isEqualTo(records);
        }
    }

    @Test
    void failsWhatIsInFlightWhenThePeerHangsUpAndConnectsForTheNextRequest() throws Exception {
        PeerChannel channel = open(10_000, 10);
        CompletableFuture<HeartbeatResponse> lost = heartbeat(channel);
        try (Peer peer = accept()) {
            peer.receive();
        }
        assertUnreachable(lost, "closed by the peer");
        CompletableFuture<HeartbeatResponse> next = heartbeat(channel);
        try (Peer peer = accept()) {
            peer.answer(peer.receive(), new HeartbeatResponse());
            assertThat(next.join()).isNotNull();
        }
    }

    @Test
    void endsTheConnectionWhenAResponseIsLate() throws Exception {
        PeerChannel channel = open(50, 10);
        CompletableFuture<HeartbeatResponse> late = heartbeat(channel);
        try (Peer peer = accept()) {
            assertUnreachable(late, "no response within 50 ms");
            peer.receive();
            assertThat(peer.isClosed()).isTrue();
        }
    }

    @Test
    void endsTheConnectionWhenAResponseCannotBeUnderstood() throws Exception {
        PeerChannel channel = open(10_000, 10);
        for (Garbage garbage : List.<Garbage>of(
                header -> frame(header.setCorrelationId(header.correlationId() + 1), new HeartbeatResponse()),
                header -> new byte[] {0, 0, 0, 2, 1, 1},
                header -> new byte[] {127, 0, 0, 2, 1, 1},
                header -> new byte[] {0, 0, 0, 6, 0, 0, 0, (byte) header.correlationId(), 9, 9})) {
            CompletableFuture<HeartbeatResponse> answer = heartbeat(channel);
            try (Peer peer = accept()) {
                peer.send(garbage.of(peer.receive()));
                assertThatThrownBy(answer::join).hasCauseInstanceOf(PeerUnreachableException.class);
                assertThat(peer.isClosed()).isTrue();
            }
        }
    }

    @Test
    void takesNoMoreRequestsThanItsBound() {
        PeerChannel channel = open(10_000, 2);
        CompletableFuture<HeartbeatResponse> first = heartbeat(channel);
        CompletableFuture<HeartbeatResponse> second = heartbeat(channel);
        assertUnreachable(heartbeat(channel), "2 requests are in flight already");
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
    }

    @Test
    void failsEverythingOnceClosed() {
        PeerChannel channel = open(10_000, 10);
        CompletableFuture<HeartbeatResponse> before = heartbeat(channel);
        channel.close();
        assertUnreachable(before, "closed on this side");
        assertUnreachable(heartbeat(channel), "closed on this side");
    }

    @Test
    void tellsOfEachRefusalAndConnectsAgainWhenThePeerIsBack() throws Exception {
        int port = server.getLocalPort();
        CountDownLatch refusals = new CountDownLatch(3);
        PeerChannel channel = open(10_000, 10);
        channel.keepOpen(refusals::countDown);
        Peer first = accept();
        server.close();
        first.close();
        assertThat(refusals.await(30, TimeUnit.SECONDS)).isTrue();
        server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        try (Peer peer = accept()) {
            CompletableFuture<HeartbeatResponse> answer = heartbeat(channel);
            peer.answer(peer.receive(), new HeartbeatResponse());
            assertThat(answer.join()).isNotNull();
        }
    }

    @Test
    void failsARequestWhoseAttemptToConnectIsRefused() throws Exception {
        server.close();
        assertUnreachable(heartbeat(open(10_000, 10)), "cannot connect");
    }

    @Test
    void worksOverNioAsWell() throws Exception {
        try (NetworkLoops nio = NetworkLoops.startNio(1);
                PeerConnections overNio = new PeerConnections(nio, Runnable::run)) {
            CountDownLatch refused = new CountDownLatch(1);
            PeerChannel channel = overNio.open("127.0.0.1", server.getLocalPort(), settings(10_000, 10));
            CompletableFuture<HeartbeatResponse> answer = heartbeat(channel);
            Peer peer = accept();
            peer.answer(peer.receive(), new HeartbeatResponse());
            assertThat(answer.join()).isNotNull();
            channel.keepOpen(refused::countDown);
            server.close();
            peer.close();
            assertThat(refused.await(30, TimeUnit.SECONDS)).isTrue();
            channel.close();
        }
    }

    private interface Garbage {
        byte[] of(RequestHeader header) throws IOException;
    }

    private static PeerSettings settings(long timeoutMs, int maxInFlight) {
        return new PeerSettings("broker-1", timeoutMs, 10_000, maxInFlight, MAX_RESPONSE_BYTES, -1);
    }

    private PeerChannel open(long timeoutMs, int maxInFlight) {
        PeerChannel channel = connections.open("127.0.0.1", server.getLocalPort(), settings(timeoutMs, maxInFlight));
        opened.add(channel);
        return channel;
    }

    private static CompletableFuture<HeartbeatResponse> heartbeat(PeerChannel channel) {
        return channel.send(new HeartbeatRequest(), HEARTBEAT_VERSION);
    }

    private static void assertUnreachable(CompletableFuture<?> answer, String why) {
        assertThatThrownBy(answer::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(PeerUnreachableException.class)
                .hasMessageContaining(why);
    }

    private Peer accept() throws IOException {
        return new Peer(server.accept());
    }

    private static byte[] frame(RequestHeader header, ApiMessage response) {
        MessageParts parts = Frames.writeResponse(
                ByteBufAllocator.DEFAULT, response, header.requestApiVersion(), header.correlationId());
        ByteBuf whole = Unpooled.copiedBuffer(parts.parts().toArray(ByteBuf[]::new));
        parts.release();
        return ByteBufUtil.getBytes(whole);
    }

    /** The other end of one connection. */
    private record Peer(Socket socket) implements AutoCloseable {
        RequestHeader receive() throws IOException {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return Frames.readRequestHeader(Unpooled.wrappedBuffer(frame));
        }

        void answer(RequestHeader header, ApiMessage response) throws IOException {
            send(frame(header, response));
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        boolean isClosed() throws IOException {
            return socket.getInputStream().read() < 0;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
