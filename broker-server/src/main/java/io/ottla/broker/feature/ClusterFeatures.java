package io.ottla.broker.feature;

import io.ottla.broker.cli.StartupException;
import io.ottla.controller.FinalizedFeatures;
import io.ottla.controller.znode.FeatureRange;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The features that this broker supports, and their levels in its cluster. Any thread; told of changes by one at a time. */
public final class ClusterFeatures {
    /**
     * How transactions are done (KIP-890). From 1 on, the records of their coordinator have room for more; from 2 on,
     * clients leave it to partitions to add themselves to transactions, and each end raises the epoch of the producer.
     */
    public static final String TRANSACTION_VERSION = "transaction.version";

    private static final Logger LOG = LoggerFactory.getLogger(ClusterFeatures.class);
    private static final SortedMap<String, FeatureRange> SUPPORTED =
            Collections.unmodifiableSortedMap(new TreeMap<>(Map.of(TRANSACTION_VERSION, new FeatureRange(0, 2))));

    private volatile FinalizedFeatures finalized = FinalizedFeatures.NONE;

    /** What a broker of this version supports. */
    public static SortedMap<String, FeatureRange> supported() {
        return SUPPORTED;
    }

    /** What is finalized. */
    public FinalizedFeatures finalized() {
        return finalized;
    }

    /** The finalized level of {@link #TRANSACTION_VERSION}. */
    public int transactionVersion() {
        return finalized.level(TRANSACTION_VERSION);
    }

    /**
     * ZooKeeper has been read for the first time.
     *
     * @throws StartupException if this broker cannot be part of such a cluster
     */
    public void begin(FinalizedFeatures found) {
        String obstacle = obstacle(found);
        if (obstacle != null) {
            throw new StartupException(obstacle);
        }
        finalized = found;
    }

    /** ZooKeeper has been read again. No controller finalizes what a live broker does not support. */
    public void update(FinalizedFeatures found) {
        FinalizedFeatures before = finalized;
        if (found.equals(before)) {
            return;
        }
        String obstacle = obstacle(found);
        if (obstacle != null) {
            LOG.error("{} It stays as it was for this broker: {}", obstacle, before.levels());
            return;
        }
        finalized = found;
        if (!found.levels().equals(before.levels())) {
            LOG.info("the features of the cluster are {} now, were {}", found.levels(), before.levels());
        }
    }

    private static @Nullable String obstacle(FinalizedFeatures found) {
        for (Map.Entry<String, Integer> each : found.levels().entrySet()) {
            FeatureRange supported = SUPPORTED.get(each.getKey());
            if (supported == null || !supported.contains(each.getValue())) {
                return "feature " + each.getKey() + " is at level " + each.getValue()
                        + " in this cluster (znode /feature), which this broker does not support; it supports "
                        + SUPPORTED + ". Lower it with bin/kafka-features.sh on a broker that does.";
            }
        }
        return null;
    }
}
