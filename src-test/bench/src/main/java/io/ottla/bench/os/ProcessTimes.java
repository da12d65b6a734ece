package io.ottla.bench.os;

/**
 * The processor time of one process so far, from {@code /proc/<pid>/stat}.
 *
 * @param userTicks in user mode, all threads, in clock ticks
 * @param systemTicks in the kernel, all threads, in clock ticks
 */
public record ProcessTimes(long userTicks, long systemTicks) {
    /** Linux reports times to user space in hundredths of a second on every platform that Java runs on. */
    public static final int TICKS_PER_SECOND = 100;

    /** utime and stime are the 14th and 15th field; the second one, the name, may itself hold blanks and brackets. */
    private static final int USER_FIELD = 14 - 3;

    /** cutime and cstime, of the children that have ended and been waited for, follow them. */
    private static final int CHILDREN_USER_FIELD = USER_FIELD + 2;

    /** Parses the one line of {@code /proc/<pid>/stat}. */
    public static ProcessTimes parse(String stat) {
        return parse(stat, USER_FIELD);
    }

    /** As {@link #parse}, of the children of the process that have ended. */
    static ProcessTimes parseChildren(String stat) {
        return parse(stat, CHILDREN_USER_FIELD);
    }

    private static ProcessTimes parse(String stat, int userField) {
        int nameEnd = stat.lastIndexOf(')');
        if (nameEnd < 0) {
            throw new IllegalArgumentException("not a /proc/<pid>/stat line: " + stat);
        }
        String[] fields = stat.substring(nameEnd + 2).trim().split(" ", -1);
        return new ProcessTimes(Long.parseLong(fields[userField]), Long.parseLong(fields[userField + 1]));
    }

    public double cpuSeconds() {
        return (double) (userTicks + systemTicks) / TICKS_PER_SECOND;
    }

    public double systemSeconds() {
        return (double) systemTicks / TICKS_PER_SECOND;
    }
}
