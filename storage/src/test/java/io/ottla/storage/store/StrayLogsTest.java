package io.ottla.storage.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.storage.file.NioLogDirectory;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.LogFixture;
import io.ottla.storage.log.PartitionLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: logs that do not belong to the broker any more are kept, but out of the way. */
class StrayLogsTest {
    private static final TopicPartition KEPT = new TopicPartition("kept", 0);
    private static final TopicPartition STRAY = new TopicPartition("stray", 1);
    private static final UUID OLD = new UUID(1, 2);

    @TempDir
    private Path root;

    private final ManualLoop loop = ManualLoop.entered();
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    private void settle() {
        loop.runAll();
        while (!tasks.isEmpty()) {
            tasks.remove().run();
            loop.runAll();
        }
    }

    private LogStore start(StrayCheck check) throws Exception {
        StoreEnvironment environment = new StoreEnvironment(
                loop,
                partition -> (EventExecutor) loop,
                tasks::add,
                new LogFixture.ManualClock(),
                partition -> LogConfig.DEFAULT,
                new Random(1));
        LogStore store = new LogStore(List.of(NioLogDirectory.open(root)), StoreSettings.DEFAULT, environment);
        store.start(check);
        settle();
        return store;
    }

    private PartitionLog create(LogStore store, TopicPartition partition, UUID topicId) {
        var created = store.getOrCreate(partition, topicId, LogConfig.DEFAULT, LogStore.Origin.NEW);
        settle();
        return created.toCompletableFuture().join();
    }

    private void close(LogStore store) {
        store.close(1);
        settle();
    }

    @Test
    void areSetAsideWithTheirRecordsAndMakeRoomForNewOnes() throws Exception {
        LogStore before = start(StrayCheck.NONE);
        create(before, KEPT, OLD);
        PartitionLog old = create(before, STRAY, OLD);
        var batch = LogFixture.batch(1, 100, 0);
        assertThat(old.append(batch, 0, AppendOrigin.CLIENT).isSuccess()).isTrue();
        batch.release();
        close(before);

        StrayCheck check = (partition, topicId) -> {
            assertThat(topicId).contains(OLD);
            return partition.equals(STRAY) ? Optional.of("the topic is another one") : Optional.empty();
        };
        LogStore store = start(check);
        assertThat(store.topicsOnDisk()).containsExactly("kept");
        assertThat(store.partitions()).containsExactly(KEPT);
        PartitionLog created = create(store, STRAY, new UUID(3, 4));
        assertThat(created.view().logEndOffset()).isZero();
        close(store);

        LogStore again = start((partition, topicId) -> Optional.empty());
        assertThat(again.partitions()).containsExactly(KEPT, STRAY);
        try (var names = Files.list(root)) {
            Path aside = names.filter(path -> path.toString().endsWith("-stray"))
                    .findFirst()
                    .orElseThrow();
            assertThat(aside.getFileName().toString()).startsWith("stray-1.");
            assertThat(Files.size(aside.resolve("00000000000000000000.log"))).isPositive();
        }
        close(again);
    }
}
