package io.ottla.broker.handler.fetch;

import static io.ottla.broker.handler.fetch.FetchHandlerTest.full;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.only;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.partition;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.release;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.sizeOf;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.handler.DataPlane;
import io.ottla.broker.handler.TestContext;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.message.FetchResponse.PartitionData;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.RequiredAcks;
import io.ottla.replication.quota.LeaderThrottle;
import io.ottla.replication.quota.ReplicationThrottle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fetches that wait: what wakes them, and that nothing that should is lost, whatever the order of the loops. */
class WaitingFetchTest {

    private static final int LONG_MS = 200_000;

    @TempDir
    private Path directory;

    private DataPlane plane;
    private FetchHandler handler;

    @BeforeEach
    void open() throws IOException {
        open(8);
    }

    private void open(long seed) throws IOException {
        plane = new DataPlane(directory, seed);
        plane.lead("t", 4);
        handler = new FetchHandler(
                plane.locator,
                new FetchHandler.Settings(
                        1 << 20, 10, ReplicaSelector.RACK_AWARE, FetchHandler.Settings.HOT_TAIL_BYTES),
                plane.work::add,
                plane.ticker,
                new Random(seed),
                new LeaderThrottle(new ReplicationThrottle(plane.ticker, 11, 1), 1));
    }

    @AfterEach
    void close() {
        plane.close();
    }

    @Test
    void anAppendToAnyOfItsPartitionsWakesAFetch() {
        CompletableFuture<FetchResponse> answer = send(full(partition(0, 0), partition(1, 0)));
        plane.run();
        assertThat(answer).isNotDone();
        plane.append("t", 1, "a");
        FetchResponse response = DataPlane.now(answer);
        assertThat(response.responses().get(0).partitions())
                .extracting(FetchHandlerTest::sizeOf)
                .satisfiesExactly(first -> assertThat(first).isZero(), second -> assertThat(second)
                        .isPositive());
        release(response);
        assertNobodyWaits();
    }

    @Test
    void theDeadlineEndsAWaitWithWhatThereIs() {
        CompletableFuture<FetchResponse> answer =
                send(full(partition(0, 0)).setMinBytes(1000).setMaxWaitMs(300));
        plane.append("t", 0, "a");
        plane.advanceMs(299);
        assertThat(answer).isNotDone();
        plane.advanceMs(1);
        FetchResponse response = DataPlane.now(answer);
        assertThat(sizeOf(only(response))).isPositive();
        release(response);
        assertNobodyWaits();
    }

    @Test
    void minBytesAreCountedOverAllPartitions() {
        int size = DataPlane.batch("a").readableBytes();
        CompletableFuture<FetchResponse> answer =
                send(full(partition(0, 0), partition(1, 0)).setMinBytes(3 * size));
        plane.append("t", 0, "a");
        plane.append("t", 1, "b");
        assertThat(answer).isNotDone();
        plane.append("t", 0, "c");
        FetchResponse response = DataPlane.now(answer);
        assertThat(response.responses().get(0).partitions())
                .extracting(FetchHandlerTest::sizeOf)
                .containsExactly(2 * size, size);
        release(response);
    }

    @Test
    void losingTheLeadWakesAFetchWithTheError() {
        plane.order("two", 0, DataPlane.BROKER, 0, List.of(DataPlane.BROKER, 2));
        FetchRequest request = full(partition(0, 0).setCurrentLeaderEpoch(0));
        request.topics().get(0).setTopic("two");
        CompletableFuture<FetchResponse> answer = send(request);
        plane.run();
        assertThat(answer).isNotDone();
        plane.order("two", 0, 2, 1, List.of(DataPlane.BROKER, 2));
        assertThat(only(DataPlane.now(answer)).errorCode()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH.code());
    }

    @Test
    void consumersDoNotSeeWhatIsNotCommitted() {
        plane.order("two", 0, DataPlane.BROKER, 0, List.of(DataPlane.BROKER, 2));
        plane.append("two", 0, "a");
        FetchRequest request = full(partition(0, 0));
        request.topics().get(0).setTopic("two");
        CompletableFuture<FetchResponse> answer = send(request);
        plane.run();
        assertThat(answer).isNotDone();
        plane.append("two", 0, "b");
        assertThat(answer).isNotDone();
        plane.order("two", 0, DataPlane.BROKER, 1, List.of(DataPlane.BROKER));
        FetchResponse response = DataPlane.now(answer);
        assertThat(only(response).highWatermark()).isEqualTo(2);
        release(response);
    }

    /**
     * Time stands still, so a lost wake-up would leave a fetch waiting for ever. A consumer with a session follows four
     * partitions while appends happen between any two steps of the loops.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void noWakeUpIsLost(long seed) throws IOException {
        plane.close();
        open(seed);
        Random random = new Random(seed);
        long[] written = new long[4];
        long[] read = new long[4];
        int session = 0;
        int epoch = 0;
        FetchRequest request = full(partition(0, 0), partition(1, 0), partition(2, 0), partition(3, 0))
                .setSessionEpoch(0)
                .setMaxWaitMs(LONG_MS);
        CompletableFuture<FetchResponse> answer = send(request);
        for (int step = 0; step < 1_000; step++) {
            if (random.nextInt(4) == 0) {
                int target = random.nextInt(4);
                Partition partition = plane.hosted("t", target);
                partition
                        .loop()
                        .execute(() -> partition.append(
                                DataPlane.batch("v"), 12, RequiredAcks.LEADER, result -> written[target]++));
            }
            plane.runOne();
            if (random.nextInt(20) == 0) {
                plane.run();
                assertThat(answer.isDone() || sum(written) == sum(read)).isTrue();
            }
            if (answer.isDone()) {
                FetchResponse response = answer.join();
                session = response.sessionId();
                FetchRequest next = new FetchRequest()
                        .setSessionId(session)
                        .setSessionEpoch(++epoch)
                        .setMinBytes(1)
                        .setMaxWaitMs(LONG_MS);
                for (var topic : response.responses()) {
                    for (PartitionData data : topic.partitions()) {
                        assertThat(data.errorCode()).isZero();
                        int records = sizeOf(data) / DataPlane.batch("v").readableBytes();
                        read[data.partitionIndex()] += records;
                        next.topics().add(topic(partition(data.partitionIndex(), read[data.partitionIndex()])));
                    }
                }
                release(response);
                answer = send(next);
            }
        }
        plane.append("t", 0, "end");
        release(DataPlane.now(answer));
    }

    private static long sum(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum;
    }

    private CompletableFuture<FetchResponse> send(FetchRequest request) {
        if (request.maxWaitMs() == 100) {
            request.setMaxWaitMs(LONG_MS);
        }
        return plane.send(handler, new TestContext(12, plane.loops.get(1)), request);
    }

    private void assertNobodyWaits() {
        assertThat(plane.partitions.all())
                .allMatch(partition -> partition.committedWaits().size() == 0);
    }
}
