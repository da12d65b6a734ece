package io.ottla.compat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.Ticker;
import io.ottla.broker.config.Endpoint;
import io.ottla.broker.config.SecurityProtocol;
import io.ottla.broker.feature.ClusterFeatures;
import io.ottla.broker.network.ConnectionLimits;
import io.ottla.broker.network.NetworkLoops;
import io.ottla.broker.network.NetworkServer;
import io.ottla.broker.network.NetworkSettings;
import io.ottla.broker.request.BrokerIdentity;
import io.ottla.broker.request.HandlerRegistry;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.broker.request.RequestMemory;
import io.ottla.broker.request.RequestServices;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ProduceRequest;
import io.ottla.protocol.schema.ApiMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Hostile frames ({@code -Dfuzz.frames}) against the network layer in this process, with a
 * handler for every API: a healthy client is
 * answered all along, memory stays bounded, and nothing stays behind.
 */
@Isolated("judges the memory of this process")
class NetworkFuzzTest {

    private static final long SEED = 20260101;
    private static final long FRAMES = Long.getLong("fuzz.frames", 300_000);
    private static final int CLIENTS = 16;
    private static final long MAX_DIRECT_BYTES = 64 << 20;
    private static final long MAX_HEAP_GROWTH_BYTES = 32 << 20;

    @Test
    void answersAHealthyClientAllAlongWithinBoundedMemory() throws Exception {
        NetworkLoops loops = NetworkLoops.start(2);
        ConnectionLimits limits = new ConnectionLimits(ConnectionLimits.Limits.NONE);
        RequestMemory memory = new RequestMemory(256 << 20);
        Endpoint listener = new Endpoint("PLAINTEXT", SecurityProtocol.PLAINTEXT, "127.0.0.1", 0);
        NetworkSettings settings = new NetworkSettings(102400, 102400, 50, 104857600, 600_000);
        PooledByteBufAllocator allocator = (PooledByteBufAllocator) loops.allocator();
        try (NetworkServer server =
                new NetworkServer(loops, settings, List.of(listener), "", limits, Ticker.systemTicker())) {
            server.bind();
            server.serve(new RequestServices(registry(), memory, 500));
            InetSocketAddress address = new InetSocketAddress("127.0.0.1", server.boundPort("PLAINTEXT"));
            FrameFuzz.run(new FrameFuzz.Plan(address, SEED - 1, FRAMES / 10, CLIENTS, Set.of()));
            long heapBefore = usedHeap();

            AtomicLong peakDirect = new AtomicLong();
            AtomicBoolean running = new AtomicBoolean(true);
            Thread sampler = new Thread(() -> {
                while (running.get()) {
                    peakDirect.accumulateAndGet(allocator.metric().usedDirectMemory(), Math::max);
                    LockSupport.parkNanos(1_000_000);
                }
            });
            sampler.start();
            FrameFuzz.Report report = FrameFuzz.run(new FrameFuzz.Plan(address, SEED, FRAMES, CLIENTS, Set.of()));
            running.set(false);
            sampler.join();
            System.out.printf(
                    "%s%npooled direct memory at most %d KiB, heap %d KiB before, %d KiB after%n",
                    report, peakDirect.get() >> 10, heapBefore >> 10, usedHeap() >> 10);

            assertThat(report.frames()).isGreaterThanOrEqualTo(FRAMES);
            assertThat(report.unanswered()).isZero();
            assertThat(report.healthyAnswers()).isPositive();
            assertThat(report.slowestAnswer()).isLessThan(Duration.ofSeconds(5));
            assertThat(peakDirect.get()).isLessThan(MAX_DIRECT_BYTES);
            assertThat(usedHeap() - heapBefore).isLessThan(MAX_HEAP_GROWTH_BYTES);
            awaitNothingHeld(limits, memory);
        } finally {
            loops.close();
        }
    }

    private static void awaitNothingHeld(ConnectionLimits limits, RequestMemory memory) {
        await().until(() -> limits.connections() == 0 && memory.usedBytes() == 0);
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static HandlerRegistry registry() {
        List<DefaultAnswer> handlers = Arrays.stream(ApiKey.values())
                .filter(key -> key != ApiKey.API_VERSIONS)
                .map(DefaultAnswer::new)
                .toList();
        return new HandlerRegistry(handlers, new BrokerIdentity("cluster", 1), new ClusterFeatures());
    }

    /** Answers any request of an API with what the schema has for defaults. */
    private record DefaultAnswer(ApiKey apiKey) implements RequestHandler<ApiMessage, ApiMessage> {

        @Override
        public CompletionStage<ApiMessage> handle(RequestContext context, ApiMessage request) {
            boolean isSilent = request instanceof ProduceRequest produce && produce.acks() == 0;
            if (isSilent) {
                context.closeConnection("the fuzz wants to see the fate of every frame");
            }
            return CompletableFuture.completedFuture(isSilent ? null : apiKey.newResponse());
        }

        @Override
        public ApiMessage errorResponse(ApiMessage request, ErrorCode error, String message) {
            return apiKey.newResponse();
        }
    }
}
