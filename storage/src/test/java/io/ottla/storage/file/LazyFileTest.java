package io.ottla.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.storage.file.OpenFiles.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: files are open while they are used and for as long as there are few, and nobody notices that they were closed. */
class LazyFileTest {
    @TempDir
    private Path root;

    private NioLogDirectory directory;

    @BeforeEach
    void open() throws IOException {
        directory = NioLogDirectory.open(root, new Limits(4, 2));
    }

    @AfterEach
    void close() throws IOException {
        directory.close();
    }

    private LazyFile file(String name) {
        return new LazyFile(directory, name);
    }

    private static void write(LazyFile file, long position, String text) throws IOException {
        ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
        file.write(position, bytes, 0, bytes.readableBytes());
    }

    private static String read(LogFile file) throws IOException {
        ByteBuf bytes = Unpooled.buffer();
        file.read(0, bytes, 100);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String read(LazyFile file) throws IOException {
        LogFile open = file.retain();
        try {
            return read(open);
        } finally {
            open.release();
        }
    }

    private void passSeconds(int count) {
        for (int i = 0; i < count; i++) {
            if (directory.openFiles().nextPeriod()) {
                directory.openFiles().closeIdle();
            }
        }
    }

    @Test
    void opensNothingBeforeTheFirstUse() {
        file("a");
        assertThat(directory.openFiles().count()).isZero();
        assertThat(root.resolve("a")).doesNotExist();
    }

    @Test
    void closesWhatNobodyHasUsedForASecondOldestFirst() throws IOException {
        List<LazyFile> files = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            files.add(file(name));
            write(files.get(files.size() - 1), 0, name);
            passSeconds(1);
        }
        assertThat(directory.openFiles().count()).isLessThanOrEqualTo(4);
        passSeconds(1);
        assertThat(directory.openFiles().count()).isEqualTo(2);
        for (LazyFile file : files) {
            assertThat(read(file)).isEqualTo(file.name());
        }
    }

    @Test
    void leavesOpenWhatIsInUse() throws IOException {
        for (String name : List.of("a", "b", "c", "d")) {
            write(file(name), 0, name);
        }
        directory.openFiles().nextPeriod();
        directory.openFiles().closeIdle();
        assertThat(directory.openFiles().count()).isEqualTo(4);
    }

    @Test
    void neverHasMoreOpenThanTheBound() throws IOException {
        for (int i = 0; i < 50; i++) {
            write(file("f" + i), 0, "x");
            assertThat(directory.openFiles().count()).isLessThanOrEqualTo(4);
        }
    }

    @Test
    void whoHasRetainedAFileReadsOnAfterItWasClosed() throws IOException {
        LazyFile file = file("a");
        write(file, 0, "letter");
        LogFile held = file.retain();
        file.rest();
        assertThat(directory.openFiles().count()).isZero();
        assertThat(read(held)).isEqualTo("letter");
        held.release();
        write(file, 6, "s");
        assertThat(read(file)).isEqualTo("letters");
    }

    @Test
    void isFoundUnderItsNewNameAfterItWasClosed() throws IOException {
        LazyFile file = file("a");
        write(file, 0, "letter");
        file.rest();
        file.renameTo("b");
        assertThat(read(file)).isEqualTo("letter");
        assertThat(root.resolve("a")).doesNotExist();
    }

    @Test
    void followsADirectoryThatHasGotAnotherName() throws IOException {
        directory.createDirectory("d");
        LazyFile file = file("d/a");
        write(file, 0, "letter");
        file.rest();
        directory.rename("d", "e");
        file.renameTo("e/a");
        assertThat(read(file)).isEqualTo("letter");
    }

    @Test
    void doesNotComeBackOnceItIsDeleted() throws IOException {
        LazyFile file = file("a");
        write(file, 0, "letter");
        file.delete();
        assertThatThrownBy(file::retain).isInstanceOf(NoSuchFileException.class);
        assertThat(root.resolve("a")).doesNotExist();
        assertThat(directory.openFiles().count()).isZero();
    }

    @Test
    void forcesWhatWasWrittenEvenIfItWasClosedSince() throws IOException {
        CountingDirectory counting = new CountingDirectory(directory);
        LazyFile file = new LazyFile(counting, "a");
        file.forceWrites();
        assertThat(counting.opened).isZero();
        write(file, 0, "letter");
        file.rest();
        file.forceWrites();
        assertThat(counting.opened).isEqualTo(2);
        file.rest();
        file.forceWrites();
        assertThat(counting.opened).isEqualTo(2);
    }

    @Test
    void writersAndReadersDoNotNoticeThatFilesAreClosedAllTheTime() throws Exception {
        LazyFile file = file("a");
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<?> closer = threads.submit(() -> {
                while (!done.get()) {
                    file.rest();
                }
            });
            Future<?> reader = threads.submit(() -> {
                while (!done.get()) {
                    assertThat(read(file)).matches("x*");
                }
                return null;
            });
            for (int i = 0; i < 5_000; i++) {
                write(file, i % 90, "x");
            }
            done.set(true);
            closer.get();
            reader.get();
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
        assertThat(Files.size(root.resolve("a"))).isEqualTo(90);
    }
}
