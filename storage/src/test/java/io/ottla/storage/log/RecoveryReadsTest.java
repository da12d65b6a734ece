package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.storage.file.ForwardingDirectory;
import io.ottla.storage.file.ForwardingFile;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.LogFile;
import io.ottla.storage.recovery.LoadRequest;
import io.ottla.storage.recovery.LogLoader;
import io.ottla.storage.recovery.RecoveredLog;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a recovery reads each byte once, whoever wants to know of it: checksums, indexes, epochs, producers. Method: the bytes
 * that are read of the log's files are counted.
 */
class RecoveryReadsTest {
    private static final int BATCHES = 400;
    private static final int BATCH_BYTES = 16_000;

    @TempDir
    private Path directory;

    @Test
    void readsEachByteOfTheLogOnce() throws IOException {
        try (LogFixture fixture = new LogFixture(directory, LogFixture.smallSegments(1 << 20))) {
            for (int i = 0; i < BATCHES; i++) {
                fixture.append(batch(i), 0);
            }
            CountingDirectory counting = new CountingDirectory(fixture.directory);
            RecoveredLog recovered = LogLoader.load(new LoadRequest(
                    counting, LogFixture.PARTITION.toString(), false, 0, 0, 4096, Long.MAX_VALUE, fixture.clock.nowMs));
            assertThat(recovered.logEndOffset()).isEqualTo(BATCHES);
            assertThat(recovered.producers().producer(7).lastSequence()).isEqualTo(BATCHES - 1);
            long bytes = fixture.log.view().sizeBytes();
            assertThat(counting.bytesRead).isBetween(bytes, bytes + bytes / 8);
        }
    }

    private static ByteBuf batch(int sequence) {
        ByteBuf buffer = Unpooled.directBuffer();
        new RecordBatchBuilder(buffer, LogFixture.START_MS)
                .producer(7, (short) 0, sequence)
                .append(LogFixture.START_MS, null, new byte[BATCH_BYTES])
                .build();
        return buffer;
    }

    private static final class CountingDirectory extends ForwardingDirectory {
        long bytesRead;

        CountingDirectory(LogDirectory real) {
            super(real);
        }

        @Override
        public LogFile open(String name, OpenMode mode) throws IOException {
            LogFile opened = real.open(name, mode);
            return name.endsWith(".log") ? new CountingFile(opened) : opened;
        }

        private final class CountingFile extends ForwardingFile {
            CountingFile(LogFile file) {
                super(file);
            }

            @Override
            public int read(long position, ByteBuf target, int length) throws IOException {
                int count = file.read(position, target, length);
                bytesRead += count;
                return count;
            }
        }
    }
}
