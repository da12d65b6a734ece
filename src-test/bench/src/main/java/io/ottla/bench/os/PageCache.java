package io.ottla.bench.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Makes files cold: writes them to the disk and takes them out of the page cache. Java has no {@code posix_fadvise}; {@code dd}
 * of GNU coreutils does it for one file, without an effect on the rest of the machine.
 */
public final class PageCache {
    private static final int LIMIT_SECONDS = 120;

    private PageCache() {}

    /** Drops all regular files below {@code directory}. */
    public static void drop(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.filter(Files::isRegularFile).filter(file -> sizeOf(file) > 0).forEach(PageCache::dropFile);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot walk " + directory, e);
        }
    }

    private static void dropFile(Path file) {
        List<String> command =
                List.of("dd", "if=/dev/null", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException("dd could not take " + file + " out of the page cache");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("GNU dd is needed to make files cold", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while files become cold", e);
        }
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            // Deleted meanwhile: a file that is gone is not cached either.
            return 0;
        }
    }
}
