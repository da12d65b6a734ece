package io.ottla.bench.os;

/**
 * The memory of one process, from {@code /proc/<pid>/status}.
 *
 * @param peakBytes the most that was resident since the process began or {@link ProcFs#resetPeakMemory} (VmHWM)
 * @param residentBytes what is resident now (VmRSS)
 */
public record ProcessMemory(long peakBytes, long residentBytes) {
    private static final long KIB = 1024;

    /** Parses the text of {@code /proc/<pid>/status}. */
    public static ProcessMemory parse(String status) {
        return new ProcessMemory(bytesOf(status, "VmHWM:"), bytesOf(status, "VmRSS:"));
    }

    private static long bytesOf(String status, String key) {
        for (String line : status.split("\n", -1)) {
            if (line.startsWith(key)) {
                String[] words = line.substring(key.length()).trim().split(" ", -1);
                return Long.parseLong(words[0]) * KIB;
            }
        }
        throw new IllegalArgumentException("no " + key + " in /proc/<pid>/status: " + status);
    }
}
