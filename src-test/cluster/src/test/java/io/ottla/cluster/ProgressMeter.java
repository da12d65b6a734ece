package io.ottla.cluster;

import java.util.Arrays;

/** The longest time that a partition went without an acknowledgement. Written by clients' threads: locked. */
final class ProgressMeter {
    private final long[] lastNs;
    private final long[] worstNs;

    ProgressMeter(int partitions) {
        lastNs = new long[partitions];
        worstNs = new long[partitions];
        reset();
    }

    /** Forgets what was: time runs from now. */
    synchronized void reset() {
        Arrays.fill(lastNs, System.nanoTime());
        Arrays.fill(worstNs, 0);
    }

    synchronized void acknowledged(int partition) {
        long nowNs = System.nanoTime();
        worstNs[partition] = Math.max(worstNs[partition], nowNs - lastNs[partition]);
        lastNs[partition] = nowNs;
    }

    /** For how long the most silent partition has had no acknowledgement until now. */
    synchronized long silentMs() {
        return (System.nanoTime() - Arrays.stream(lastNs).min().orElseThrow()) / 1_000_000;
    }

    /** Since the last reset, over all partitions; what has not come back yet counts until now. */
    synchronized long worstMs() {
        long worst = 0;
        for (int partition = 0; partition < lastNs.length; partition++) {
            worst = Math.max(worst, Math.max(worstNs[partition], System.nanoTime() - lastNs[partition]));
        }
        return worst / 1_000_000;
    }
}
