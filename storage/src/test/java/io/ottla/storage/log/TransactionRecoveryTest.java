package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.storage.index.AbortedTransaction;
import io.ottla.storage.log.LogView.FirstBatch;
import io.ottla.storage.producer.ProducerState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a restart, clean or not, knows the same producers, open transactions and aborted transactions. Method: seeded
 * transactions of several producers over many small segments, in real files.
 */
class TransactionRecoveryTest {
    private static final int PRODUCERS = 5;

    @TempDir
    private Path directory;

    private final int[] nextSequences = new int[PRODUCERS];
    private final boolean[] inTransaction = new boolean[PRODUCERS];

    private void appendSome(LogFixture fixture, Random random) {
        for (int i = 0; i < 150; i++) {
            int id = random.nextInt(PRODUCERS);
            if (inTransaction[id] && random.nextInt(3) == 0) {
                appendMarker(fixture, id, random.nextBoolean() ? Outcome.ABORT : Outcome.COMMIT);
            } else {
                appendData(fixture, id, 1 + random.nextInt(3));
            }
        }
        fixture.log.advanceHighWatermark(fixture.log.view().logEndOffset());
    }

    private void appendData(LogFixture fixture, int id, int count) {
        ByteBuf buffer = Unpooled.directBuffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(buffer, LogFixture.START_MS)
                .producer(id, (short) 1, nextSequences[id])
                .transactional();
        for (int i = 0; i < count; i++) {
            builder.append(LogFixture.START_MS, null, new byte[50]);
        }
        builder.build();
        append(fixture, buffer, AppendOrigin.CLIENT);
        nextSequences[id] += count;
        inTransaction[id] = true;
    }

    private void appendMarker(LogFixture fixture, int id, Outcome outcome) {
        ByteBuf buffer = Unpooled.directBuffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(buffer, LogFixture.START_MS)
                .producer(id, (short) 1, -1)
                .transactional()
                .control();
        new EndTransactionMarker(outcome, 4)
                .appendTo(builder, LogFixture.START_MS)
                .build();
        append(fixture, buffer, AppendOrigin.COORDINATOR);
        inTransaction[id] = false;
    }

    private static void append(LogFixture fixture, ByteBuf buffer, AppendOrigin origin) {
        assertThat(fixture.log.append(buffer, 0, origin).message()).isNull();
        buffer.release();
    }

    /** What a restart must not change. */
    private record Knowledge(long lastStableOffset, List<AbortedTransaction> aborted, List<String> producers) {
        static Knowledge of(LogFixture fixture) {
            LogView view = fixture.log.view();
            List<AbortedTransaction> aborted = new ArrayList<>();
            try {
                for (long base : view.segmentBaseOffsets()) {
                    FetchedRecords records = view.read(base, 1 << 20, view.logEndOffset(), FirstBatch.WHOLE);
                    view.abortedTransactions(records).stream()
                            .filter(transaction -> !aborted.contains(transaction))
                            .forEach(aborted::add);
                    records.release();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new Knowledge(
                    view.lastStableOffset(),
                    aborted,
                    fixture.log.producers().producers().stream()
                            .map(Knowledge::describe)
                            .toList());
        }

        private static String describe(ProducerState state) {
            return state.producerId() + ":" + state.epoch() + ":" + state.lastSequence() + ":" + state.lastOffset()
                    + ":" + state.coordinatorEpoch() + ":" + state.transactionFirstOffset();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aRestartKnowsWhatWasKnownBefore(long seed) throws IOException {
        Random random = new Random(seed);
        try (LogFixture fixture = new LogFixture(directory, LogFixture.smallSegments(4096))) {
            for (int round = 0; round < 4; round++) {
                appendSome(fixture, random);
                if (random.nextBoolean()) {
                    fixture.log.flushed(fixture.log.view().logEndOffset());
                    fixture.settle();
                }
                appendSome(fixture, random);
                fixture.settle();
                Knowledge before = Knowledge.of(fixture);
                assertThat(before.aborted()).isNotEmpty();
                if (random.nextInt(3) == 0) {
                    fixture.restartCleanly();
                } else {
                    fixture.crashAndRecover();
                }
                assertThat(Knowledge.of(fixture)).as("round %d", round).isEqualTo(before);
            }
        }
    }

    @Test
    void indexesThatAreMissingAfterACleanShutdownAreRebuilt() throws IOException {
        try (LogFixture fixture = new LogFixture(directory, LogFixture.smallSegments(4096))) {
            appendSome(fixture, new Random(9));
            fixture.settle();
            Knowledge before = Knowledge.of(fixture);
            long highWatermark = fixture.log.view().highWatermark();
            fixture.log.close();
            fixture.settle();
            try (Stream<Path> files = Files.list(directory.resolve(LogFixture.PARTITION.toString()))) {
                for (Path file : files.filter(path -> path.toString().matches(".*\\.(index|txnindex)"))
                        .toList()) {
                    Files.delete(file);
                }
            }
            fixture.open(true, 0, highWatermark);
            assertThat(Knowledge.of(fixture)).isEqualTo(before);
        }
    }

    /** KAFKA-12153: with its records the transaction is gone, and must not hold back, or be looked up for, what comes then. */
    @Test
    void aTruncationThatCutsAnOpenTransactionAwayLeavesNothingUnstable() throws IOException {
        try (LogFixture fixture = new LogFixture(directory, LogFixture.smallSegments(4096))) {
            fixture.append(5, 50);
            fixture.log.advanceHighWatermark(5);
            appendData(fixture, 1, 3);
            fixture.append(2, 50);
            fixture.log.advanceHighWatermark(10);
            assertThat(fixture.log.view().lastStableOffset()).isEqualTo(5);
            fixture.log.truncateTo(5);
            assertStableUpToTheEnd(fixture, 5);
            fixture.append(4, 50);
            fixture.log.advanceHighWatermark(9);
            assertStableUpToTheEnd(fixture, 9);
            nextSequences[1] = 0;
            appendData(fixture, 1, 1);
            assertThat(fixture.log.view().lastStableOffset()).isEqualTo(9);
            fixture.log.truncateFullyAndStartAt(100);
            assertStableUpToTheEnd(fixture, 100);
            fixture.append(1, 50);
            fixture.log.advanceHighWatermark(101);
            assertStableUpToTheEnd(fixture, 101);
        }
    }

    private static void assertStableUpToTheEnd(LogFixture fixture, long end) {
        LogView view = fixture.log.view();
        assertThat(List.of(view.logEndOffset(), view.highWatermark(), view.lastStableOffset()))
                .containsOnly(end);
        assertThat(fixture.log.producers().firstUnstableOffset()).isEqualTo(-1);
        assertThat(fixture.readAll(view.logStartOffset(), view.lastStableOffset()))
                .hasSizeGreaterThanOrEqualTo(view.logStartOffset() < end ? 1 : 0);
    }
}
