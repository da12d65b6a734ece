package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.storage.log.LogView.FirstBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: whatever happens to a log, a read_committed consumer sees the records of committed transactions and of none, and
 * no others, and never passes an undecided one (KAFKA-9807). Method: seeded transactions, high watermarks, rolls,
 * truncations, deletions, restarts and crashes against a model; after each step the view is read as Apache Kafka's
 * consumer reads, with the aborted transactions of each response. A follower that gets the same bytes must agree.
 */
class ReadCommittedModelTest {
    private static final int PRODUCERS = 4;

    @TempDir
    private Path directory;

    @TempDir
    private Path followerDirectory;

    private record Written(long offset, long producerId, boolean transactional) {}

    /** All data records by offset, and the markers. */
    private final TreeMap<Long, Written> data = new TreeMap<>();

    private final TreeMap<Long, Written> markers = new TreeMap<>();
    private final Set<Long> commits = new HashSet<>();
    private final int[] sequences = new int[PRODUCERS];

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aConsumerSeesWhatIsCommittedAndNothingElse(long seed) throws IOException {
        Random random = new Random(seed);
        LogConfig config = LogFixture.smallSegments(3000);
        try (LogFixture leader = new LogFixture(directory, config);
                LogFixture follower = new LogFixture(followerDirectory, config)) {
            for (int step = 0; step < 250; step++) {
                step(leader, random);
                verify(leader.log.view());
                if (step % 5 == 0) {
                    copy(leader, follower, random);
                    verify(follower.log.view());
                }
                if (random.nextInt(20) == 0) {
                    leader.settle();
                    follower.settle();
                }
            }
        }
        assertThat(commits).isNotEmpty();
        assertThat(markers.keySet()).anyMatch(marker -> !commits.contains(marker));
    }

    private void step(LogFixture leader, Random random) {
        LogView view = leader.log.view();
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4 -> advance(leader, random);
            case 5 -> leader.log.roll();
            case 6 -> truncate(leader, random);
            case 7 -> restart(leader, random);
            case 8 -> deleteRecords(leader, random);
            case 9, 10 -> appendData(leader, random.nextInt(PRODUCERS), 1 + random.nextInt(3), false);
            case 11, 12, 13, 14, 15 -> appendMarker(leader, random.nextInt(PRODUCERS), random.nextInt(3) > 0);
            default -> appendData(leader, random.nextInt(PRODUCERS), 1 + random.nextInt(4), true);
        }
    }

    /** High watermarks are ends of batches. */
    private static void advance(LogFixture leader, Random random) {
        LogView view = leader.log.view();
        List<Long> ends = leader.readAll(view.highWatermark(), view.logEndOffset());
        if (!ends.isEmpty()) {
            ends.add(view.logEndOffset());
            leader.log.advanceHighWatermark(ends.get(random.nextInt(ends.size())));
        }
    }

    /** Producers 0 and 1 are never transactional with the same id as 2 and 3 are: a transaction takes all of a producer. */
    private void appendData(LogFixture leader, int producer, int count, boolean transactional) {
        boolean inTransaction = transactional && producer >= PRODUCERS / 2;
        ByteBuf buffer = Unpooled.directBuffer();
        RecordBatchBuilder builder =
                new RecordBatchBuilder(buffer, LogFixture.START_MS).producer(producer, (short) 0, sequences[producer]);
        if (inTransaction) {
            builder.transactional();
        } else if (producer >= PRODUCERS / 2) {
            buffer.release();
            return;
        }
        for (int i = 0; i < count; i++) {
            builder.append(LogFixture.START_MS, null, new byte[40]);
        }
        builder.build();
        AppendResult result = leader.log.append(buffer, 0, AppendOrigin.CLIENT);
        buffer.release();
        assertThat(result.message()).isNull();
        sequences[producer] += count;
        for (long offset = result.baseOffset(); offset <= result.lastOffset(); offset++) {
            data.put(offset, new Written(offset, producer, inTransaction));
        }
    }

    private void appendMarker(LogFixture leader, int producer, boolean commit) {
        if (producer < PRODUCERS / 2) {
            return;
        }
        ByteBuf buffer = Unpooled.directBuffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(buffer, LogFixture.START_MS)
                .producer(producer, (short) 0, -1)
                .transactional()
                .control();
        new EndTransactionMarker(commit ? Outcome.COMMIT : Outcome.ABORT, 1)
                .appendTo(builder, LogFixture.START_MS)
                .build();
        AppendResult result = leader.log.append(buffer, 0, AppendOrigin.COORDINATOR);
        buffer.release();
        assertThat(result.message()).isNull();
        markers.put(result.baseOffset(), new Written(result.baseOffset(), producer, true));
        if (commit) {
            commits.add(result.baseOffset());
        }
    }

    private void truncate(LogFixture leader, Random random) {
        LogView view = leader.log.view();
        long lowest = Math.max(view.highWatermark(), view.logStartOffset() + 1);
        if (view.logEndOffset() <= lowest) {
            return;
        }
        leader.log.truncateTo(lowest + random.nextInt((int) (view.logEndOffset() - lowest)));
        forgetFrom(leader);
    }

    private void forgetFrom(LogFixture leader) {
        long end = leader.log.view().logEndOffset();
        data.tailMap(end, true).clear();
        markers.tailMap(end, true).clear();
        commits.removeIf(offset -> offset >= end);
        for (int producer = 0; producer < PRODUCERS; producer++) {
            var state = leader.log.producers().producer(producer);
            sequences[producer] = state == null ? 0 : state.lastSequence() + 1;
        }
    }

    private void restart(LogFixture leader, Random random) {
        if (random.nextBoolean()) {
            leader.restartCleanly();
        } else {
            leader.settle();
            leader.crashAndRecover();
        }
        forgetFrom(leader);
    }

    private void deleteRecords(LogFixture leader, Random random) {
        LogView view = leader.log.view();
        long span = view.highWatermark() - view.logStartOffset();
        long target = view.logStartOffset() + random.nextInt((int) span / 3 + 1);
        leader.log.deleteRecordsBefore(target);
        if (random.nextBoolean()) {
            leader.log.deleteSegmentsBefore(leader.log.view().logStartOffset(), "a test");
        }
    }

    private static void copy(LogFixture leader, LogFixture follower, Random random) {
        LogView from = leader.log.view();
        // What is above may have been replaced by a truncation of the leader.
        follower.log.truncateTo(follower.log.view().highWatermark());
        if (follower.log.view().logEndOffset() < from.logStartOffset()) {
            follower.log.truncateFullyAndStartAt(from.logStartOffset());
        }
        long next = follower.log.view().logEndOffset();
        while (next < from.logEndOffset()) {
            ByteBuf bytes = LogFixture.bytes(from.read(next, 700, from.logEndOffset(), FirstBatch.WHOLE));
            assertThat(follower.log.appendAsFollower(bytes).message()).isNull();
            next = follower.log.view().logEndOffset();
        }
        follower.log.advanceHighWatermark(from.highWatermark());
        if (random.nextBoolean()) {
            follower.log.deleteRecordsBefore(
                    Math.min(from.logStartOffset(), follower.log.view().highWatermark()));
        }
    }

    private void verify(LogView view) throws IOException {
        assertThat(view.lastStableOffset()).isBetween(view.logStartOffset(), view.highWatermark());
        List<Long> expected = new ArrayList<>();
        for (Written record : data.subMap(view.logStartOffset(), true, view.lastStableOffset(), false)
                .values()) {
            if (!record.transactional() || isCommitted(record, view)) {
                expected.add(record.offset());
            }
        }
        assertThat(consume(view)).as("%s", view).isEqualTo(expected);
        // After a restart nobody knows what an open transaction has before the log start, nor that a marker is above
        // the
        // high watermark: its outcome is decided in any case. Apache Kafka's snapshots do not tell either.
        assertThat(view.lastStableOffset())
                .as("%s", view)
                .isBetween(
                        firstUnstable(view, 0, view.highWatermark()),
                        firstUnstable(view, view.logStartOffset(), view.logEndOffset()));
    }

    private boolean isCommitted(Written record, LogView view) {
        Written end = endOf(record);
        assertThat(end)
                .as("%s is below the last stable offset of %s", record, view)
                .isNotNull();
        return commits.contains(end.offset());
    }

    private Written endOf(Written record) {
        return markers.tailMap(record.offset()).values().stream()
                .filter(marker -> marker.producerId() == record.producerId())
                .findFirst()
                .orElse(null);
    }

    /** The first offset of a transaction that is open or whose marker is not below an offset, within the log. */
    private long firstUnstable(LogView view, long from, long decidedBelow) {
        for (Written record :
                data.subMap(from, Math.max(from, view.highWatermark())).values()) {
            Written end = record.transactional() ? endOf(record) : record;
            boolean open = end == null || end.offset() >= decidedBelow;
            if (open && (end == null || end.offset() >= view.logStartOffset())) {
                return Math.max(record.offset(), view.logStartOffset());
            }
        }
        return view.highWatermark();
    }

    /** The offsets that a consumer returns. */
    private static List<Long> consume(LogView view) throws IOException {
        List<Long> seen = new ArrayList<>();
        CommittedReader.read(view, (bytes, at, fetchOffset) -> {
            for (long offset = Math.max(fetchOffset, RecordBatch.baseOffset(bytes, at));
                    offset <= RecordBatch.lastOffset(bytes, at);
                    offset++) {
                seen.add(offset);
            }
        });
        return seen;
    }
}
