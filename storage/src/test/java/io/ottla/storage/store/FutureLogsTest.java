package io.ottla.storage.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.NioLogDirectory;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.LogFixture;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.LogView.FirstBatch;
import io.ottla.storage.log.PartitionLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: copies of logs that take their places in other directories, over restarts and deletions. */
class FutureLogsTest {
    private static final UUID TOPIC_ID = new UUID(1, 2);
    private static final TopicPartition PARTITION = new TopicPartition("letters", 3);

    @TempDir
    private Path root;

    private final ManualLoop loop = ManualLoop.entered();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final LogFixture.ManualClock clock = new LogFixture.ManualClock();
    private final List<LogDirectory> opened = new ArrayList<>();

    @AfterEach
    void unlock() throws IOException {
        for (LogDirectory directory : opened) {
            directory.close();
        }
    }

    private LogStore start() throws IOException {
        List<LogDirectory> directories = new ArrayList<>();
        for (String name : List.of("a", "b")) {
            directories.add(NioLogDirectory.open(root.resolve(name)));
        }
        opened.addAll(directories);
        StoreEnvironment environment = new StoreEnvironment(
                loop,
                partition -> (EventExecutor) loop,
                tasks::add,
                clock,
                partition -> LogConfig.DEFAULT,
                new Random(1));
        LogStore store = new LogStore(directories, StoreSettings.DEFAULT, environment);
        var loaded = store.start();
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

    private PartitionLog create(LogStore store) {
        store.prefer(PARTITION, store.directories().get(0));
        var log = store.getOrCreate(PARTITION, TOPIC_ID, LogConfig.DEFAULT, LogStore.Origin.NEW);
        settle();
        return log.toCompletableFuture().join();
    }

    private PartitionLog future(LogStore store) {
        var log = store.futures().getOrCreate(PARTITION, store.directories().get(1), TOPIC_ID, LogConfig.DEFAULT);
        settle();
        return log.toCompletableFuture().join();
    }

    private void append(PartitionLog log, int count) {
        for (int i = 0; i < count; i++) {
            ByteBuf batch = LogFixture.batch(1, 100, clock.nowMs);
            assertThat(log.append(batch, 0, AppendOrigin.CLIENT).isSuccess()).isTrue();
            batch.release();
        }
    }

    private static void copy(PartitionLog from, PartitionLog to) {
        LogView view = from.view();
        ByteBuf batches =
                LogFixture.bytes(view.read(to.view().logEndOffset(), 1 << 20, view.logEndOffset(), FirstBatch.WHOLE));
        assertThat(to.appendAsFollower(batches).isSuccess()).isTrue();
    }

    private List<String> names(String directory) throws IOException {
        try (var entries = Files.list(root.resolve(directory))) {
            return entries.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aNewLogIsCreatedInTheDirectoryThatIsPreferred() throws Exception {
        LogStore store = start();
        store.prefer(PARTITION, store.directories().get(1));
        var log = store.getOrCreate(PARTITION, TOPIC_ID, LogConfig.DEFAULT, LogStore.Origin.NEW);
        settle();
        assertThat(log.toCompletableFuture().join().directory())
                .isSameAs(store.directories().get(1));
    }

    @Test
    void aCopyTakesThePlaceOfTheLogAndTheFilesOfTheOldOneGo() throws Exception {
        LogStore store = start();
        PartitionLog log = create(store);
        append(log, 5);
        PartitionLog future = future(store);
        assertThat(names("b")).singleElement().asString().matches("letters-3\\.[0-9a-f]{32}-future");
        copy(log, future);
        settle();
        List<PartitionLog> swapped = new ArrayList<>();
        loop.execute(() -> {
            assertThat(future.isQuiet()).isTrue();
            assertThat(store.futures().promote(PARTITION, swapped::add)).isTrue();
        });
        settle();
        assertThat(swapped).containsExactly(future);
        assertThat(store.loaded(PARTITION)).isSameAs(future);
        assertThat(store.futures().loadedLogs()).isEmpty();
        assertThat(names("b")).containsExactly("letters-3");
        assertThat(names("a")).singleElement().asString().endsWith("-delete");
        append(future, 2);
        assertThat(future.view().logEndOffset()).isEqualTo(7);

        clock.nowMs += 60_001;
        loop.advanceMs(60_001);
        settle();
        assertThat(names("a")).isEmpty();

        var closed = store.close(1).toCompletableFuture();
        settle();
        assertThat(closed).isCompleted();
        LogStore again = start();
        PartitionLog reloaded = again.loaded(PARTITION);
        assertThat(reloaded).isNotNull();
        assertThat(reloaded.directory()).isSameAs(again.directories().get(1));
        assertThat(reloaded.view().logEndOffset()).isEqualTo(7);
        assertThat(reloaded.topicId()).isEqualTo(TOPIC_ID);
    }

    @Test
    void aBatchThatWaitsForItsTransactionsCoordinatorIsTakenByTheCopy() throws Exception {
        LogStore store = start();
        PartitionLog log = create(store);
        append(log, 1);
        PartitionLog future = future(store);
        copy(log, future);
        settle();
        var guard = log.producers().beginVerification(7, (short) 0, 0, false, clock.nowMs);
        assertThat(guard).isNotNull();
        loop.execute(
                () -> assertThat(store.futures().promote(PARTITION, next -> {})).isTrue());
        settle();
        ByteBuf batch = Unpooled.directBuffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(batch, clock.nowMs).producer(7, (short) 0, 0);
        builder.transactional().append(clock.nowMs, null, new byte[10]);
        builder.build();
        assertThat(future.append(batch, 0, AppendOrigin.CLIENT, null).error())
                .as("a batch of which the coordinator was not asked")
                .isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(future.append(batch, 0, AppendOrigin.CLIENT, guard).error()).isEqualTo(ErrorCode.NONE);
        batch.release();
    }

    @Test
    void aCopyThatIsNotCompleteIsFoundAgainAfterARestart() throws Exception {
        LogStore store = start();
        PartitionLog log = create(store);
        append(log, 5);
        copy(log, future(store));
        append(log, 2);
        var closed = store.close(1).toCompletableFuture();
        settle();
        assertThat(closed).isCompleted();

        LogStore again = start();
        assertThat(again.partitions()).containsExactly(PARTITION);
        assertThat(again.futures().target(PARTITION))
                .contains(again.directories().get(1));
        PartitionLog future = again.futures().loadedLogs().get(0);
        assertThat(future.view().logEndOffset()).isEqualTo(5);
        PartitionLog current = again.loaded(PARTITION);
        assertThat(current).isNotNull();
        assertThat(current.view().logEndOffset()).isEqualTo(7);
    }

    @Test
    void theCopyIsDeletedWithTheLogOrAlone() throws Exception {
        LogStore store = start();
        append(create(store), 5);
        future(store);
        store.futures().delete(PARTITION);
        settle();
        assertThat(names("b")).isEmpty();
        assertThat(names("a")).containsExactly("letters-3");
        future(store);
        store.delete(PARTITION);
        settle();
        assertThat(names("b")).isEmpty();
        assertThat(names("a")).singleElement().asString().endsWith("-delete");
        assertThat(store.futures().promote(PARTITION, log -> {})).isFalse();
    }

    @Test
    void aCopyWhoseLogIsDeletedWhileItTakesItsPlaceGoesToo() throws Exception {
        LogStore store = start();
        PartitionLog future = future(store); // The log itself is gone already.
        loop.execute(
                () -> assertThat(store.futures().promote(PARTITION, log -> {})).isFalse());
        settle();
        assertThat(names("a")).isEmpty();
        assertThat(names("b")).isEmpty();
        assertThat(store.futures().loadedLogs()).isEmpty();
        ByteBuf late = LogFixture.batch(1, 100, clock.nowMs);
        assertThat(future.append(late, 0, AppendOrigin.CLIENT).isSuccess()).isFalse();
        late.release();
    }

    @Test
    void aNameThatWouldBeTooLongForADirectoryIsRefused() throws Exception {
        LogStore store = start();
        TopicPartition longest = new TopicPartition("t".repeat(249), 0);
        var refused = store.futures().getOrCreate(longest, store.directories().get(1), TOPIC_ID, LogConfig.DEFAULT);
        assertThat(refused.toCompletableFuture()).isCompletedExceptionally();
    }
}
