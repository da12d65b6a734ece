package io.ottla.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What the compilers of a Java process have cost, as Linux counts it per thread: it is warm when they rest. Stateless. */
final class CompilerThreads {
    private static final List<String> NAMES = List.of("C1 Compiler", "C2 Compiler");
    /** The unit of /proc on every Linux there is. */
    private static final long TICK_MS = 10;

    private static final int USER_FIELD = 11;
    private static final int SYSTEM_FIELD = 12;

    private CompilerThreads() {}

    static Duration cpuTime(long pid) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return Duration.ofMillis(
                    threads.mapToLong(CompilerThreads::ticksIfCompiler).sum() * TICK_MS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long ticksIfCompiler(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            if (NAMES.stream().noneMatch(name::startsWith)) {
                return 0;
            }
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Long.parseLong(fields[USER_FIELD]) + Long.parseLong(fields[SYSTEM_FIELD]);
        } catch (IOException e) {
            return 0; // The thread has ended meanwhile.
        }
    }
}
