package io.ottla.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.buffer.Unpooled;
import io.ottla.storage.file.LogDirectory.OpenMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: asking whether bytes are in memory is right about what was just written, and never changes the file. */
class NioLogFileTest {
    @TempDir
    private Path root;

    @Test
    void whatWasJustWrittenIsInMemory() throws IOException {
        try (NioLogDirectory directory = NioLogDirectory.open(root)) {
            LogFile file = directory.open("a", OpenMode.READ_WRITE);
            file.write(0, Unpooled.wrappedBuffer(new byte[10_000]), 0, 10_000);
            assertThat(file.isInMemory(0, 10_000)).isTrue();
            assertThat(file.isInMemory(5_000, 5_000)).isTrue();
            file.release();
        }
    }

    @Test
    void aRangeWhoseEndIsAHoleIsNotInMemory() throws IOException {
        try (NioLogDirectory directory = NioLogDirectory.open(root)) {
            LogFile file = directory.open("a", OpenMode.READ_WRITE);
            int hole = 3_000_000;
            file.write(hole, Unpooled.wrappedBuffer(new byte[200_000]), 0, 200_000);
            assertThat(file.isInMemory(hole, 200_000)).isTrue();
            assertThat(file.isInMemory(0, hole)).isFalse();
            assertThat(file.isInMemory(1_000_000, 2_150_000)).isFalse();
            file.release();
        }
    }

    @Test
    void aFileThatGrowsIsMappedAnewAndNothingStaysMappedOnceItIsClosed() throws IOException {
        try (NioLogDirectory directory = NioLogDirectory.open(root)) {
            LogFile file = directory.open("mapped-letters", OpenMode.READ_WRITE);
            for (int size = 0; size < 50_000; size += 5_000) {
                file.write(size, Unpooled.wrappedBuffer(new byte[5_000]), 0, 5_000);
                assertThat(file.isInMemory(0, size + 5_000)).isTrue();
            }
            file.truncate(100);
            assertThat(file.isInMemory(20_000, 10_000)).isFalse();
            file.release();
            Path maps = Path.of("/proc/self/maps");
            assumeThat(maps).exists();
            assertThat(Files.readString(maps)).doesNotContain("mapped-letters");
        }
    }

    @Test
    void aRangeThatWasCutIsRefusedAndTheFileStaysCut() throws IOException {
        try (NioLogDirectory directory = NioLogDirectory.open(root)) {
            LogFile file = directory.open("a", OpenMode.READ_WRITE);
            file.write(0, Unpooled.wrappedBuffer(new byte[10_000]), 0, 10_000);
            file.truncate(7_000);
            assertThatThrownBy(() -> file.isInMemory(5_000, 5_000)).isInstanceOf(IOException.class);
            assertThat(Files.size(root.resolve("a"))).isEqualTo(7_000);
            file.release();
        }
    }
}
