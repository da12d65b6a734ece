package io.ottla.storage.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.NioLogDirectory;
import io.ottla.storage.file.PartitionMetadataFile;
import io.ottla.storage.log.FaultyDirectory;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.LogFixture;
import io.ottla.storage.log.PartitionLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: all logs of a broker through its life: created, spread, loaded, checkpointed, deleted, closed. */
class LogStoreTest {
    private static final UUID TOPIC_ID = new UUID(1, 2);

    @TempDir
    private Path root;

    private final ManualLoop loop = ManualLoop.entered();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final LogFixture.ManualClock clock = new LogFixture.ManualClock();
    private final List<LogDirectory> opened = new ArrayList<>();
    private FaultyDirectory faulty;
    private LogConfig config = LogConfig.DEFAULT;

    @AfterEach
    void unlock() throws IOException {
        for (LogDirectory directory : opened) {
            directory.close();
        }
    }

    private LogStore open(String... names) throws IOException {
        List<LogDirectory> directories = new ArrayList<>();
        for (String name : names) {
            faulty = new FaultyDirectory(NioLogDirectory.open(root.resolve(name)));
            directories.add(faulty);
        }
        opened.addAll(directories);
        StoreEnvironment environment = new StoreEnvironment(
                loop, partition -> (EventExecutor) loop, tasks::add, clock, partition -> config, new Random(1));
        return new LogStore(directories, StoreSettings.DEFAULT, environment);
    }

    private LogStore start(String... names) throws IOException {
        LogStore store = open(names);
        CompletionStage<Void> loaded = store.start();
        settle();
        assertThat(loaded.toCompletableFuture()).isCompleted();
        return store;
    }

    private void settle() {
        loop.runAll();
        while (!tasks.isEmpty()) {
            tasks.remove().run();
            loop.runAll();
        }
    }

    private PartitionLog create(LogStore store, String topic, int partition) {
        var log = store.getOrCreate(new TopicPartition(topic, partition), TOPIC_ID, config, LogStore.Origin.NEW);
        settle();
        return log.toCompletableFuture().join();
    }

    private void append(PartitionLog log, int count) {
        for (int i = 0; i < count; i++) {
            var batch = LogFixture.batch(1, 100, clock.nowMs);
            assertThat(log.append(batch, 0, AppendOrigin.CLIENT).isSuccess()).isTrue();
            batch.release();
        }
    }

    private void close(LogStore store) {
        var closed = store.close(17).toCompletableFuture();
        settle();
        assertThat(closed).isCompleted();
    }

    private Path marker(String directory) {
        return root.resolve(directory).resolve(".kafka_cleanshutdown");
    }

    @Test
    void spreadsNewLogsOverTheDirectories() throws Exception {
        LogStore store = start("a", "b", "c");
        for (int i = 0; i < 6; i++) {
            create(store, "letters", i);
        }
        for (String name : List.of("a", "b", "c")) {
            try (var entries = Files.list(root.resolve(name))) {
                assertThat(entries.filter(Files::isDirectory)).hasSize(2);
            }
        }
    }

    @Test
    void keepsRecordsOffsetsAndTopicIdOverACleanRestart() throws Exception {
        LogStore store = start("a");
        PartitionLog log = create(store, "letters", 3);
        append(log, 10);
        log.advanceHighWatermark(8);
        log.deleteRecordsBefore(4);
        close(store);
        assertThat(marker("a")).hasContent("{\"version\":0,\"brokerEpoch\":17}");
        assertThat(root.resolve("a/recovery-point-offset-checkpoint")).hasContent("0\n1\nletters 3 10\n");
        assertThat(root.resolve("a/log-start-offset-checkpoint")).hasContent("0\n1\nletters 3 4\n");
        assertThat(root.resolve("a/replication-offset-checkpoint")).hasContent("0\n1\nletters 3 8\n");
        assertThat(root.resolve("a/letters-3/partition.metadata"))
                .hasContent("version: 0\ntopic_id: AAAAAAAAAAEAAAAAAAAAAg");

        LogStore again = start("a");
        assertThat(marker("a")).doesNotExist();
        assertThat(again.previousBrokerEpoch()).isEqualTo(17);
        PartitionLog reloaded = again.loaded(new TopicPartition("letters", 3));
        assertThat(reloaded.topicId()).isEqualTo(TOPIC_ID);
        assertThat(reloaded.view()).hasToString("letters-3 [4, 10) high watermark 8, last stable offset 8, segments 1");
        assertThat(reloaded.recoveryPoint()).isEqualTo(10);
    }

    @Test
    void recoversWhatACrashHasLeft() throws Exception {
        LogStore store = start("a");
        append(create(store, "letters", 0), 10);
        store.checkpoint();
        append(store.loaded(new TopicPartition("letters", 0)), 5);
        tasks.clear();
        unlock();
        opened.clear();
        LogStore again = start("a");
        assertThat(again.previousBrokerEpoch()).isEqualTo(-1);
        assertThat(again.loaded(new TopicPartition("letters", 0)).view().logEndOffset())
                .isEqualTo(15);
    }

    @Test
    void aCrashWhileLoadingIsAnUncleanShutdown() throws Exception {
        LogStore store = start("a");
        append(create(store, "letters", 0), 10);
        close(store);
        LogStore crashed = open("a");
        crashed.start(); // Nothing is loaded yet.
        tasks.clear();
        assertThat(marker("a")).doesNotExist();
    }

    @Test
    void doesNotClaimACleanShutdownIfAFlushHasFailed() throws Exception {
        LogStore store = start("a");
        append(create(store, "letters", 0), 10);
        faulty.failForces = true;
        close(store);
        assertThat(marker("a")).doesNotExist();
    }

    @Test
    void doesNotClaimACleanShutdownBeforeAllIsLoadedAndKeepsItsCheckpoints() throws Exception {
        LogStore store = start("a");
        append(create(store, "letters", 0), 10);
        close(store);
        LogStore hasty = open("a");
        hasty.start();
        Runnable loading = tasks.remove();
        close(hasty);
        assertThat(loading).isNotNull();
        assertThat(marker("a")).doesNotExist();
        assertThat(root.resolve("a/recovery-point-offset-checkpoint")).hasContent("0\n1\nletters 0 10\n");
    }

    @Test
    void deletesByRenamingFirstAndLaterForGood() throws Exception {
        LogStore store = start("a");
        TopicPartition partition = new TopicPartition("letters", 0);
        PartitionLog log = create(store, "letters", 0);
        append(log, 3);
        var deleted = store.delete(partition).toCompletableFuture();
        assertThat(store.loaded(partition)).isNull();
        PartitionLog recreated = create(store, "letters", 0);
        assertThat(deleted).isCompleted();
        assertThat(recreated.view().logEndOffset()).isZero();
        assertThat(log.append(LogFixture.batch(1, 1, 0), 0, AppendOrigin.CLIENT).isSuccess())
                .isFalse();
        assertThat(doomed()).hasSize(1);
        loop.advanceMs(60_000);
        settle();
        assertThat(doomed()).isEmpty();
        append(recreated, 1);
    }

    @Test
    void whatWasUnderWayForADeletedLogMayFailWithoutHarm() throws Exception {
        LogStore store = start("a");
        PartitionLog log = create(store, "letters", 0);
        append(log, 3);
        var flushed = log.flushed(3).toCompletableFuture();
        log.roll();
        append(log, 3);
        List<Runnable> underWay = new ArrayList<>(tasks);
        tasks.clear();
        var deleted = store.delete(new TopicPartition("letters", 0)).toCompletableFuture();
        tasks.remove().run(); // The directory is renamed.
        assertThat(deleted).isCompleted();
        Files.move(doomed().get(0), root.resolve("elsewhere"));
        tasks.addAll(underWay);
        settle();
        assertThat(flushed).isCompletedExceptionally();
        assertThat(faulty.health().isOnline()).isTrue();
    }

    private List<Path> doomed() throws IOException {
        try (var entries = Files.list(root.resolve("a"))) {
            return entries.filter(path -> path.toString().endsWith("-delete")).toList();
        }
    }

    @Test
    void finishesInterruptedDeletionsAndLeavesStrangersAlone() throws Exception {
        String unique = ".0123456789abcdef0123456789abcdef";
        for (String name : List.of("x-0" + unique + "-delete", "y-0" + unique + "-stray", "z-0" + unique + "-future")) {
            Files.createDirectories(root.resolve("a").resolve(name));
            Files.writeString(root.resolve("a").resolve(name).resolve("00000000000000000000.log"), "x");
        }
        Files.createDirectories(root.resolve("a/lost+found"));
        LogStore store = start("a");
        assertThat(store.partitions()).isEmpty();
        assertThat(root.resolve("a/x-0" + unique + "-delete")).doesNotExist();
        assertThat(root.resolve("a/y-0" + unique + "-stray")).exists();
        assertThat(root.resolve("a/z-0" + unique + "-future")).exists();
    }

    @Test
    void aPartitionThatIsInTwoDirectoriesIsServedFromTheFirst() throws Exception {
        LogStore store = start("a");
        append(create(store, "letters", 0), 3);
        append(create(store, "letters", 1), 1);
        close(store);
        Files.createDirectories(root.resolve("b/letters-0"));
        Files.createDirectories(root.resolve("b/letters-2"));
        LogStore both = start("a", "b");
        assertThat(both.partitions()).hasSize(3);
        assertThat(both.loaded(new TopicPartition("letters", 0)).view().logEndOffset())
                .isEqualTo(3);
        assertThat(both.loaded(new TopicPartition("letters", 2)).view().logEndOffset())
                .isZero();
    }

    @Test
    void aLogThatCannotBeReadTakesItsDirectoryOfflineAndNoOther() throws Exception {
        LogStore store = start("a", "b");
        append(create(store, "letters", 0), 3);
        append(create(store, "letters", 1), 1);
        close(store);
        Path unreadable = root.resolve("a/letters-0/partition.metadata");
        Files.delete(unreadable);
        Files.createDirectory(unreadable);
        LogStore again = start("a", "b");
        assertThat(again.loaded(new TopicPartition("letters", 0))).isNull();
        assertThat(again.log(new TopicPartition("letters", 0)).orElseThrow().toCompletableFuture())
                .isCompletedExceptionally();
        assertThat(again.directories().get(0).health().offlineReason()).contains("letters-0");
        assertThat(again.loaded(new TopicPartition("letters", 1))).isNotNull();
        close(again);
        assertThat(marker("a")).doesNotExist();
        assertThat(marker("b")).exists();
    }

    @Test
    void aLogThatCannotBeCreatedIsAnsweredWhateverTheReason() throws Exception {
        LogStore store = start("a");
        TopicPartition impossible = new TopicPartition("no name for a directory: \0", 0);
        var log = store.getOrCreate(impossible, TOPIC_ID, config, LogStore.Origin.NEW);
        settle();
        assertThat(log.toCompletableFuture())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("creation of");
        assertThat(store.partitions()).isEmpty();
        assertThat(faulty.health().isOnline()).isTrue();
        append(create(store, "letters", 0), 1);
    }

    @Test
    void refusesASecondBrokerOnItsDirectory() throws Exception {
        start("a");
        assertThatThrownBy(() -> NioLogDirectory.open(root.resolve("a")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is in use");
    }

    @Test
    void partitionsBecomeAvailableOneByOne() throws Exception {
        LogStore store = start("a");
        for (int i = 0; i < 3; i++) {
            append(create(store, "letters", i), 2);
        }
        close(store);
        Files.delete(root.resolve("a/.kafka_cleanshutdown")); // Else small logs are loaded many at a time.
        LogStore again = open("a");
        again.start();
        assertThat(again.partitions()).hasSize(3);
        assertThat(again.loadingCount()).isEqualTo(3);
        tasks.remove().run();
        assertThat(again.loadingCount()).isEqualTo(2);
        assertThat(again.loadedLogs()).hasSize(1);
        settle();
        assertThat(again.loadingCount()).isZero();
    }

    @Test
    void deletesByTimeSizeAndLogStart() throws Exception {
        config = LogFixture.smallSegments(1000)
                .withRetention(new LogConfig.Retention(Set.of(LogConfig.CleanupPolicy.DELETE), 3000, 10_000));
        LogStore store = start("a");
        PartitionLog log = create(store, "letters", 0);
        append(log, 40);
        log.advanceHighWatermark(40);
        long sizeBefore = log.view().sizeBytes();
        store.deleteExpired();
        settle();
        assertThat(log.view().sizeBytes()).isBetween(3000L, 4000L).isLessThan(sizeBefore);
        assertThat(log.view().logStartOffset())
                .isEqualTo(log.view().segmentBaseOffsets().get(0));
        long end = log.view().logEndOffset();
        log.deleteRecordsBefore(end - 1);
        store.deleteExpired();
        settle();
        assertThat(log.view().segmentCount()).isEqualTo(1);
        clock.nowMs += 10_001;
        store.deleteExpired();
        settle();
        assertThat(log.view().segmentBaseOffsets()).containsExactly(end);
        assertThat(log.view().sizeBytes()).isZero();
        assertThat(log.view().logStartOffset()).isEqualTo(end);
        append(log, 1);
        assertThat(log.view().logEndOffset()).isEqualTo(end + 1);
    }

    @Test
    void nothingAboveTheHighWatermarkAndNothingOfACompactedTopicIsDeleted() throws Exception {
        config = LogFixture.smallSegments(1000)
                .withRetention(new LogConfig.Retention(Set.of(LogConfig.CleanupPolicy.DELETE), -1, 10_000));
        LogStore store = start("a");
        PartitionLog log = create(store, "letters", 0);
        append(log, 40);
        clock.nowMs += 10_001;
        store.deleteExpired();
        settle();
        assertThat(log.view().logStartOffset()).isZero();
        log.advanceHighWatermark(40);
        log.reconfigure(
                config.withRetention(new LogConfig.Retention(Set.of(LogConfig.CleanupPolicy.COMPACT), 100, 10_000)));
        store.deleteExpired();
        settle();
        assertThat(log.view().logStartOffset()).isZero();
        log.deleteRecordsBefore(30);
        store.deleteExpired();
        settle();
        assertThat(log.view().segmentBaseOffsets().get(0)).isBetween(20L, 30L);
    }

    @Test
    void aLogWithoutTopicIdTakesTheOneItIsToldAndKeepsIt() throws Exception {
        LogStore store = start("a");
        TopicPartition partition = new TopicPartition("letters", 0);
        store.getOrCreate(partition, new UUID(0, 0), config, LogStore.Origin.NEW);
        settle();
        Path file = root.resolve("a/letters-0/partition.metadata");
        assertThat(file).doesNotExist();
        assertThat(create(store, "letters", 0).topicId()).isEqualTo(TOPIC_ID);
        assertThat(file).exists();
        store.getOrCreate(partition, new UUID(3, 4), config, LogStore.Origin.EXISTING);
        assertThat(store.loaded(partition).topicId()).isEqualTo(TOPIC_ID);
        Files.write(file, new byte[43]); // As after a loss of power.
        close(store);
        assertThat(start("a").loaded(partition).topicId()).isEqualTo(new UUID(0, 0));
    }

    @Test
    void topicIdsAreReadBack() throws Exception {
        Files.createDirectories(root.resolve("a/t-0"));
        try (NioLogDirectory directory = NioLogDirectory.open(root.resolve("a"))) {
            assertThat(PartitionMetadataFile.read(directory, "t-0")).isEmpty();
            PartitionMetadataFile.write(directory, "t-0", TOPIC_ID);
            assertThat(PartitionMetadataFile.read(directory, "t-0")).contains(TOPIC_ID);
        }
    }

    @Test
    void aLossOfPowerMayTakeAnyPartOfATopicId() throws Exception {
        Files.createDirectories(root.resolve("a/t-0"));
        Path file = root.resolve("a/t-0/partition.metadata");
        try (NioLogDirectory directory = NioLogDirectory.open(root.resolve("a"))) {
            PartitionMetadataFile.write(directory, "t-0", TOPIC_ID);
            String whole = Files.readString(file);
            for (int length = 0; length < whole.length(); length++) {
                Files.writeString(file, whole.substring(0, length));
                assertThat(PartitionMetadataFile.read(directory, "t-0"))
                        .as("first %d bytes", length)
                        .isEmpty();
            }
        }
    }

    @Test
    void forgetsProducersThatAreIdleForAsLongAsIsWantedMeanwhile() throws Exception {
        LogStore store = start("a");
        PartitionLog log = create(store, "letters", 0);
        ByteBuf batch = Unpooled.buffer();
        new RecordBatchBuilder(batch, clock.nowMs)
                .producer(7, (short) 0, 0)
                .append(clock.nowMs, null, new byte[] {1})
                .build();
        assertThat(log.append(batch, 0, AppendOrigin.CLIENT).isSuccess()).isTrue();
        batch.release();
        clock.nowMs += 120_000;
        loop.advanceMs(StoreSettings.DEFAULT.producerExpirationCheckMs());
        settle();
        assertThat(log.producers().size()).isEqualTo(1);
        store.expireProducersAfter(120_000);
        loop.advanceMs(StoreSettings.DEFAULT.producerExpirationCheckMs());
        settle();
        assertThat(log.producers().size()).isZero();
    }
}
