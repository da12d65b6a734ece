package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import io.ottla.storage.log.LogConfig.CleanupPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: what retention must not delete, and what a restart knows of it. Method: small logs and a clock set by hand. */
class RetentionTest {
    private static final long TIME_MS = 10_000;
    private static final int SEGMENT_BYTES = 500;

    @TempDir
    private Path root;

    private CleanerFixture fixture;

    private CleanerFixture open(long sizeBytes, long timeMs, CleanupPolicy... policies) {
        LogConfig config = CleanerFixture.compacted(SEGMENT_BYTES)
                .withRetention(new LogConfig.Retention(Set.of(policies), sizeBytes, timeMs));
        fixture = new CleanerFixture(root, config, UnaryOperator.identity());
        return fixture;
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private void put(int records) {
        for (int i = 0; i < records; i++) {
            fixture.put("key" + i, "value" + i);
        }
    }

    private void expire() {
        fixture.store.deleteExpired();
        fixture.settle();
    }

    private long logStart() {
        return fixture.log.view().logStartOffset();
    }

    @Test
    void theSegmentsOfAnOpenTransactionStayAndAllBehindThem() {
        open(0, TIME_MS, CleanupPolicy.DELETE);
        put(20);
        fixture.log.roll();
        long begin = fixture.log.view().logEndOffset();
        fixture.append(fixture.batch(7, 0, true, "a", "1"), AppendOrigin.CLIENT);
        put(40);
        fixture.commit();
        fixture.clock.nowMs += 2 * TIME_MS;
        expire();
        assertThat(logStart()).isEqualTo(begin);
        fixture.append(fixture.marker(7, Outcome.COMMIT), AppendOrigin.COORDINATOR);
        expire();
        assertThat(logStart()).as("the marker is not committed").isEqualTo(begin);
        fixture.commit();
        expire();
        assertThat(logStart()).isGreaterThan(begin);
    }

    @Test
    void aTimestampInTheFutureKeepsItsSegmentAndThoseBehindItUntilItIsPast() {
        open(-1, TIME_MS, CleanupPolicy.DELETE);
        put(20);
        fixture.log.roll();
        long future = fixture.log.view().logEndOffset();
        long now = fixture.clock.nowMs;
        fixture.clock.nowMs = now + 5 * TIME_MS; // As far as message.timestamp.after.max.ms lets a client go.
        put(1);
        fixture.clock.nowMs = now;
        put(20);
        fixture.commit();
        fixture.clock.nowMs = now + TIME_MS + 1;
        expire();
        assertThat(logStart()).isEqualTo(future);
        fixture.clock.nowMs = now + 6 * TIME_MS;
        expire();
        assertThat(logStart()).isEqualTo(future);
        fixture.clock.nowMs++;
        expire();
        assertThat(logStart()).isEqualTo(fixture.log.view().logEndOffset());
    }

    @Test
    void aCompactedTopicThatAlsoDeletesDoesBoth() {
        open(-1, TIME_MS, CleanupPolicy.COMPACT, CleanupPolicy.DELETE);
        fixture.put("a", "1");
        fixture.put("a", "2");
        fixture.put("b", "1");
        fixture.clean();
        assertThat(fixture.readAll()).hasSize(2);
        fixture.clock.nowMs += TIME_MS + 1;
        fixture.put("c", "1");
        fixture.commit();
        expire();
        assertThat(fixture.readAll()).extracting(CleanerFixture.Read::key).containsExactly("c");
    }

    @Test
    void aLogStartWithinASegmentIsKnownAfterACrash() {
        open(-1, -1, CleanupPolicy.DELETE);
        put(40);
        fixture.commit();
        fixture.log.deleteRecordsBefore(17);
        expire();
        fixture.store.checkpoint();
        fixture.settle();
        fixture.crash();
        assertThat(logStart()).isEqualTo(17);
        assertThat(root.resolve("log-start-offset-checkpoint")).hasContent("0\n1\nletters 0 17\n");
    }

    @Test
    void aLogStartThatWasNotCheckpointedIsWhereTheFilesBegin() {
        open(1000, -1, CleanupPolicy.DELETE);
        put(60);
        fixture.commit();
        expire();
        long start = logStart();
        assertThat(start).isPositive();
        fixture.crash();
        assertThat(root.resolve("log-start-offset-checkpoint")).doesNotExist();
        assertThat(logStart()).isEqualTo(start);
    }
}
