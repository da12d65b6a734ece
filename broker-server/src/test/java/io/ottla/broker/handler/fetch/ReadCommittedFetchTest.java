package io.ottla.broker.handler.fetch;

import static io.ottla.broker.handler.fetch.FetchHandlerTest.full;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.only;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.partition;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.release;
import static io.ottla.broker.handler.fetch.FetchHandlerTest.sizeOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.broker.handler.DataPlane;
import io.ottla.broker.handler.TestContext;
import io.ottla.broker.handler.log.ListOffsetsHandler;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.message.FetchResponse.PartitionData;
import io.ottla.protocol.message.ListOffsetsRequest;
import io.ottla.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import io.ottla.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.replication.partition.AppendListener;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.RequiredAcks;
import io.ottla.replication.quota.LeaderThrottle;
import io.ottla.replication.quota.ReplicationThrottle;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.producer.VerificationGuard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What read_committed consumers get of transactions, and when; over real logs. */
class ReadCommittedFetchTest {
    private static final long ID = 5;
    private static final byte READ_COMMITTED = 1;

    private DataPlane plane;
    private FetchHandler handler;

    private record Append(VerificationGuard guard) implements AppendListener {
        @Override
        public void onAppend(AppendResult result) {
            assertThat(result.message()).isNull();
        }
    }

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        plane = new DataPlane(directory, 8);
        plane.lead("t", 1);
        handler = new FetchHandler(
                plane.locator,
                new FetchHandler.Settings(
                        1 << 20, 10, ReplicaSelector.RACK_AWARE, FetchHandler.Settings.HOT_TAIL_BYTES),
                plane.work::add,
                plane.ticker,
                new Random(8),
                new LeaderThrottle(new ReplicationThrottle(plane.ticker, 11, 1), 1));
    }

    @AfterEach
    void close() {
        plane.close();
    }

    private void append(int sequence, int valueBytes) {
        ByteBuf batch = Unpooled.buffer();
        new RecordBatchBuilder(batch, DataPlane.NOW_MS)
                .producer(ID, (short) 0, sequence)
                .transactional()
                .append(DataPlane.NOW_MS, null, new byte[valueBytes])
                .build();
        Partition hosted = plane.hosted("t", 0);
        Append listener = new Append(VerificationGuard.NOT_REQUIRED);
        hosted.loop().execute(() -> hosted.append(batch, 12, RequiredAcks.ALL, listener));
        plane.run();
    }

    private void end(Outcome outcome) {
        ByteBuf batch = Unpooled.buffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(batch, DataPlane.NOW_MS)
                .producer(ID, (short) 0, -1)
                .transactional()
                .control();
        new EndTransactionMarker(outcome, 1).appendTo(builder, DataPlane.NOW_MS).build();
        Partition hosted = plane.hosted("t", 0);
        hosted.loop().execute(() -> hosted.appendMarker(batch, Partition.ANY_EPOCH, false, new Append(null)));
        plane.run();
    }

    private CompletableFuture<FetchResponse> fetch(int minBytes) {
        CompletableFuture<FetchResponse> answer = plane.send(
                handler,
                new TestContext(12, plane.loops.get(0)),
                full(partition(0, 0))
                        .setIsolationLevel(READ_COMMITTED)
                        .setMinBytes(minBytes)
                        .setMaxWaitMs(100_000));
        plane.run();
        return answer;
    }

    /** The marker has fewer bytes than the fetch waits for, but what it sets free has more. */
    @Test
    void aMarkerWakesAFetchThatWaitsForWhatItSetsFree() {
        CompletableFuture<FetchResponse> answer = fetch(5_000);
        append(0, 6_000);
        append(1, 6_000);
        assertThat(answer).isNotDone();
        end(Outcome.ABORT);
        FetchResponse response = DataPlane.now(answer);
        PartitionData data = only(response);
        assertThat(sizeOf(data)).isGreaterThan(12_000);
        assertThat(data.lastStableOffset()).isEqualTo(3);
        assertThat(data.abortedTransactions()).singleElement().satisfies(aborted -> {
            assertThat(aborted.producerId()).isEqualTo(ID);
            assertThat(aborted.firstOffset()).isZero();
        });
        release(response);
    }

    @Test
    void theStartOfAnOpenTransactionThatIsDeletedHoldsNobodyBack() {
        append(0, 10);
        plane.append("t", 0, "plain");
        assertThat(latest(READ_COMMITTED)).isZero();
        assertThat(latest((byte) 0)).isEqualTo(2);
        CompletableFuture<FetchResponse> answer = fetch(1);
        Partition hosted = plane.hosted("t", 0);
        hosted.loop().execute(() -> hosted.deleteRecords(1));
        plane.run();
        assertThat(DataPlane.now(answer).responses()).hasSize(1);
        release(DataPlane.now(answer));
        assertThat(latest(READ_COMMITTED)).isEqualTo(1);
        end(Outcome.COMMIT);
        assertThat(latest(READ_COMMITTED)).isEqualTo(3);
    }

    private long latest(byte isolation) {
        ListOffsetsRequest request = new ListOffsetsRequest()
                .setReplicaId(-1)
                .setIsolationLevel(isolation)
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName("t")
                        .setPartitions(List.of(new ListOffsetsPartition()
                                .setPartitionIndex(0)
                                .setCurrentLeaderEpoch(-1)
                                .setTimestamp(-1)))));
        return plane.ask(
                        new ListOffsetsHandler(plane.locator, plane.work::add),
                        new TestContext(7, plane.loops.get(0)),
                        request)
                .topics()
                .get(0)
                .partitions()
                .get(0)
                .offset();
    }
}
