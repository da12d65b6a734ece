package io.ottla.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.bench.load.LoadSpec.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: the end of a cleaning is seen from outside, and not too early. Method: files as brokers leave them. */
class TopicFilesTest {
    @TempDir
    private Path dataDir;

    private TopicFiles files;

    @BeforeEach
    void fill() throws IOException {
        files = new TopicFiles(dataDir, new Topic("letters", 2));
        write("letters-0/00000000000000000000.log", 100);
        write("letters-0/00000000000000000007.log", 20);
        write("letters-0/00000000000000000007.index", 1000);
        write("letters-0/00000000000000000000.log.deleted", 1000);
        write("letters-1/00000000000000000030.log", 5);
    }

    private void write(String name, int sizeBytes) throws IOException {
        Path file = dataDir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[sizeBytes]);
    }

    @Test
    void segmentsInUseAreCounted() throws IOException {
        assertThat(files.logBytes()).isEqualTo(125);
        assertThat(files.activeBaseOffsets()).isEqualTo(Map.of(0, 7L, 1, 30L));
    }

    @Test
    void aTopicIsCleanOnceTheCheckpointHasReachedAllActiveSegments() throws IOException {
        Map<Integer, Long> ends = files.activeBaseOffsets();
        assertThat(files.isCleanUpTo(ends)).isFalse();
        Path checkpoint = dataDir.resolve("cleaner-offset-checkpoint");
        Files.writeString(checkpoint, "0\n3\nletters 0 7\nletters 1 29\nother 1 30\n");
        assertThat(files.isCleanUpTo(ends)).isFalse();
        Files.writeString(checkpoint, "0\n2\nletters 0 7\nletters 1 30\n");
        assertThat(files.isCleanUpTo(ends)).isTrue();
    }
}
