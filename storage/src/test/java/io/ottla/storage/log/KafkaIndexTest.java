package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.storage.index.OffsetIndex;
import io.ottla.storage.index.TimeIndex;
import io.ottla.storage.index.TransactionIndex;
import io.ottla.storage.segment.LogSegment;
import io.ottla.storage.segment.SegmentFiles;
import java.io.File;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: Apache Kafka's own classes read our indexes and find in them what we find. Method: a log of random batches is
 * written, and its files are opened by both.
 */
class KafkaIndexTest {
    private static final int MAX_INDEX_BYTES = 10 << 20;

    @TempDir
    private Path directory;

    @Test
    void findsTheSamePositionsForAllOffsets() throws Exception {
        try (LogFixture fixture = filled()) {
            SegmentList segments = fixture.log.view().segments();
            for (LogSegment segment : segments.asList()) {
                try (var kafka = new org.apache.kafka.storage.internals.log.OffsetIndex(
                        file(segment, OffsetIndex.SUFFIX), segment.baseOffset(), MAX_INDEX_BYTES, false)) {
                    kafka.sanityCheck();
                    assertThat(segment.offsetIndex().entryCount()).isEqualTo(kafka.entries());
                    for (long offset = segment.baseOffset(); offset < segment.baseOffset() + 3000; offset += 7) {
                        assertThat(segment.offsetIndex().positionBefore(offset))
                                .isEqualTo(kafka.lookup(offset).position());
                    }
                }
            }
        }
    }

    @Test
    void findsTheSameOffsetsForAllTimes() throws Exception {
        try (LogFixture fixture = filled()) {
            long endMs = fixture.clock.nowMs;
            for (LogSegment segment : fixture.log.view().segments().asList()) {
                try (var kafka = new org.apache.kafka.storage.internals.log.TimeIndex(
                        file(segment, TimeIndex.SUFFIX), segment.baseOffset(), MAX_INDEX_BYTES, false)) {
                    kafka.sanityCheck();
                    assertThat(segment.timeIndex().entryCount()).isEqualTo(kafka.entries());
                    for (long time = LogFixture.START_MS - 10; time < endMs + 10; time += 97) {
                        assertThat(segment.timeIndex().offsetBefore(time))
                                .isEqualTo(kafka.lookup(time).offset());
                    }
                }
            }
        }
    }

    @Test
    void holdsTheSameAbortedTransactions() throws Exception {
        try (LogFixture fixture = new LogFixture(directory, LogConfig.DEFAULT)) {
            transactional(fixture, 5, 0);
            transactional(fixture, 6, 0);
            end(fixture, 6, EndTransactionMarker.Outcome.ABORT);
            end(fixture, 5, EndTransactionMarker.Outcome.ABORT);
            LogSegment segment = fixture.log.view().segments().active();
            try (var kafka = new org.apache.kafka.storage.internals.log.TransactionIndex(
                    0, file(segment, TransactionIndex.SUFFIX))) {
                kafka.sanityCheck();
                assertThat(kafka.allAbortedTxns()).hasSize(2);
                for (int i = 0; i < 2; i++) {
                    var ours = segment.transactionIndex().all().get(i);
                    var theirs = kafka.allAbortedTxns().get(i);
                    assertThat(ours.producerId()).isEqualTo(theirs.producerId());
                    assertThat(ours.firstOffset()).isEqualTo(theirs.firstOffset());
                    assertThat(ours.lastOffset()).isEqualTo(theirs.lastOffset());
                    assertThat(ours.lastStableOffset()).isEqualTo(theirs.lastStableOffset());
                }
            }
        }
    }

    static void transactional(LogFixture fixture, long producerId, int sequence) {
        ByteBuf buffer = Unpooled.buffer();
        new RecordBatchBuilder(buffer, fixture.clock.nowMs)
                .producer(producerId, (short) 0, sequence)
                .transactional()
                .append(fixture.clock.nowMs, null, new byte[10])
                .build();
        assertThat(fixture.log.append(buffer, 0, AppendOrigin.CLIENT).message()).isNull();
    }

    static void end(LogFixture fixture, long producerId, EndTransactionMarker.Outcome outcome) {
        ByteBuf buffer = Unpooled.buffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(buffer, fixture.clock.nowMs)
                .producer(producerId, (short) 0, -1)
                .transactional()
                .control();
        new EndTransactionMarker(outcome, 0)
                .appendTo(builder, fixture.clock.nowMs)
                .build();
        assertThat(fixture.log.append(buffer, 0, AppendOrigin.COORDINATOR).message())
                .isNull();
    }

    private LogFixture filled() {
        LogFixture fixture = new LogFixture(directory, LogFixture.smallSegments(400_000));
        Random random = new Random(42);
        for (int i = 0; i < 4000; i++) {
            fixture.clock.nowMs += random.nextInt(50) - 10; // Out of order at times.
            fixture.append(1 + random.nextInt(3), random.nextInt(300));
        }
        fixture.log.close();
        fixture.settle();
        fixture.open(true, 0, 0);
        return fixture;
    }

    private File file(LogSegment segment, String suffix) {
        return directory
                .resolve("letters-0")
                .resolve(SegmentFiles.name(segment.baseOffset(), suffix))
                .toFile();
    }
}
