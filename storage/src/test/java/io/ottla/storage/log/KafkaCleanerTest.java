package io.ottla.storage.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.record.RecordCursor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: what is left of a log is what Apache Kafka would leave: records, tombstones, markers, delete horizons, offsets; and a
 * read_committed consumer finds the same values as before. Method: seeded loads with committed, aborted and open transactions,
 * cleaned again and again; before each cleaning Apache Kafka's own cleaner gets a copy.
 */
class KafkaCleanerTest {
    private static final int SEGMENT_BYTES = 900;
    private static final int ROUNDS = 8;

    @TempDir
    private Path root;

    private int copies;
    private int droppedRecords;
    private int droppedMarkers;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whatIsLeftIsWhatApacheKafkaWouldLeave(long seed) throws IOException {
        Random random = new Random(seed);
        try (CleanerFixture fixture = new CleanerFixture(
                root.resolve("ours"), CleanerFixture.compacted(SEGMENT_BYTES), UnaryOperator.identity())) {
            // Its producers expire by the real clock.
            fixture.clock.nowMs = System.currentTimeMillis();
            RandomLoad load = new RandomLoad(fixture, random);
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < 12; i++) {
                    load.append(CompressionCodec.values()[random.nextInt(CompressionCodec.values().length)]);
                }
                fixture.clock.nowMs += random.nextInt((int) (2 * CleanerFixture.DELETE_RETENTION_MS));
                compareOneCleaning(fixture);
            }
            load.endTransactions();
            for (int round = 0; round < 3; round++) {
                fixture.clock.nowMs += 2 * CleanerFixture.DELETE_RETENTION_MS;
                load.put("end", "value" + round);
                compareOneCleaning(fixture);
            }
            assertThat(committedValues(fixture.log.view())).isEqualTo(load.values());
            assertThat(droppedRecords - droppedMarkers).isGreaterThan(50);
        }
    }

    private void compareOneCleaning(CleanerFixture fixture) throws IOException {
        fixture.commit();
        fixture.log.roll();
        fixture.settle();
        LogView view = fixture.log.view();
        Map<String, String> committed = committedValues(view);
        long from = Math.max(fixture.log.cleanedOffset(), view.logStartOffset());
        long end = Math.min(view.lastStableOffset(), view.activeBaseOffset());
        List<KafkaLog.Kept> all = KafkaLog.contents(fixture.bytes());
        List<KafkaLog.Kept> theirs = cleanedByApacheKafka(fixture, from, end);
        droppedMarkers += markers(all) - markers(theirs);
        droppedRecords += all.size() - theirs.size();
        fixture.cleaner.look();
        fixture.settle();
        assertThat(KafkaLog.contents(fixture.bytes())).isEqualTo(theirs);
        assertThat(committedValues(fixture.log.view())).isEqualTo(committed);
    }

    private static int markers(List<KafkaLog.Kept> contents) {
        return (int)
                contents.stream().filter(kept -> "marker".equals(kept.value())).count();
    }

    private List<KafkaLog.Kept> cleanedByApacheKafka(CleanerFixture fixture, long from, long end) throws IOException {
        Path copy = KafkaLog.copy(
                fixture.path.resolve(CleanerFixture.PARTITION.toString()), root.resolve("copy-" + copies++));
        try (KafkaLog kafka = new KafkaLog(copy, SEGMENT_BYTES)) {
            if (from < end) {
                kafka.clean(from, end, fixture.clock.nowMs);
            }
            return kafka.contents();
        }
    }

    /** The last value of each key that a read_committed consumer is left with. */
    private static Map<String, String> committedValues(LogView view) throws IOException {
        Map<String, String> last = new TreeMap<>();
        CommittedReader.read(view, (bytes, at, fetchOffset) -> {
            try (RecordCursor cursor = new RecordCursor().open(bytes, at)) {
                while (cursor.next()) {
                    String key = cursor.key().toString(UTF_8);
                    if (cursor.offset() < fetchOffset) {
                        continue;
                    }
                    if (cursor.hasValue()) {
                        last.put(key, cursor.value().toString(UTF_8));
                    } else {
                        last.remove(key);
                    }
                }
            }
        });
        return last;
    }
}
