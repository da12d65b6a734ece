package io.ottla.bench.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Reads {@code /proc}. Every method fails if the process is gone: a figure of a dead broker is no figure. */
public final class ProcFs {
    private static final Path PROC = Path.of("/proc");
    private static final String PEAK_RESET = "5";

    private ProcFs() {}

    public static ProcessTimes times(long pid) {
        return ProcessTimes.parse(read(of(pid).resolve("stat")));
    }

    /** Of all processes that this one has started and that have ended. */
    public static ProcessTimes endedChildren() {
        return ProcessTimes.parseChildren(read(PROC.resolve("self").resolve("stat")));
    }

    public static ProcessMemory memory(long pid) {
        return ProcessMemory.parse(read(of(pid).resolve("status")));
    }

    public static MachineTimes machine() {
        return MachineTimes.parse(read(PROC.resolve("stat")));
    }

    /** Open file descriptors, sockets included. */
    public static long openFiles(long pid) {
        try (Stream<Path> files = Files.list(of(pid).resolve("fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot count the files of process " + pid, e);
        }
    }

    /** Makes the peak of {@link ProcessMemory} begin anew at what is resident now. */
    public static void resetPeakMemory(long pid) {
        try {
            Files.writeString(of(pid).resolve("clear_refs"), PEAK_RESET);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot reset the peak memory of process " + pid, e);
        }
    }

    private static Path of(long pid) {
        return PROC.resolve(Long.toString(pid));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
