package io.ottla.replication.partition;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrPartitionState;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrTopicState;
import io.ottla.protocol.message.LeaderAndIsrResponse;
import io.ottla.protocol.message.LeaderAndIsrResponse.LeaderAndIsrPartitionError;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.replication.metadata.ControllerFence;
import io.ottla.replication.metadata.MetadataCache;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Broker 1 with real logs in a directory of the test, and two loops that run on the test's thread, in an order drawn from a
 * seed. Workers run where they are called unless the test has its own.
 */
final class ReplicaFixture implements AutoCloseable {

    static final int BROKER = 1;
    static final UUID TOPIC_ID = new UUID(11, 22);
    static final long NOW_MS = 1_700_000_000_000L;
    static final long LAG_MAX_MS = 30_000;

    final MockTicker ticker = Ticker.newMockTicker();
    final List<ManualLoop> loops = List.of(new ManualLoop(ticker), new ManualLoop(ticker));
    final Random random;
    final LogStore logs;
    final PartitionSet partitions;
    final ControllerFence fence = new ControllerFence(() -> 50);
    final ReplicaControl control;
    final Map<String, LogConfig> configs = new HashMap<>();
    final List<String> leaderships = new ArrayList<>();
    final MetadataCache metadata = new MetadataCache();
    final List<IsrChanges.Proposal> proposals = new ArrayList<>();
    CompletableFuture<IsrChanges.Answer> answer = new CompletableFuture<>();
    final IsrChanges isrChanges = proposal -> {
        proposals.add(proposal);
        return answer;
    };
    int configReads;

    ReplicaFixture(Path directory, long seed) throws IOException {
        this(directory, seed, Runnable::run);
    }

    ReplicaFixture(Path directory, long seed, Executor workers) throws IOException {
        this.random = new Random(seed);
        Clock clock = Clock.fixed(Instant.ofEpochMilli(NOW_MS), ZoneOffset.UTC);
        this.partitions = new PartitionSet(
                loops, clock, new LeaderServices(BROKER, () -> 50, isrChanges, metadata, LAG_MAX_MS, workers));
        this.logs = new LogStore(
                List.of(NioLogDirectory.open(directory)),
                StoreSettings.DEFAULT,
                new StoreEnvironment(
                        loops.get(0),
                        partition -> partitions.homeLoop(partition.topic(), partition.partition()),
                        workers,
                        clock,
                        partition -> LogConfig.DEFAULT,
                        new Random(seed)));
        logs.start();
        this.control = new ReplicaControl(BROKER, partitions, logs, fence, topic -> {
            configReads++;
            return CompletableFuture.completedFuture(configs.getOrDefault(topic, LogConfig.DEFAULT));
        });
        control.addListener(new LeadershipListener() {
            @Override
            public void onLeader(io.ottla.protocol.api.TopicPartition partition, int leaderEpoch) {
                leaderships.add("lead " + partition + " " + leaderEpoch);
            }

            @Override
            public void onResign(io.ottla.protocol.api.TopicPartition partition, int leaderEpoch) {
                leaderships.add("resign " + partition + " " + leaderEpoch);
            }
        });
    }

    /** Runs all loops until nothing is left to do. */
    void run() {
        ManualLoop.interleave(random, loops);
    }

    <T> T await(CompletionStage<T> stage) {
        run();
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (!future.isDone()) {
            throw new AssertionError("not completed though nothing is left to run");
        }
        return future.join();
    }

    /** Leads a partition alone, in leader epoch 0. */
    Partition lead(String topic, int partition) {
        order(0, topic, TOPIC_ID, state(partition, BROKER, 0, BROKER));
        return hosted(topic, partition);
    }

    Partition hosted(String topic, int partition) {
        Partition hosted = partitions.get(topic, partition);
        if (hosted == null) {
            throw new AssertionError(topic + "-" + partition + " is not hosted");
        }
        return hosted;
    }

    /** Carries out an order; the error codes by partition in the order of the states. */
    List<Short> order(int controllerEpoch, String topic, UUID topicId, LeaderAndIsrPartitionState... states) {
        LeaderAndIsrResponse response = await(control.apply(
                new LeaderAndIsrRequest()
                        .setControllerEpoch(controllerEpoch)
                        .setTopicStates(List.of(new LeaderAndIsrTopicState()
                                .setTopicName(topic)
                                .setTopicId(topicId)
                                .setPartitionStates(List.of(states)))),
                LeaderAndIsrRequest.HIGHEST_VERSION));
        return response.topics().iterator().next().partitionErrors().stream()
                .map(LeaderAndIsrPartitionError::errorCode)
                .toList();
    }

    static LeaderAndIsrPartitionState state(int partition, int leader, int leaderEpoch, Integer... isr) {
        return new LeaderAndIsrPartitionState()
                .setPartitionIndex(partition)
                .setLeader(leader)
                .setLeaderEpoch(leaderEpoch)
                .setIsr(List.of(isr))
                .setReplicas(List.of(isr));
    }

    /** An append that the test can look at while it is under way. */
    static final class Append implements AppendListener {
        final List<AppendResult> results = new ArrayList<>();
        ByteBuf payload = Unpooled.EMPTY_BUFFER;

        @Override
        public void onAppend(AppendResult result) {
            results.add(result);
        }

        AppendResult result() {
            if (results.size() != 1) {
                throw new AssertionError("ended " + results.size() + " times: " + results);
            }
            return results.get(0);
        }
    }

    /** Appends a batch of one record on the partition's home loop and runs everything. */
    Append append(Partition partition, RequiredAcks acks, String value) {
        Append append = new Append();
        append.payload = batch(value);
        partition.loop().execute(() -> partition.append(append.payload, 12, acks, append));
        run();
        return append;
    }

    static ByteBuf batch(String... values) {
        ByteBuf target = Unpooled.buffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(target, NOW_MS);
        for (String value : values) {
            builder.append(NOW_MS, null, value.getBytes(StandardCharsets.UTF_8));
        }
        builder.build();
        return target;
    }

    @Override
    public void close() {
        await(control.stopAll());
        await(logs.close(50));
    }
}
