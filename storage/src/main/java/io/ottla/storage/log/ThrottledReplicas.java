package io.ottla.storage.log;

import java.util.Arrays;
import java.util.List;

/**
 * The replicas of a topic whose copying is throttled, as {@code leader.replication.throttled.replicas} and
 * {@code follower.replication.throttled.replicas} name them: {@code *} for all, or {@code partition:broker} pairs. Immutable.
 */
public final class ThrottledReplicas {
    /** No replica. */
    public static final ThrottledReplicas NONE = new ThrottledReplicas(List.of());

    private static final String ALL = "*";
    private static final long NOBODY = -1;

    private final List<String> text;
    private final boolean all;
    private final long[] sorted;

    private ThrottledReplicas(List<String> text) {
        this.text = List.copyOf(text);
        this.all = this.text.contains(ALL);
        this.sorted = all
                ? new long[0]
                : this.text.stream()
                        .mapToLong(ThrottledReplicas::parse)
                        .sorted()
                        .toArray();
    }

    /** The replicas of these entries, which have been found valid: {@code *}, or pairs of decimal numbers. */
    public static ThrottledReplicas of(List<String> text) {
        return text.isEmpty() ? NONE : new ThrottledReplicas(text);
    }

    private static long parse(String pair) {
        int colon = pair.indexOf(':');
        try {
            return key(
                    Integer.parseInt(pair.substring(0, colon).trim()),
                    Integer.parseInt(pair.substring(colon + 1).trim()));
        } catch (NumberFormatException e) {
            return NOBODY; // More digits than any partition or broker has.
        }
    }

    private static long key(int partition, int brokerId) {
        return ((long) partition << Integer.SIZE) | brokerId;
    }

    /** Whether the replica of this partition on this broker is meant. */
    public boolean contains(int partition, int brokerId) {
        return all || (sorted.length > 0 && Arrays.binarySearch(sorted, key(partition, brokerId)) >= 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ThrottledReplicas replicas && text.equals(replicas.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return String.join(",", text);
    }
}
