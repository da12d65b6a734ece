package io.ottla.controller.znode;

/**
 * The levels of a feature that a broker supports (KIP-584); level 0 stands for a feature that is not enabled.
 *
 * @param lowest inclusive
 * @param highest inclusive
 */
public record FeatureRange(int lowest, int highest) {

    /** Checks the order. */
    public FeatureRange {
        if (lowest < 0 || highest < lowest) {
            throw new IllegalArgumentException("feature levels " + lowest + " to " + highest);
        }
    }

    /** Whether a broker that supports this can be in a cluster where the feature has this level. */
    public boolean contains(int level) {
        return level >= lowest && level <= highest;
    }

    @Override
    public String toString() {
        return lowest + " to " + highest;
    }
}
