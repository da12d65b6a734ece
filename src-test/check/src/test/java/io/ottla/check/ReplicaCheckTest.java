package io.ottla.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: replicas that differ are found wherever their segments begin. Method: small files with planted differences. */
class ReplicaCheckTest {
    @TempDir
    Path home;

    @Test
    void segmentsMayBeginElsewhere() throws IOException {
        Path one = replica("one", "abcd", "efgh");
        Path other = replica("other", "ab", "cdefg", "h");
        assertThat(ReplicaCheck.check(List.of(one, other))).isEmpty();
    }

    @Test
    void findsADifferentByte() throws IOException {
        Path one = replica("one", "abcd", "efgh");
        Path other = replica("other", "abcdeXgh");
        assertThat(ReplicaCheck.check(List.of(one, one, other)))
                .singleElement()
                .satisfies(violation -> assertThat(violation.rule()).isEqualTo(Rule.REPLICAS_AGREE))
                .satisfies(violation -> assertThat(violation.what()).contains("at byte 5 "));
    }

    @Test
    void findsAReplicaThatIsShorter() throws IOException {
        Path one = replica("one", "abcd", "efgh");
        Path other = replica("other", "abcd");
        assertThat(ReplicaCheck.check(List.of(one, other))).hasSize(1);
        assertThat(ReplicaCheck.check(List.of(other, one))).hasSize(1);
    }

    @Test
    void findsADifferenceFarBehind() throws IOException {
        String bulk = "x".repeat(200_000);
        Path one = replica("one", bulk, "end");
        Path other = replica("other", bulk, "eNd");
        assertThat(ReplicaCheck.check(List.of(one, other)))
                .singleElement()
                .satisfies(violation -> assertThat(violation.what()).contains("at byte 200001 "));
    }

    private Path replica(String name, String... segments) throws IOException {
        Path folder = Files.createDirectories(home.resolve(name));
        long offset = 0;
        for (String segment : segments) {
            Files.writeString(folder.resolve("%020d.log".formatted(offset)), segment);
            Files.writeString(folder.resolve("%020d.index".formatted(offset)), name);
            offset += segment.length();
        }
        return folder;
    }
}
