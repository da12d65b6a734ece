package io.ottla.controller;

/**
 * When leadership returns to preferred replicas by itself.
 *
 * @param enabled {@code auto.leader.rebalance.enable}
 * @param intervalMs {@code leader.imbalance.check.interval.seconds}, in milliseconds
 * @param percentage {@code leader.imbalance.per.broker.percentage}: share of the partitions that prefer a broker and are
 *     led elsewhere above which they are moved
 */
public record LeaderRebalance(boolean enabled, long intervalMs, int percentage) {

    /** Leadership moves only when asked to. */
    public static LeaderRebalance disabled() {
        return new LeaderRebalance(false, 1, 0);
    }
}
