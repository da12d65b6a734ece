package io.ottla.bench.micro;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.handler.metadata.AutoTopicCreation;
import io.ottla.broker.handler.metadata.MetadataHandler;
import io.ottla.broker.request.ClientConnection;
import io.ottla.broker.request.RequestContext;
import io.ottla.protocol.message.MetadataRequest;
import io.ottla.protocol.message.MetadataRequest.MetadataRequestTopic;
import io.ottla.protocol.message.MetadataResponse;
import io.ottla.protocol.message.UpdateMetadataRequest;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataBroker;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataEndpoint;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataPartitionState;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataTopicState;
import io.ottla.protocol.schema.MessageParts;
import io.ottla.protocol.schema.MessageWriter;
import io.ottla.replication.metadata.MetadataCache;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From the image of the cluster to the bytes of a Metadata response for one topic. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MetadataBenchmark {
    private static final short VERSION = 12;
    private static final String LISTENER = "PLAINTEXT";
    private static final String TOPIC = "some-topic";
    private static final int PORT = 9092;
    private static final int EXPECTED_BYTES = 1024;

    @Param({"1", "10", "100"})
    public int partitions = 1;

    private final MetadataCache cache = new MetadataCache();
    private final MetadataHandler handler = new MetadataHandler(cache, new NoCreation(), "cluster");
    private final RequestContext context = new SomeRequest();
    private final MetadataRequest request = new MetadataRequest()
            .setAllowAutoTopicCreation(false)
            .setTopics(List.of(new MetadataRequestTopic().setName(TOPIC)));

    private static final class NoCreation implements AutoTopicCreation {
        @Override
        public boolean isEnabled() {
            return false;
        }

        @Override
        public CompletionStage<?> create(Collection<String> names, EventExecutor loop) {
            return CompletableFuture.completedFuture(null);
        }
    }

    private static final class SomeRequest implements RequestContext {
        @Override
        public ClientConnection connection() {
            throw new UnsupportedOperationException("there is no connection");
        }

        @Override
        public short apiVersion() {
            return VERSION;
        }

        @Override
        public int correlationId() {
            return 0;
        }

        @Override
        public @Nullable String clientId() {
            return null;
        }

        @Override
        public void releaseRequest() {}

        @Override
        public String listenerName() {
            return LISTENER;
        }
    }

    @Setup
    public void setUp() {
        UpdateMetadataBroker broker = new UpdateMetadataBroker()
                .setId(1)
                .setEndpoints(List.of(new UpdateMetadataEndpoint()
                        .setHost("127.0.0.1")
                        .setPort(PORT)
                        .setListener(LISTENER)));
        List<UpdateMetadataPartitionState> states = IntStream.range(0, partitions)
                .mapToObj(partition -> new UpdateMetadataPartitionState()
                        .setPartitionIndex(partition)
                        .setLeader(1)
                        .setReplicas(List.of(1))
                        .setIsr(List.of(1)))
                .toList();
        cache.apply(new UpdateMetadataRequest()
                .setControllerId(1)
                .setLiveBrokers(List.of(broker))
                .setTopicStates(List.of(new UpdateMetadataTopicState()
                        .setTopicName(TOPIC)
                        .setTopicId(new UUID(1, 1))
                        .setPartitionStates(states))));
    }

    @Benchmark
    public long respond() {
        MetadataResponse response =
                handler.handle(context, request).toCompletableFuture().join();
        if (response == null) {
            throw new IllegalStateException("no response");
        }
        MessageWriter out = MessageWriter.message(PooledByteBufAllocator.DEFAULT, EXPECTED_BYTES);
        response.write(out, VERSION);
        MessageParts parts = out.finish();
        long bytes = parts.totalBytes();
        parts.release();
        return bytes;
    }
}
