package io.ottla.controller;

import io.ottla.controller.zk.Node;
import io.ottla.controller.znode.FeatureNode;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The features of the cluster at the levels that its operator has finalized (KIP-584). Immutable.
 *
 * @param epoch grows with each change, {@link #UNKNOWN_EPOCH} where features are not versioned
 * @param levels by feature, all greater than 0; what is not in here has level 0
 */
public record FinalizedFeatures(long epoch, SortedMap<String, Integer> levels) {

    /** In place of an epoch. */
    public static final long UNKNOWN_EPOCH = -1;

    /** What holds as long as ZooKeeper says nothing. */
    public static final FinalizedFeatures NONE = new FinalizedFeatures(UNKNOWN_EPOCH, new TreeMap<>());

    /** Copies the levels. */
    public FinalizedFeatures {
        levels = Collections.unmodifiableSortedMap(new TreeMap<>(levels));
    }

    /** What {@code /feature} says. */
    static FinalizedFeatures of(Optional<Node> node) {
        if (node.isEmpty()) {
            return NONE;
        }
        FeatureNode features = FeatureNode.decode(node.get().data());
        return features.enabled() ? new FinalizedFeatures(node.get().stat().version(), features.levels()) : NONE;
    }

    /** The level of a feature. */
    public int level(String feature) {
        return levels.getOrDefault(feature, 0);
    }
}
