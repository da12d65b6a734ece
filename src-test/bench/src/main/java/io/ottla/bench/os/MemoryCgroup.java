package io.ottla.bench.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A limit of memory, page cache included, for the processes started in it. For both versions of control groups. */
public final class MemoryCgroup implements AutoCloseable {
    private static final Path V1 = Path.of("/sys/fs/cgroup/memory");
    private static final Path V2 = Path.of("/sys/fs/cgroup");

    private final Path directory;

    private MemoryCgroup(Path directory) {
        this.directory = directory;
    }

    /** A new group of this limit, or nothing where control groups cannot be made here. */
    public static Optional<MemoryCgroup> create(String name, long limitBytes) {
        boolean v2 = Files.exists(V2.resolve("cgroup.controllers"));
        Path directory = (v2 ? V2 : V1).resolve(name);
        try {
            Files.createDirectories(directory);
            Files.writeString(
                    directory.resolve(v2 ? "memory.max" : "memory.limit_in_bytes"), Long.toString(limitBytes));
            return Optional.of(new MemoryCgroup(directory));
        } catch (IOException | SecurityException e) {
            delete(directory);
            return Optional.empty();
        }
    }

    /** The command in front of another command that makes it run in this group. */
    public List<String> launcher() {
        return List.of("sh", "-c", "echo $$ > '" + directory.resolve("cgroup.procs") + "' && exec \"$@\"", "sh");
    }

    /** Removes the group; its processes must have ended. */
    @Override
    public void close() {
        delete(directory);
    }

    private static void delete(Path directory) {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + directory + ", which has " + processes(directory), e);
        }
    }

    private static String processes(Path directory) {
        try (Stream<String> lines = Files.lines(directory.resolve("cgroup.procs"))) {
            return "processes " + lines.toList();
        } catch (IOException | UncheckedIOException e) {
            return "no readable list of processes";
        }
    }
}
