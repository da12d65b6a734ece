package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.log.CleanerFixture.Read;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: whatever happens to the process while it cleans, the last value of each key stays, and in the end nothing else does; nor
 * does it matter whether we go on or Apache Kafka. Method: the same cleaning again and again, which dies before its first,
 * second, third... operation on files, and then is loaded by us and, from a copy, by Apache Kafka's own loader; and seeded random loads with cleanings, truncations, restarts and crashes, held against a map.
 */
class CleanerCrashTest {
    private static final int KEYS = 12;
    private static final int RECORDS = 24;
    private static final int SEGMENT_BYTES = 900;

    @TempDir
    private Path root;

    private CrashingDirectory crashing;
    private final Map<String, String> model = new HashMap<>();

    private LogDirectory wrap(LogDirectory real) {
        crashing = new CrashingDirectory(real);
        return crashing;
    }

    private CleanerFixture open(Path path) {
        return new CleanerFixture(path, CleanerFixture.compacted(SEGMENT_BYTES), this::wrap);
    }

    @Test
    void aCrashAtAnyStepLosesNothing() throws Exception {
        int crashes = 0;
        boolean finished = false;
        for (int step = 1; !finished; step++) {
            Path path = Files.createDirectory(root.resolve("crash-" + step));
            try (CleanerFixture fixture = open(path)) {
                fill(fixture);
                finished = cleanUntilCrash(fixture, step);
                crashes += finished ? 0 : 1;
                assertApacheKafkaFindsTheSame(path.resolve("letters-0"), root.resolve("apache-" + step));
                fixture.crash();
                assertThat(fixture.files())
                        .noneMatch(name ->
                                name.endsWith(".swap") || name.endsWith(".cleaned") || name.endsWith(".deleted"));
                assertLastValuesAreThere(fixture);
                fixture.put("another", "1");
                model.put("another", "1");
                fixture.clean();
                fixture.put("another", "2");
                model.put("another", "2");
                fixture.clean();
                assertOnlyLastValuesAreLeft(fixture);
            }
        }
        assertThat(crashes).isGreaterThan(30);
    }

    private void fill(CleanerFixture fixture) {
        model.clear();
        Random random = new Random(3);
        for (int i = 0; i < RECORDS; i++) {
            String key = "key" + random.nextInt(KEYS);
            String value = "value" + i;
            fixture.put(key, value);
            model.put(key, value);
        }
        fixture.append(fixture.batch(7, 0, true, "key1", "aborted", "key2", "aborted"), AppendOrigin.CLIENT);
        fixture.append(fixture.marker(7, Outcome.ABORT), AppendOrigin.COORDINATOR);
        fixture.commit();
        fixture.log.roll();
        fixture.settle();
    }

    /** Whether the cleaning, with the deletion of what it has replaced, has come to its end. */
    private boolean cleanUntilCrash(CleanerFixture fixture, int step) {
        crashing.crashAt = crashing.operations + step;
        try {
            fixture.cleaner.look();
            fixture.settle();
            fixture.loop.advanceMs(TimeUnit.MINUTES.toMillis(2));
            fixture.settle();
            return crashing.operations < crashing.crashAt;
        } catch (CrashingDirectory.Crash e) {
            return false;
        }
    }

    /** Apache Kafka takes a copy over, and then we take it back. */
    private void assertApacheKafkaFindsTheSame(Path partitionDirectory, Path home) throws IOException {
        Path copy = KafkaLog.copy(partitionDirectory, home);
        try (KafkaLog kafka = new KafkaLog(copy, SEGMENT_BYTES)) {
            Map<String, String> last = new TreeMap<>();
            for (KafkaLog.Kept kept : kafka.contents()) {
                if (!"aborted".equals(kept.value()) && !"marker".equals(kept.value())) {
                    last.put(kept.key(), kept.value());
                }
            }
            assertThat(last).isEqualTo(model);
            assertThat(kafka.endOffset()).isEqualTo(RECORDS + 3);
        }
        try (CleanerFixture back = new CleanerFixture(home, CleanerFixture.compacted(SEGMENT_BYTES), real -> real)) {
            assertLastValuesAreThere(back);
            assertThat(back.log.view().logEndOffset()).isEqualTo(RECORDS + 3);
            assertThat(back.files()).noneMatch(name -> name.endsWith(".swap") || name.endsWith(".cleaned"));
        }
    }

    private void assertLastValuesAreThere(CleanerFixture fixture) {
        Map<String, String> last = new TreeMap<>();
        for (Read read : fixture.readAll()) {
            if (!"aborted".equals(read.value())) {
                last.put(read.key(), read.value());
            }
        }
        assertThat(last).isEqualTo(model);
    }

    private void assertOnlyLastValuesAreLeft(CleanerFixture fixture) {
        assertLastValuesAreThere(fixture);
        assertThat(fixture.readAll()).hasSize(model.size());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void holdsTheLastValuesUnderRandomLoad(long seed) throws IOException {
        Random random = new Random(seed);
        try (CleanerFixture fixture = open(root)) {
            RandomLoad load = new RandomLoad(fixture, random);
            for (int step = 0; step < 90; step++) {
                act(fixture, load, random);
            }
            load.endTransactions();
            for (int round = 0; round < 3; round++) { // Seen to be gone, then past the horizon, then merged.
                fixture.clock.nowMs += 2 * CleanerFixture.DELETE_RETENTION_MS;
                load.put("end", "value" + round);
                fixture.clean();
            }
            Map<String, String> left = new TreeMap<>();
            for (Read read : fixture.readAll()) {
                assertThat(left.put(read.key(), read.value()))
                        .as(read.toString())
                        .isNull();
            }
            assertThat(left).isEqualTo(load.values());
            fixture.crash();
            assertThat(fixture.readAll()).hasSize(left.size());
        }
    }

    private void act(CleanerFixture fixture, RandomLoad load, Random random) {
        fixture.clock.nowMs += random.nextInt(2000);
        int choice = random.nextInt(100);
        if (choice < 70) {
            load.append(CompressionCodec.values()[random.nextInt(CompressionCodec.values().length)]);
        } else if (choice < 82) {
            fixture.clean();
        } else if (choice < 90) {
            fixture.commit();
            fixture.log.roll();
            fixture.settle();
            crashing.crashAt = crashing.operations + 1 + random.nextInt(60);
            try {
                fixture.cleaner.look();
                fixture.settle();
            } catch (CrashingDirectory.Crash e) {
                // As it should be.
            }
            fixture.crash();
            fixture.commit();
        } else if (choice < 94) {
            fixture.restartCleanly();
        } else {
            fixture.loop.advanceMs(TimeUnit.MINUTES.toMillis(2));
            fixture.settle();
        }
    }
}
