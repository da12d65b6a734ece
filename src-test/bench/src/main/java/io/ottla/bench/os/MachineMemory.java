package io.ottla.bench.os;

/**
 * The memory of the machine.
 *
 * @param totalBytes that the kernel can use
 * @param freeBytes that nobody uses, not even as a cache
 */
public record MachineMemory(long totalBytes, long freeBytes) {
    private static final long KIB = 1024;

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
