package io.ottla.bench.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Goal: every collector's pauses count, and nothing else does. Method: lines that JDK 17 and later write. */
class GcLogTest {
    private static final List<String> LINES = List.of(
            "[2026-11-22T14:00:00.100+0000] Using G1",
            "[2026-11-22T14:00:01.000+0000] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 24M->3M(1024M) 2.500ms",
            "[2026-11-22T14:00:02.000+0000] GC(1) Concurrent Mark Cycle 12.000ms",
            "[2026-11-22T14:00:03.000+0000] GC(1) Pause Remark 20M->20M(1024M) 1.500ms",
            "[2026-11-22T14:00:04.000+0000] GC(2) Pause Young (Allocation Failure) 17M->2M(61M) 4.000ms");

    private static final long START_MS = Instant.parse("2026-11-22T14:00:00Z").toEpochMilli();

    @Test
    void sumsThePausesOfAnInterval() {
        GcLog log = GcLog.parse(LINES);
        assertThat(log.pauses()).hasSize(3);
        assertThat(log.between(START_MS + 1000, START_MS + 3000)).isEqualTo(new GcLog.Summary(2, 4.0, 2.5));
    }

    @Test
    void anIntervalWithoutPausesHasNone() {
        assertThat(GcLog.parse(LINES).between(START_MS + 5000, START_MS + 6000)).isEqualTo(new GcLog.Summary(0, 0, 0));
    }

    @Test
    void aLogThatIsMissingHasNone() {
        assertThat(GcLog.read(Path.of("no-such-gc.log")).pauses()).isEmpty();
    }
}
