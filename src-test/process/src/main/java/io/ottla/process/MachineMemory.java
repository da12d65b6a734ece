package io.ottla.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The memory of the machine.
 *
 * @param totalBytes that the kernel can use
 * @param freeBytes that nobody uses, not even as a cache
 */
public record MachineMemory(long totalBytes, long freeBytes) {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final long KIB = 1024;

    /** As it is now; Linux only. */
    public static MachineMemory now() {
        try {
            return parse(Files.readString(MEMINFO));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + MEMINFO, e);
        }
    }

    /** Parses {@code /proc/meminfo}. */
    public static MachineMemory parse(String meminfo) {
        return new MachineMemory(bytes(meminfo, "MemTotal:"), bytes(meminfo, "MemFree:"));
    }

    private static long bytes(String meminfo, String key) {
        return meminfo.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).replace("kB", "").trim())
                .mapToLong(kib -> Long.parseLong(kib) * KIB)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no " + key + " in /proc/meminfo: " + meminfo));
    }
}
