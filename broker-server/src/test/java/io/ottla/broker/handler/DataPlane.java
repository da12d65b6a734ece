package io.ottla.broker.handler;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrPartitionState;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrTopicState;
import io.ottla.protocol.message.UpdateMetadataRequest;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataBroker;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataEndpoint;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataPartitionState;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataTopicState;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.replication.metadata.ControllerFence;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.partition.LeaderServices;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionLocator;
import io.ottla.replication.partition.PartitionSet;
import io.ottla.replication.partition.ReplicaControl;
import io.ottla.replication.partition.RequiredAcks;
import io.ottla.storage.file.NioLogDirectory;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.store.LogStore;
import io.ottla.storage.store.StoreEnvironment;
import io.ottla.storage.store.StoreSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Broker 1 with real logs and without a network: two loops and the workers run on the test's thread, in an order drawn from
 * a seed. Broker 2 exists in the metadata only.
 */
public final class DataPlane implements AutoCloseable {

    public static final int BROKER = 1;
    public static final long NOW_MS = 1_700_000_000_000L;

    public final MockTicker ticker = Ticker.newMockTicker();
    public final List<ManualLoop> loops = List.of(new ManualLoop(ticker), new ManualLoop(ticker));
    public final Queue<Runnable> work = new ArrayDeque<>();
    public final Random random;
    public final MetadataCache metadata = new MetadataCache();
    public final LogStore logs;
    public final PartitionSet partitions;
    public final PartitionLocator locator;
    public final ReplicaControl control;
    public final Map<String, LogConfig> configs = new HashMap<>();

    /** What the operating system says of files that are asked about. */
    public boolean inMemory = true;

    public DataPlane(Path directory, long seed) throws IOException {
        this.random = new Random(seed);
        Clock clock = Clock.fixed(Instant.ofEpochMilli(NOW_MS), ZoneOffset.UTC);
        this.partitions = new PartitionSet(
                loops,
                clock,
                new LeaderServices(
                        BROKER, () -> 1, proposal -> new CompletableFuture<>(), metadata, 30_000, work::add));
        this.locator = new PartitionLocator(partitions, metadata);
        this.logs = new LogStore(
                List.of(new ForgetfulDirectory(NioLogDirectory.open(directory), () -> inMemory).asLogDirectory()),
                StoreSettings.DEFAULT,
                new StoreEnvironment(
                        loops.get(0),
                        partition -> partitions.homeLoop(partition.topic(), partition.partition()),
                        work::add,
                        clock,
                        partition -> LogConfig.DEFAULT,
                        new Random(seed)));
        logs.start();
        this.control = new ReplicaControl(
                BROKER,
                partitions,
                logs,
                new ControllerFence(() -> 1),
                topic -> CompletableFuture.completedFuture(configs.getOrDefault(topic, LogConfig.DEFAULT)));
        announce();
    }

    /** The id that topics get here. */
    public static UUID idOf(String topic) {
        return new UUID(77, topic.hashCode() | 1L << 40);
    }

    /** Leads partitions 0 to {@code count - 1} of the topic, in leader epoch 0. */
    public void lead(String topic, int count) {
        for (int partition = 0; partition < count; partition++) {
            order(topic, partition, BROKER, 0, List.of(BROKER));
        }
    }

    /** Carries out a LeaderAndIsr order and announces it. */
    public void order(String topic, int partition, int leader, int leaderEpoch, List<Integer> isr) {
        await(control.apply(
                new LeaderAndIsrRequest()
                        .setTopicStates(List.of(new LeaderAndIsrTopicState()
                                .setTopicName(topic)
                                .setTopicId(idOf(topic))
                                .setPartitionStates(List.of(new LeaderAndIsrPartitionState()
                                        .setPartitionIndex(partition)
                                        .setLeader(leader)
                                        .setLeaderEpoch(leaderEpoch)
                                        .setIsr(isr)
                                        .setReplicas(isr))))),
                LeaderAndIsrRequest.HIGHEST_VERSION));
        announce(new UpdateMetadataTopicState()
                .setTopicName(topic)
                .setTopicId(idOf(topic))
                .setPartitionStates(List.of(new UpdateMetadataPartitionState()
                        .setPartitionIndex(partition)
                        .setLeader(leader)
                        .setLeaderEpoch(leaderEpoch)
                        .setReplicas(isr)
                        .setIsr(isr))));
    }

    /** Tells the metadata of topics, with both brokers alive. */
    public void announce(UpdateMetadataTopicState... topics) {
        metadata.apply(new UpdateMetadataRequest()
                .setControllerId(BROKER)
                .setTopicStates(List.of(topics))
                .setLiveBrokers(List.of(broker(1), broker(2))));
    }

    private static UpdateMetadataBroker broker(int id) {
        return new UpdateMetadataBroker()
                .setId(id)
                .setEndpoints(List.of(new UpdateMetadataEndpoint()
                        .setListener(TestContext.LISTENER)
                        .setHost("host" + id)
                        .setPort(9090 + id)));
    }

    public Partition hosted(String topic, int partition) {
        Partition hosted = partitions.get(topic, partition);
        if (hosted == null) {
            throw new AssertionError(topic + "-" + partition + " is not hosted");
        }
        return hosted;
    }

    /** Runs one step of anything that has something to do; false if nothing has. */
    public boolean runOne() {
        int first = random.nextInt(3);
        for (int i = 0; i < 3; i++) {
            int who = (first + i) % 3;
            if (who < 2) {
                if (loops.get(who).runOne()) {
                    return true;
                }
            } else if (!work.isEmpty()) {
                work.remove().run();
                return true;
            }
        }
        return false;
    }

    public void run() {
        while (runOne()) {
            // Until nothing is left.
        }
    }

    public void advanceMs(long ms) {
        run();
        ticker.advanceMillis(ms);
        run();
    }

    public <T> T await(CompletionStage<T> stage) {
        run();
        return now(stage);
    }

    /** The result of a stage that must be complete. */
    public static <T> T now(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (!future.isDone()) {
            throw new AssertionError("not complete");
        }
        return future.join();
    }

    /** Hands a request to a handler on the connection's loop, as the network does, failures included. */
    public <Q extends ApiMessage, S extends ApiMessage> CompletableFuture<@Nullable S> send(
            RequestHandler<Q, S> handler, RequestContext context, Q request) {
        CompletableFuture<@Nullable S> result = new CompletableFuture<>();
        context.loop().execute(() -> {
            try {
                handler.handle(context, request).whenComplete((response, failure) -> {
                    if (failure == null) {
                        result.complete(response);
                    } else {
                        result.completeExceptionally(failure);
                    }
                });
            } catch (ApiException e) {
                result.complete(handler.errorResponse(request, e.error(), e.getMessage()));
            }
        });
        return result;
    }

    /** The response to a request that is answered without further ado. */
    public <Q extends ApiMessage, S extends ApiMessage> S ask(
            RequestHandler<Q, S> handler, RequestContext context, Q request) {
        S response = await(send(handler, context, request));
        if (response == null) {
            throw new AssertionError("no response");
        }
        KafkaParser.parse(response, context.apiVersion());
        return response;
    }

    /** Appends a batch of these values, which must succeed. */
    public long append(String topic, int partition, String... values) {
        Partition hosted = hosted(topic, partition);
        List<AppendResult> results = new ArrayList<>();
        ByteBuf batch = batch(values);
        hosted.loop().execute(() -> hosted.append(batch, 12, RequiredAcks.LEADER, results::add));
        run();
        if (results.size() != 1 || !results.get(0).isSuccess()) {
            throw new AssertionError("append: " + results);
        }
        return results.get(0).baseOffset();
    }

    public static ByteBuf batch(String... values) {
        return batch(NOW_MS, values);
    }

    public static ByteBuf batch(long timestampMs, String... values) {
        ByteBuf target = Unpooled.buffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(target, timestampMs);
        for (String value : values) {
            builder.append(timestampMs, null, value.getBytes(StandardCharsets.UTF_8));
        }
        builder.build();
        return target;
    }

    @Override
    public void close() {
        await(control.stopAll());
        await(logs.close(1));
    }
}
