package io.ottla.sim.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.protocol.record.RecordCursor;
import io.ottla.sim.world.SimLoop;
import io.ottla.sim.world.SimProcess;
import io.ottla.sim.world.SimWorkers;
import io.ottla.sim.world.World;
import io.ottla.storage.compaction.CleanerSettings;
import io.ottla.storage.compaction.LogCleaner;
import io.ottla.storage.log.FetchedRecords;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.store.LogStore;
import io.ottla.storage.store.StoreEnvironment;
import io.ottla.storage.store.StoreSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: a loss of power in the middle of a cleaning, which takes back renames and deletions and the bytes that were not forced,
 * costs no value of a key, no offset, and does not leave a log half cleaned for ever. Method: one compacted log, all of it
 * forced, on a simulated disk; its cleaning is cut short after a number of events that the seed says, the disk loses what it
 * may lose, and another process takes it over, several times.
 */
class CleanerPowerLossTest {
    private static final TopicPartition PARTITION = new TopicPartition("letters", 0);
    private static final int KEYS = 12;
    private static final int RECORDS = 60;
    private static final int SEGMENT_BYTES = 900;
    private static final int LIVES = 4;

    /** About as many as one cleaning of the log takes. */
    private static final int MOST_EVENTS = 400;

    private static final int MANY_EVENTS = 5_000;

    private static final CleanerSettings CLEANER = new CleanerSettings(1, 10, 1 << 20, 0.9, 1 << 16, Double.MAX_VALUE);

    private static final ResourceLeakDetector.Level LEAK_DETECTION = ResourceLeakDetector.getLevel();

    private final Map<String, String> model = new HashMap<>();
    private final SimDisk disk = new SimDisk();

    static List<Long> seeds() {
        return new Random(20261123).longs(30).boxed().toList();
    }

    /** A process that is killed releases nothing, which is no leak. */
    @BeforeAll
    static void expectNoReleases() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterAll
    static void expectReleases() {
        ResourceLeakDetector.setLevel(LEAK_DETECTION);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aLossOfPowerAtAnyMomentCostsNothingThatWasForced(long seed) {
        World world = new World(seed);
        Random random = new Random(seed);
        for (int life = 0; life < LIVES; life++) {
            Machine machine = new Machine(world, life);
            machine.load();
            machine.assertHolds(model);
            machine.write(random);
            machine.cleaner.start();
            machine.steps(random.nextInt(MOST_EVENTS));
            machine.process.kill();
            disk.losePower(random);
        }
        Machine last = new Machine(world, LIVES);
        last.load();
        last.assertHolds(model);
        last.write(random);
        last.cleaner.start();
        last.steps(MANY_EVENTS);
        last.assertHolds(model);
        assertThat(last.read()).as("one record of each key").hasSize(model.size());
        assertThat(last.leftovers()).isEmpty();
    }

    private static LogConfig config() {
        LogConfig base = LogConfig.DEFAULT;
        return new LogConfig(
                new LogConfig.Segments(SEGMENT_BYTES, Long.MAX_VALUE, 0, 10 << 20, 200, false, 5),
                base.flush(),
                new LogConfig.Retention(Set.of(LogConfig.CleanupPolicy.COMPACT), -1, -1),
                new LogConfig.Compaction(0, 0, 0, Long.MAX_VALUE),
                base.messages(),
                base.replicas(),
                base.tiering());
    }

    /** One life of the process that has the log. */
    private final class Machine {
        final World world;
        final SimProcess process;
        final SimLoop loop;
        final SimLogDirectory directory;
        final LogStore store;
        final LogCleaner cleaner;

        @Nullable
        PartitionLog log;

        Machine(World world, int life) {
            this.world = world;
            process = new SimProcess(world, 1, "life-" + life);
            loop = new SimLoop(process, "loop");
            directory = new SimLogDirectory(disk, process, Path.of("/data"));
            StoreEnvironment environment = new StoreEnvironment(
                    loop,
                    partition -> loop,
                    new SimWorkers(process),
                    process.clock(),
                    partition -> config(),
                    new Random(life));
            store = new LogStore(List.of(directory), StoreSettings.DEFAULT, environment);
            cleaner = new LogCleaner(store, environment, CLEANER);
        }

        void load() {
            await(() -> store.start());
            log = await(() -> store.getOrCreate(PARTITION, new UUID(1, 2), config(), LogStore.Origin.EXISTING));
            await(() -> {
                log().advanceHighWatermark(log().view().logEndOffset());
                return CompletableFuture.completedFuture(true);
            });
        }

        private PartitionLog log() {
            return Objects.requireNonNull(log);
        }

        /** Writes records of random keys, and waits until all of them are forced. */
        void write(Random random) {
            await(() -> {
                for (int i = 0; i < RECORDS; i++) {
                    put("key" + random.nextInt(KEYS), "value" + random.nextInt());
                }
                for (int key = 0; key < KEYS; key++) { // So that the last cleaning sees each key.
                    put("key" + key, "value" + random.nextInt());
                }
                log().roll();
                log().advanceHighWatermark(log().view().logEndOffset());
                return log().flushed(log().view().logEndOffset());
            });
        }

        private void put(String key, String value) {
            ByteBuf batch = Unpooled.buffer();
            long nowMs = process.clock().millis();
            new RecordBatchBuilder(batch, nowMs)
                    .append(nowMs, key.getBytes(UTF_8), value.getBytes(UTF_8))
                    .build();
            assertThat(log().append(batch, 0, AppendOrigin.CLIENT).message()).isNull();
            batch.release();
            model.put(key, value);
        }

        void steps(int count) {
            for (int i = 0; i < count; i++) {
                world.step();
            }
        }

        /** Has something begun on the loop and waits for its end. */
        private <T> T await(Supplier<CompletionStage<T>> action) {
            CompletableFuture<T> done = new CompletableFuture<>();
            loop.execute(() -> action.get().whenComplete((value, failure) -> {
                if (failure == null) {
                    done.complete(value);
                } else {
                    done.completeExceptionally(failure);
                }
            }));
            while (!done.isDone()) {
                assertThat(world.step()).as("somebody is at work").isTrue();
            }
            return done.join();
        }

        /** All records, in order, whose offsets must grow from each to the next. */
        List<Map.Entry<String, String>> read() {
            LogView view = log().view();
            List<Map.Entry<String, String>> found = new ArrayList<>();
            long next = view.logStartOffset();
            long previous = -1;
            while (next < view.logEndOffset()) {
                FetchedRecords fetched = view.read(next, 1 << 20, view.logEndOffset(), LogView.FirstBatch.WHOLE);
                ByteBuf bytes = fetched.buffer();
                if (bytes == null || fetched.sizeBytes() == 0) {
                    fetched.release();
                    break;
                }
                int from = bytes.readerIndex();
                for (int at = from; at < from + fetched.sizeBytes(); at += RecordBatch.sizeBytes(bytes, at)) {
                    assertThat(RecordBatch.isCrcValid(bytes, at)).isTrue();
                    assertThat(RecordBatch.baseOffset(bytes, at)).isGreaterThan(previous);
                    previous = RecordBatch.lastOffset(bytes, at);
                    next = previous + 1;
                    readBatch(bytes, at, found);
                }
                fetched.release();
            }
            return found;
        }

        private static void readBatch(ByteBuf bytes, int at, List<Map.Entry<String, String>> found) {
            try (RecordCursor records = new RecordCursor().open(bytes, at)) {
                while (records.next()) {
                    found.add(Map.entry(text(records.key()), text(records.value())));
                }
            }
        }

        private static String text(@Nullable ByteBuf bytes) {
            return bytes == null ? "" : bytes.toString(UTF_8);
        }

        void assertHolds(Map<String, String> expected) {
            Map<String, String> last = new HashMap<>();
            read().forEach(record -> last.put(record.getKey(), record.getValue()));
            assertThat(last).isEqualTo(expected);
        }

        /** Names of files that a cleaning should have put in place or deleted. */
        List<String> leftovers() {
            try {
                return directory.list(PARTITION.toString()).stream()
                        .filter(name ->
                                name.endsWith(".swap") || name.endsWith(".cleaned") || name.endsWith(".deleted"))
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
