package io.ottla.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.storage.file.NioLogDirectory;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: lookups in the pages that have left memory find what was appended, whatever page was searched before and whatever
 * has been cut meanwhile. Method: entries of which the value follows from the key and from a generation.
 */
class EntryFileTest {
    private static final int NONE = -1;
    private static final int KEY_STEP = 10;
    private static final EntryFormat FORMAT = new EntryFormat(Integer.BYTES);
    private static final int PAGE = FORMAT.pageEntries();
    private static final int COUNT = 5 * PAGE + 7;

    @TempDir
    private Path root;

    private NioLogDirectory directory;
    private EntryFile entries;

    @BeforeEach
    void open() throws Exception {
        directory = NioLogDirectory.open(root);
        entries = new EntryFile(directory, "letters.index", FORMAT, empty -> {});
        entries.reset();
    }

    @AfterEach
    void close() throws Exception {
        entries.close();
        directory.close();
    }

    private void append(int from, int to, int generation) throws Exception {
        for (int i = from; i < to; i++) {
            entries.append(key(i), value(i, generation));
        }
    }

    private static long key(int index) {
        return (long) KEY_STEP * (index + 1);
    }

    private static int value(int index, int generation) {
        return 2 * index + generation;
    }

    @Test
    void findsEveryKeyForwardsAndBackwards() throws Exception {
        append(0, COUNT, 0);
        for (int i = 0; i < COUNT; i++) {
            assertFound(i, 0);
        }
        for (int i = COUNT - 1; i >= 0; i--) {
            assertFound(i, 0);
        }
        assertThat(entries.floorValue(KEY_STEP - 1, NONE)).isEqualTo(NONE);
    }

    private void assertFound(int index, int generation) throws Exception {
        assertThat(entries.floorValue(key(index), NONE)).isEqualTo(value(index, generation));
        assertThat(entries.floorValue(key(index) + KEY_STEP - 1, NONE)).isEqualTo(value(index, generation));
    }

    @Test
    void forgetsThePageThatWasCut() throws Exception {
        append(0, COUNT, 0);
        int cut = PAGE + 3;
        assertFound(cut, 0);
        entries.truncate(cut);
        append(cut, COUNT, 1);
        assertFound(cut - 1, 0);
        assertFound(cut, 1);
        assertFound(COUNT - 1, 1);
    }

    @Test
    void forgetsEverythingWhenReset() throws Exception {
        append(0, COUNT, 0);
        assertFound(PAGE + 3, 0);
        entries.reset();
        assertThat(entries.floorValue(key(PAGE + 3), NONE)).isEqualTo(NONE);
        append(0, COUNT, 1);
        assertFound(PAGE + 3, 1);
    }

    @Test
    void survivesReadersWhileItIsCutAndGrowsAgain() throws Exception {
        append(0, COUNT, 0);
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        CountDownLatch started = new CountDownLatch(1);
        Thread reader = new Thread(() -> {
            try {
                for (int i = 0; !done.get(); i = (i + 37) % COUNT) {
                    entries.floorValue(key(i), NONE);
                    started.countDown();
                }
            } catch (Throwable e) {
                failure.set(e);
                started.countDown();
            }
        });
        reader.start();
        started.await();
        for (int round = 1; round <= 200; round++) {
            entries.truncate(PAGE / 2);
            append(PAGE / 2, COUNT, round % 2);
        }
        done.set(true);
        reader.join();
        assertThat(failure.get()).isNull();
        for (int i = PAGE / 2; i < COUNT; i++) {
            assertFound(i, 0);
        }
    }
}
