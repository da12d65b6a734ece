/**
 * The features of the cluster (KIP-584): which levels of which this broker supports, and which its operator has finalized.
 * {@link io.ottla.broker.feature.ClusterFeatures} holds both; ZooKeeper's {@code /feature} is the truth behind the second.
 * The package must not know what a feature changes: whoever behaves differently at some level asks for it.
 */
@NullMarked
package io.ottla.broker.feature;

import org.jspecify.annotations.NullMarked;
