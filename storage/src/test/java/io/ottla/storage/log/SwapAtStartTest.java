package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.storage.file.ForwardingDirectory;
import io.ottla.storage.file.ForwardingFile;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.LogFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a start amid the replacement of segments takes the producers from their snapshot, and does not read the whole log for
 * them (KAFKA-12520). Method: a cleaning dies before its first, second, third... operation on files, after everything was
 * checkpointed; wherever that leaves {@code .swap} files, what the next start reads of log files is counted.
 */
class SwapAtStartTest {
    private static final int RECORDS = 120;
    private static final int SEGMENT_BYTES = 900;

    @TempDir
    private Path root;

    private CrashingDirectory crashing;
    private final Map<String, Long> bytesRead = new HashMap<>();

    /** Counts what is read of {@code .log} files. */
    private final class ReadCountingDirectory extends ForwardingDirectory {
        ReadCountingDirectory(LogDirectory real) {
            super(real);
        }

        @Override
        public LogFile open(String name, OpenMode mode) throws IOException {
            LogFile opened = real.open(name, mode);
            return name.endsWith(".log") ? new CountedFile(opened) : opened;
        }
    }

    private final class CountedFile extends ForwardingFile {
        CountedFile(LogFile file) {
            super(file);
        }

        @Override
        public int read(long position, ByteBuf target, int length) throws IOException {
            int read = file.read(position, target, length);
            bytesRead.merge(name(), (long) Math.max(0, read), Long::sum);
            return read;
        }
    }

    private LogDirectory wrap(LogDirectory real) {
        crashing = new CrashingDirectory(real);
        return new ReadCountingDirectory(crashing);
    }

    @Test
    void producersComeFromTheirSnapshotThoughSegmentsWereBeingReplaced() throws IOException {
        int swaps = 0;
        boolean finished = false;
        for (int step = 1; !finished; step++) {
            Path path = Files.createDirectory(root.resolve("crash-" + step));
            try (CleanerFixture fixture =
                    new CleanerFixture(path, CleanerFixture.compacted(SEGMENT_BYTES), this::wrap)) {
                fill(fixture);
                finished = cleanUntilCrash(fixture, step);
                if (fixture.files().stream().anyMatch(name -> name.endsWith(".swap"))) {
                    swaps++;
                    assertStartReadsLittle(fixture);
                }
            }
        }
        assertThat(swaps).isGreaterThan(3);
    }

    private static void fill(CleanerFixture fixture) {
        for (int i = 0; i < RECORDS; i++) {
            fixture.append(fixture.batch(7, i, false, "key" + i, "value" + i), AppendOrigin.CLIENT);
            fixture.append(fixture.batch(8, i, false, "same", "value" + i), AppendOrigin.CLIENT);
        }
        fixture.commit();
        fixture.log.roll();
        fixture.settle();
        fixture.restartCleanly(); // Everything is checkpointed.
        fixture.commit();
    }

    /** Whether the cleaning has come to its end. */
    private boolean cleanUntilCrash(CleanerFixture fixture, int step) {
        crashing.crashAt = crashing.operations + step;
        try {
            fixture.cleaner.look();
            fixture.settle();
            return crashing.operations < crashing.crashAt;
        } catch (CrashingDirectory.Crash e) {
            return false;
        }
    }

    private void assertStartReadsLittle(CleanerFixture fixture) {
        bytesRead.clear();
        fixture.crash();
        long read = bytesRead.values().stream().mapToLong(Long::longValue).sum();
        assertThat(fixture.log.producers().producer(7).lastSequence()).isEqualTo(RECORDS - 1);
        assertThat(fixture.log.producers().producer(8).lastSequence()).isEqualTo(RECORDS - 1);
        assertThat(read).as("bytes of %s", bytesRead).isLessThan(fixture.bytes().readableBytes() / 4);
    }
}
