package io.ottla.bench.os;

/**
 * What the machine did over one interval.
 *
 * @param seconds its length
 * @param brokerCpuSeconds processor time of the broker, user and system
 * @param brokerSystemSeconds the kernel's part of it
 * @param zooKeeperCpuSeconds processor time of the broker's ZooKeeper, 0 if it has none of its own
 * @param clientCpuSeconds processor time of the client process
 * @param foreignShare share of all processors that went to processes which are no part of the benchmark, 0 to 1
 * @param stolenShare share that the hypervisor gave to others, 0 to 1
 * @param startMs wall clock at the start, milliseconds since 1970
 * @param endMs wall clock at the end
 */
public record Usage(
        double seconds,
        double brokerCpuSeconds,
        double brokerSystemSeconds,
        double zooKeeperCpuSeconds,
        double clientCpuSeconds,
        double foreignShare,
        double stolenShare,
        long startMs,
        long endMs) {

    /** What others took: a cell in which this is much says little. */
    public double noiseShare() {
        return foreignShare + stolenShare;
    }
}
