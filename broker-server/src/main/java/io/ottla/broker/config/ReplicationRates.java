package io.ottla.broker.config;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Bytes per second that throttled replication may take on this broker, {@link #UNLIMITED} by default. They exist as dynamic
 * settings of brokers alone; those of this broker go before those of all.
 *
 * @param leader {@code leader.replication.throttled.rate}
 * @param follower {@code follower.replication.throttled.rate}
 * @param moves {@code replica.alter.log.dirs.io.max.bytes.per.second}
 */
public record ReplicationRates(long leader, long follower, long moves) {
    /** No bound. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final String LEADER = "leader.replication.throttled.rate";
    private static final String FOLLOWER = "follower.replication.throttled.rate";
    private static final String MOVES = "replica.alter.log.dirs.io.max.bytes.per.second";

    /** The names of the settings. */
    static final Set<String> NAMES = Set.of(LEADER, FOLLOWER, MOVES);

    static ReplicationRates of(DynamicConfig.Layers layers) {
        return new ReplicationRates(rate(layers, LEADER), rate(layers, FOLLOWER), rate(layers, MOVES));
    }

    private static long rate(DynamicConfig.Layers layers, String name) {
        String text = layers.perBroker().getOrDefault(name, layers.clusterWide().get(name));
        return text == null ? UNLIMITED : parse(text);
    }

    /** What is stored was checked before; what other tools have stored, and is no number, bounds nothing. */
    private static long parse(String text) {
        try {
            return Math.max(0, Long.parseLong(text.trim()));
        } catch (NumberFormatException e) {
            return UNLIMITED;
        }
    }

    /** The other settings, which lie over those of the file. */
    static Map<String, String> without(Map<String, String> settings) {
        Map<String, String> others = new TreeMap<>(settings);
        others.keySet().removeAll(NAMES);
        return others;
    }
}
