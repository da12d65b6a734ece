package io.ottla.bench.os;

/**
 * The processor time of the whole machine so far, from the first line of {@code /proc/stat}, in clock ticks.
 *
 * @param busyTicks spent by processes and the kernel on their behalf: user, nice and system
 * @param stolenTicks taken by the hypervisor for others
 * @param allTicks of all processors, idle included
 */
public record MachineTimes(long busyTicks, long stolenTicks, long allTicks) {
    private static final int USER = 1;
    private static final int NICE = 2;
    private static final int SYSTEM = 3;
    private static final int STEAL = 8;

    /** Parses {@code /proc/stat}; guest time is part of user time already, so that only the first eight columns count. */
    public static MachineTimes parse(String stat) {
        String[] fields = stat.substring(0, stat.indexOf('\n')).trim().split(" +", -1);
        if (!fields[0].equals("cpu") || fields.length <= STEAL) {
            throw new IllegalArgumentException("not the text of /proc/stat: " + String.join(" ", fields));
        }
        long all = 0;
        for (int i = USER; i <= STEAL; i++) {
            all += Long.parseLong(fields[i]);
        }
        long busy = Long.parseLong(fields[USER]) + Long.parseLong(fields[NICE]) + Long.parseLong(fields[SYSTEM]);
        return new MachineTimes(busy, Long.parseLong(fields[STEAL]), all);
    }
}
