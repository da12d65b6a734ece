/**
 * A ZooKeeper ensemble as its clients see it: one tree in the order of its transactions, sessions that outlive connections,
 * watches that fire once. Confined to the world's thread.
 */
@NullMarked
package io.ottla.sim.zk;

import org.jspecify.annotations.NullMarked;
