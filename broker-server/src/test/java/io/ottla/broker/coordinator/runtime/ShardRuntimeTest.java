package io.ottla.broker.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordBatchBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the runtime promises to every coordinator: batches, committed answers, rollback, load and resignation. A manual loop
 * and a log in memory decide when anything happens.
 */
class ShardRuntimeTest {
    private static final int PARTITION = 7;
    private static final int TIMEOUT_MS = 5000;

    private final ManualLoop loop = ManualLoop.entered();
    private final MemoryLog log = new MemoryLog();
    private final List<CounterShard> shards = new ArrayList<>();
    private ShardRuntime<CounterShard> runtime = newRuntime(CompressionCodec.NONE);

    private ShardRuntime<CounterShard> newRuntime(CompressionCodec codec) {
        return new ShardRuntime<>(
                new ShardDefinition<>(
                        "counters",
                        CounterShard.FORMAT,
                        context -> {
                            CounterShard shard = new CounterShard(context);
                            shards.add(shard);
                            return shard;
                        },
                        new ShardSettings(TIMEOUT_MS, 4096, 256, codec)),
                new ShardServices(
                        partition -> loop,
                        loop,
                        log,
                        log,
                        loop.ticker(),
                        loop.clock(),
                        UnpooledByteBufAllocator.DEFAULT));
    }

    @BeforeEach
    void elect() {
        runtime.onElection(PARTITION, 1);
        loop.runAll();
    }

    private CounterShard shard() {
        return shards.get(shards.size() - 1);
    }

    private CompletableFuture<Long> set(String name, long number) {
        return runtime.write(PARTITION, shard -> shard.set(name, number));
    }

    private static ErrorCode errorOf(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        Throwable cause = future.handle((result, failure) -> failure).join();
        Throwable reason = cause instanceof CompletionException ? cause.getCause() : cause;
        return ((ApiException) reason).error();
    }

    @Test
    void commandsOfOneTurnAreOneBatch() {
        List<CompletableFuture<Long>> answers =
                IntStream.range(0, 20).mapToObj(i -> set("n" + i, i)).toList();
        assertThat(answers).noneMatch(CompletableFuture::isDone);
        loop.runAll();
        assertThat(answers).allMatch(CompletableFuture::isDone);
        assertThat(log.batches(PARTITION)).hasSize(1);
        assertThat(RecordBatch.recordCount(
                        Unpooled.wrappedBuffer(log.batches(PARTITION).get(0)), 0))
                .isEqualTo(20);
    }

    @Test
    void commandsDuringAnAppendAreTheNextBatch() {
        log.hold();
        set("a", 1);
        loop.runAll();
        CompletableFuture<Long> second = set("a", 2);
        CompletableFuture<Long> third = set("b", 3);
        loop.runAll();
        assertThat(log.heldCount()).isEqualTo(1);
        log.releaseHeld();
        loop.runAll();
        assertThat(log.batches(PARTITION)).hasSize(2);
        assertThat(second).isCompletedWithValue(1L);
        assertThat(third).isCompleted();
    }

    @Test
    void aFullBatchIsFollowedByAnother() {
        IntStream.range(0, 100).forEach(i -> set("n" + i, i));
        loop.runAll();
        assertThat(log.batches(PARTITION)).hasSizeGreaterThan(1).allMatch(batch -> batch.length <= 4096);
        assertThat(shard().snapshot()).hasSize(100);
    }

    @Test
    void laterCommandsSeeWhatEarlierOnesWillHaveWritten() {
        log.hold();
        set("a", 1);
        loop.runAll();
        set("a", 2);
        CompletableFuture<Map<String, Long>> seen = runtime.query(PARTITION, CounterShard::snapshot);
        assertThat(seen).isCompletedWithValue(Map.of("a", 2L));
    }

    @Test
    void aCommittedQueryWaitsForWhatItShows() {
        log.hold();
        set("a", 1);
        CompletableFuture<Map<String, Long>> seen = runtime.queryCommitted(PARTITION, CounterShard::snapshot);
        loop.runAll();
        assertThat(seen).isNotDone();
        log.releaseHeld();
        loop.runAll();
        assertThat(seen).isCompletedWithValue(Map.of("a", 1L));
    }

    @Test
    void aRefusedAppendIsTakenBackWithAllThatWasBuiltOnIt() {
        set("a", 1);
        set("c", 3);
        loop.runAll();
        log.hold();
        CompletableFuture<Long> refused = set("a", 2);
        loop.runAll();
        CompletableFuture<Long> behind = set("a", 3);
        CompletableFuture<Long> removed =
                runtime.write(PARTITION, shard -> new CommandResult<>(List.of(CounterShard.tombstone("c")), 0L));
        log.failHeld(ErrorCode.NOT_ENOUGH_REPLICAS, false);
        loop.runAll();
        assertThat(errorOf(refused)).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(errorOf(behind)).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(errorOf(removed)).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(shard().snapshot()).containsExactly(Map.entry("a", 1L), Map.entry("c", 3L));
        assertThat(shards).hasSize(1);
    }

    @Test
    void aLostLeadershipMayHaveWritten() {
        log.hold();
        CompletableFuture<Long> lost = set("a", 1);
        loop.runAll();
        runtime.onElection(PARTITION, 2);
        log.failHeld(ErrorCode.NOT_LEADER_OR_FOLLOWER, true);
        log.releaseHeld();
        loop.runAll();
        assertThat(errorOf(lost)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(shards).hasSize(2);
        assertThat(shard().snapshot()).containsExactly(Map.entry("a", 1L));
        assertThat(set("b", 2)).isNotCompletedExceptionally();
    }

    @Test
    void anAppendOfUnknownFateReloadsTheShard() {
        log.hold();
        CompletableFuture<Long> first = set("a", 1);
        loop.runAll();
        CompletableFuture<Long> behind = set("b", 2);
        log.failHeld(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND, true);
        loop.runAll();
        assertThat(errorOf(first)).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
        assertThat(errorOf(behind)).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
        assertThat(shards).hasSize(2);
        assertThat(shards.get(0).unloaded).isTrue();
        assertThat(shard().snapshot()).containsExactly(Map.entry("a", 1L));
    }

    @Test
    void aSlowAppendIsAnsweredInTimeAndStillCounts() {
        log.hold();
        CompletableFuture<Long> first = set("a", 1);
        loop.advanceMs(3000);
        CompletableFuture<Long> behind = set("a", 2);
        loop.advanceMs(TIMEOUT_MS - 3000);
        assertThat(errorOf(first)).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
        assertThat(runtime.isStalled(PARTITION)).isTrue();
        assertThat(behind).isNotDone();
        loop.advanceMs(3001);
        assertThat(errorOf(behind)).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
        log.releaseHeld();
        loop.runAll();
        assertThat(runtime.isStalled(PARTITION)).isFalse();
        assertThat(shard().snapshot()).containsExactly(Map.entry("a", 2L));
        assertThat(log.batches(PARTITION)).hasSize(2);
    }

    @Test
    void aCommandThatFitsNoBatchIsRefusedAlone() {
        CompletableFuture<Long> good = set("a", 1);
        List<CoordinatorRecord> many = IntStream.range(0, 200)
                .mapToObj(i -> CounterShard.record("big" + i, i))
                .toList();
        List<ErrorCode> outcomes = new ArrayList<>();
        CompletableFuture<Long> big = runtime.write(PARTITION, shard -> new CommandResult<>(many, 0L, outcomes::add));
        loop.runAll();
        assertThat(good).isCompleted();
        assertThat(errorOf(big)).isEqualTo(ErrorCode.RECORD_LIST_TOO_LARGE);
        assertThat(outcomes).containsExactly(ErrorCode.RECORD_LIST_TOO_LARGE);
        assertThat(shard().snapshot()).containsOnlyKeys("a");
    }

    @Test
    void aCommandWhoseRecordCannotBeEncodedFailsAlone() {
        CompletableFuture<Long> bad = set("x".repeat(40_000), 1);
        CompletableFuture<Long> good = set("a", 1);
        loop.runAll();
        assertThat(bad).isCompletedExceptionally();
        assertThat(good).isCompleted();
        assertThat(shard().snapshot()).containsOnlyKeys("a");
    }

    @Test
    void aThrowingCommandChangesNothing() {
        CompletableFuture<Long> failed = runtime.write(PARTITION, shard -> {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "no");
        });
        assertThat(errorOf(failed)).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void outcomesAreToldBeforeTheAnswer() {
        List<String> events = new ArrayList<>();
        CompletableFuture<Long> answer = runtime.write(
                PARTITION,
                shard -> new CommandResult<>(
                        List.of(CounterShard.record("a", 1)), 1L, error -> events.add("outcome " + error)));
        CompletableFuture<Void> told = answer.thenAccept(value -> events.add("answer " + value));
        loop.runAll();
        assertThat(told).isCompleted();
        assertThat(events).containsExactly("outcome NONE", "answer 1");
    }

    @Test
    void anElectionReplaysTheLogInChunks() {
        for (int i = 0; i < 30; i++) {
            set("n" + i % 10, i);
            loop.runAll();
        }
        runtime.write(PARTITION, shard -> new CommandResult<>(List.of(CounterShard.tombstone("n3")), 0L));
        loop.runAll();
        Map<String, Long> before = shard().snapshot();
        runtime.onResignation(PARTITION, 1);
        loop.runAll();
        runtime.onElection(PARTITION, 2);
        loop.runAll();
        assertThat(shards).hasSize(2);
        assertThat(shard().loaded).isTrue();
        assertThat(shard().snapshot()).isEqualTo(before).hasSize(9);
    }

    @Test
    void requestsDuringTheLoadAreToldSo() {
        runtime.onElection(8, 1);
        assertThat(errorOf(runtime.query(8, CounterShard::snapshot))).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(errorOf(runtime.write(8, shard -> shard.set("a", 1))))
                .isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        loop.runAll();
        assertThat(runtime.query(8, CounterShard::snapshot)).isCompleted();
    }

    @Test
    void requestsForOtherPartitionsAreToldSo() {
        assertThat(errorOf(runtime.query(9, CounterShard::snapshot))).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void aResignationAnswersWhatIsPending() {
        log.hold();
        CompletableFuture<Long> inFlight = set("a", 1);
        loop.runAll();
        CompletableFuture<Long> queued = set("b", 1);
        runtime.onResignation(PARTITION, 2);
        loop.runAll();
        assertThat(errorOf(inFlight)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(errorOf(queued)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(shard().unloaded).isTrue();
        log.releaseHeld();
        loop.runAll();
        assertThat(errorOf(set("c", 1))).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void aResignationDuringTheLoadEndsIt() {
        runtime.onElection(8, 1);
        runtime.onResignation(8, 1);
        loop.runAll();
        assertThat(shard().loaded).isFalse();
        assertThat(runtime.partitions()).containsExactly(PARTITION);
    }

    @Test
    void olderNewsAreIgnored() {
        runtime.onElection(PARTITION, 5);
        runtime.onResignation(PARTITION, 4);
        runtime.onElection(PARTITION, 3);
        loop.runAll();
        assertThat(shards).hasSize(1);
        assertThat(set("a", 1)).isNotCompletedExceptionally();
    }

    @Test
    void timersAreVoidAfterResignation() {
        List<String> fired = new ArrayList<>();
        shard().context.schedule(10, () -> fired.add("kept"));
        shard().context.schedule(20, () -> fired.add("void"));
        shard().context.schedule(15, () -> fired.add("cancelled")).cancel();
        loop.advanceMs(15);
        runtime.onResignation(PARTITION, 1);
        loop.advanceMs(100);
        assertThat(fired).containsExactly("kept");
    }

    @Test
    void aFailedLoadIsNoCoordinator() {
        log.failReads(new IOException("disk"));
        log.write(8, batchOf(CounterShard.record("a", 1)));
        runtime.onElection(8, 1);
        loop.runAll();
        assertThat(errorOf(runtime.query(8, CounterShard::snapshot))).isEqualTo(ErrorCode.NOT_COORDINATOR);
        log.failReads(null);
        runtime.onElection(8, 2);
        loop.runAll();
        assertThat(runtime.query(8, CounterShard::snapshot)).isCompletedWithValue(Map.of("a", 1L));
    }

    @Test
    void recordsOfUnknownTypesAreSkipped() {
        ByteBuf batch = Unpooled.buffer();
        new RecordBatchBuilder(batch, 0)
                .append(0, new byte[] {0, 99, 1}, new byte[] {5})
                .build();
        log.write(8, bytes(batch));
        log.write(8, batchOf(CounterShard.record("a", 1)));
        runtime.onElection(8, 1);
        loop.runAll();
        assertThat(runtime.query(8, CounterShard::snapshot)).isCompletedWithValue(Map.of("a", 1L));
    }

    @Test
    void recordsOfTransactionsCountOnceCommitted() {
        log.write(8, transactional(10, CounterShard.record("committed", 1)));
        log.write(8, transactional(11, CounterShard.record("aborted", 1)));
        log.write(8, transactional(12, CounterShard.record("open", 1)));
        log.write(8, marker(10, EndTransactionMarker.Outcome.COMMIT));
        log.write(8, marker(11, EndTransactionMarker.Outcome.ABORT));
        runtime.onElection(8, 1);
        loop.runAll();
        assertThat(runtime.query(8, CounterShard::snapshot)).isCompletedWithValue(Map.of("committed", 1L));
    }

    @Test
    void compressedBatchesAreWrittenAndLoaded() {
        runtime = newRuntime(CompressionCodec.LZ4);
        runtime.onElection(8, 1);
        loop.runAll();
        runtime.write(8, shard -> shard.set("a", 1));
        loop.runAll();
        assertThat(RecordBatch.codec(Unpooled.wrappedBuffer(log.batches(8).get(0)), 0))
                .isEqualTo(CompressionCodec.LZ4);
        runtime.onResignation(8, 1);
        runtime.onElection(8, 2);
        loop.runAll();
        assertThat(shard().snapshot()).containsExactly(Map.entry("a", 1L));
    }

    private static byte[] batchOf(CoordinatorRecord record) {
        ByteBuf target = Unpooled.buffer();
        return build(target, new RecordBatchBuilder(target, 0), record);
    }

    private static byte[] transactional(long producerId, CoordinatorRecord record) {
        ByteBuf target = Unpooled.buffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(target, 0)
                .producer(producerId, (short) 0, 0)
                .transactional();
        return build(target, builder, record);
    }

    private static byte[] build(ByteBuf target, RecordBatchBuilder builder, CoordinatorRecord record) {
        EncodedRecords records =
                EncodedRecords.encode(List.of(record), CounterShard.FORMAT, UnpooledByteBufAllocator.DEFAULT);
        records.appendTo(builder, 0);
        records.release();
        builder.build();
        return bytes(target);
    }

    private static byte[] marker(long producerId, EndTransactionMarker.Outcome outcome) {
        ByteBuf target = Unpooled.buffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(target, 0)
                .producer(producerId, (short) 0, -1)
                .transactional()
                .control();
        new EndTransactionMarker(outcome, 0).appendTo(builder, 0).build();
        return bytes(target);
    }

    private static byte[] bytes(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }
}
