package io.ottla.broker.handler.fetch;

import static io.ottla.broker.handler.fetch.FetchHandlerTest.partition;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.release;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.sizeOf;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Ticker;
import io.ottla.broker.handler.DataPlane;
import io.ottla.broker.handler.TestContext;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.message.FetchResponse.PartitionData;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrPartitionState;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrTopicState;
import io.ottla.replication.metadata.ControllerFence;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.partition.LeaderServices;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionLocator;
import io.ottla.replication.partition.PartitionSet;
import io.ottla.replication.partition.ReplicaControl;
import io.ottla.replication.partition.RequiredAcks;
import io.ottla.replication.quota.LeaderThrottle;
import io.ottla.replication.quota.ReplicationThrottle;
import io.ottla.storage.file.NioLogDirectory;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.store.LogStore;
import io.ottla.storage.store.StoreEnvironment;
import io.ottla.storage.store.StoreSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Appends and waiting fetches on threads of their own: between a fetch's look at a partition and its place in the list
 * anything may happen, which loops on one thread cannot show. Every fetch may wait far longer than the test, so a wake-up
 * that is lost fails it.
 */
class FetchRaceTest {

    private static final int PARTITIONS = 4;
    private static final int ROUNDS = 2_000;
    private static final int LONG_MS = 200_000;

    @Test
    void noWakeUpIsLostBetweenThreads(@TempDir Path directory) throws Exception {
        List<EventExecutor> loops = List.of(new DefaultEventExecutor(), new DefaultEventExecutor());
        EventExecutor consumerLoop = new DefaultEventExecutor();
        PartitionSet partitions = new PartitionSet(
                loops,
                Clock.systemUTC(),
                new LeaderServices(
                        1, () -> 1, proposal -> new CompletableFuture<>(), new MetadataCache(), 30_000, consumerLoop));
        LogStore logs = new LogStore(
                List.of(NioLogDirectory.open(directory)),
                StoreSettings.DEFAULT,
                new StoreEnvironment(
                        loops.get(0),
                        partition -> partitions.homeLoop(partition.topic(), partition.partition()),
                        consumerLoop,
                        Clock.systemUTC(),
                        partition -> LogConfig.DEFAULT,
                        new Random(1)));
        logs.start().toCompletableFuture().get(20, TimeUnit.SECONDS);
        ReplicaControl control = new ReplicaControl(
                1,
                partitions,
                logs,
                new ControllerFence(() -> 1),
                topic -> CompletableFuture.completedFuture(LogConfig.DEFAULT));
        lead(control);
        FetchHandler handler = new FetchHandler(
                new PartitionLocator(partitions, new MetadataCache()),
                new FetchHandler.Settings(1 << 20, 10, ReplicaSelector.RACK_AWARE),
                consumerLoop,
                Ticker.systemTicker(),
                new Random(1),
                new LeaderThrottle(new ReplicationThrottle(Ticker.systemTicker(), 11, 1), 1));
        long read = 0;
        long[] next = new long[PARTITIONS];
        CompletableFuture<FetchResponse> answer = send(handler, consumerLoop, first());
        int epoch = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            Partition partition = partitions.get("t", round % PARTITIONS);
            assertThat(partition).isNotNull();
            partition
                    .loop()
                    .execute(() -> partition.append(DataPlane.batch("v"), 12, RequiredAcks.LEADER, result -> {}));
            while (read < round) {
                FetchResponse response = answer.get(20, TimeUnit.SECONDS);
                FetchRequest request = new FetchRequest()
                        .setSessionId(response.sessionId())
                        .setSessionEpoch(++epoch)
                        .setMinBytes(1)
                        .setMaxWaitMs(LONG_MS);
                for (var topic : response.responses()) {
                    for (PartitionData data : topic.partitions()) {
                        int records = sizeOf(data) / DataPlane.batch("v").readableBytes();
                        read += records;
                        next[data.partitionIndex()] += records;
                        request.topics().add(topic(partition(data.partitionIndex(), next[data.partitionIndex()])));
                    }
                }
                release(response);
                answer = send(handler, consumerLoop, request);
            }
        }
        control.stopAll().toCompletableFuture().get(20, TimeUnit.SECONDS);
        release(answer.get(20, TimeUnit.SECONDS));
        logs.close(1).toCompletableFuture().get(20, TimeUnit.SECONDS);
        loops.forEach(EventExecutor::shutdownGracefully);
        consumerLoop.shutdownGracefully();
    }

    private static void lead(ReplicaControl control) throws Exception {
        List<LeaderAndIsrPartitionState> states = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            states.add(new LeaderAndIsrPartitionState()
                    .setPartitionIndex(partition)
                    .setLeader(1)
                    .setIsr(List.of(1))
                    .setReplicas(List.of(1)));
        }
        control.apply(
                        new LeaderAndIsrRequest()
                                .setTopicStates(List.of(new LeaderAndIsrTopicState()
                                        .setTopicName("t")
                                        .setPartitionStates(states))),
                        LeaderAndIsrRequest.HIGHEST_VERSION)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    private static FetchRequest first() {
        FetchRequest request =
                new FetchRequest().setSessionEpoch(0).setMinBytes(1).setMaxWaitMs(LONG_MS);
        request.topics().add(topic(partition(0, 0), partition(1, 0), partition(2, 0), partition(3, 0)));
        return request;
    }

    private static CompletableFuture<FetchResponse> send(
            FetchHandler handler, EventExecutor loop, FetchRequest request) {
        CompletableFuture<FetchResponse> result = new CompletableFuture<>();
        loop.execute(() -> handler.handle(new TestContext(12, loop), request).whenComplete((response, failure) -> {
            if (failure == null) {
                result.complete(response);
            } else {
                result.completeExceptionally(failure);
            }
        }));
        return result;
    }
}
