package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.storage.compaction.CleanerSettings;
import io.ottla.storage.file.ForwardingDirectory;
import io.ottla.storage.file.ForwardingFile;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.LogFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: which log is cleaned when, how many at a time, with how much memory, and where the work is done. Method: several small
 * logs, whose workers run task by task.
 */
class CleanerScheduleTest {
    private static final long NEVER_MS = Long.MAX_VALUE;

    @TempDir
    private Path root;

    private CleanerFixture fixture;

    private CleanerFixture open(LogConfig config, UnaryOperator<LogDirectory> wrapper) {
        fixture = new CleanerFixture(root, config, wrapper);
        return fixture;
    }

    private CleanerFixture open(double dirtyRatio) {
        return open(
                CleanerFixture.compacted(1 << 20, new LogConfig.Compaction(dirtyRatio, 0, 0, NEVER_MS)),
                UnaryOperator.identity());
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private static CleanerSettings settings(int threads, long dedupeBufferBytes) {
        return new CleanerSettings(threads, 15_000, dedupeBufferBytes, 0.9, 1 << 16, Double.MAX_VALUE);
    }

    /** A log of so many records of one key, all of it sealed and committed. */
    private PartitionLog dirty(String topic, int records) {
        PartitionLog log = fixture.create(new TopicPartition(topic, 0));
        fixture.log = log;
        write(records);
        return log;
    }

    private void write(int records) {
        for (int i = 0; i < records; i++) {
            fixture.put("key", "value" + i);
        }
        seal();
    }

    private void seal() {
        fixture.commit();
        fixture.log.roll();
        fixture.settle();
    }

    /** The logs of which a copy is being made. */
    private Set<String> copied() throws IOException {
        Set<String> found = new TreeSet<>();
        for (PartitionLog log : fixture.store.loadedLogs()) {
            String name = log.partition().toString();
            if (fixture.directory.list(name).stream().anyMatch(file -> file.endsWith(".cleaned"))) {
                found.add(name);
            }
        }
        return found;
    }

    private void look() {
        fixture.cleaner.look();
        fixture.settle();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void asManyLogsAreCleanedAtATimeAsThereAreThreads(int threads) throws IOException {
        open(0);
        fixture.cleaner.reconfigure(settings(threads, 1 << 20));
        List<PartitionLog> logs = new ArrayList<>();
        for (String topic : List.of("a", "b", "c", "d")) {
            logs.add(dirty(topic, 5));
        }
        fixture.cleaner.look();
        fixture.loop.runAll();
        int most = 0;
        while (!fixture.tasks.isEmpty()) {
            fixture.runTask();
            most = Math.max(most, copied().size());
        }
        assertThat(most).isEqualTo(threads);
        assertThat(logs).allSatisfy(log -> assertThat(log.cleanedOffset()).isEqualTo(5));
    }

    @Test
    void theDirtiestLogIsCleanedFirst() throws IOException {
        open(0);
        PartitionLog mostlyClean = dirty("clean", 1);
        for (int i = 0; i < 20; i++) {
            fixture.put("kept" + i, "value");
        }
        seal();
        look();
        write(3);
        dirty("dirty", 2);
        assertThat(mostlyClean.cleanedOffset()).isEqualTo(21);
        fixture.cleaner.look();
        fixture.loop.runAll();
        Set<String> first = copied();
        while (first.isEmpty()) {
            fixture.runTask();
            first = copied();
        }
        assertThat(first).containsExactly("dirty-0");
        fixture.settle();
        assertThat(mostlyClean.cleanedOffset()).isEqualTo(24);
    }

    @Test
    void aLogIsCleanedOnceItsDirtyShareIsLargeEnough() {
        open(0.5);
        for (int i = 0; i < 20; i++) {
            fixture.put("kept" + i, "value");
        }
        seal();
        look();
        assertThat(fixture.log.cleanedOffset()).isEqualTo(20);
        write(5);
        look();
        assertThat(fixture.log.cleanedOffset()).as("a fifth is dirty").isEqualTo(20);
        write(20);
        look();
        assertThat(fixture.log.cleanedOffset()).as("more than half is dirty").isEqualTo(45);
        assertThat(fixture.readAll()).hasSize(21);
    }

    @Test
    void aSegmentOfMoreKeysThanFitIsCleanedInParts() {
        open(0);
        int keys = 100;
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < keys; i++) {
                fixture.put("key" + i, "value" + round);
            }
        }
        seal();
        fixture.cleaner.reconfigure(settings(1, 24 * 50)); // 45 keys.
        fixture.cleaner.look();
        fixture.loop.runAll();
        List<Long> cleaned = new ArrayList<>();
        while (!fixture.tasks.isEmpty()) {
            fixture.runTask();
            long offset = fixture.log.cleanedOffset();
            if (offset > 0 && !cleaned.contains(offset)) {
                cleaned.add(offset);
            }
        }
        assertThat(cleaned).isSorted().hasSizeGreaterThan(2).endsWith(2L * keys);
        assertThat(fixture.readAll()).hasSize(keys).allMatch(read -> "value1".equals(read.value()));
        assertThat(fixture.cleaner.setAside()).isEmpty();
    }

    @Test
    void recordsAreReadAndWrittenOnWorkersOnly() {
        open(CleanerFixture.compacted(2000), WatchedDirectory::new);
        for (int i = 0; i < 200; i++) {
            fixture.put("key" + i % 10, "value" + i);
        }
        seal();
        WatchedDirectory directory = (WatchedDirectory) fixture.directory;
        directory.watched = true;
        fixture.tasks.add(fixture.cleaner::look);
        fixture.settle();
        directory.watched = false;
        assertThat(fixture.readAll()).hasSizeLessThan(200);
        assertThat(directory.onLoop).isEmpty();
        assertThat(directory.onWorker).contains("read", "write", "force");
    }

    /** Notes what is done to files, and where. */
    private final class WatchedDirectory extends ForwardingDirectory {
        final Set<String> onLoop = new TreeSet<>();
        final Set<String> onWorker = new TreeSet<>();
        boolean watched;

        WatchedDirectory(LogDirectory real) {
            super(real);
        }

        private void note(String what) {
            if (watched) {
                (fixture.onWorker ? onWorker : onLoop).add(what);
            }
        }

        @Override
        public LogFile open(String name, OpenMode mode) throws IOException {
            return new WatchedFile(real.open(name, mode));
        }

        @Override
        public void forceDirectory(String name) throws IOException {
            note("force");
            real.forceDirectory(name);
        }

        private final class WatchedFile extends ForwardingFile {
            WatchedFile(LogFile file) {
                super(file);
            }

            @Override
            public int read(long position, ByteBuf target, int length) throws IOException {
                note("read");
                return file.read(position, target, length);
            }

            @Override
            public void write(long position, ByteBuf source, int index, int length) throws IOException {
                note("write");
                file.write(position, source, index, length);
            }

            @Override
            public void force() throws IOException {
                note("force");
                file.force();
            }
        }
    }
}
