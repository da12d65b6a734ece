/**
 * What must hold after every event, seen from above: the oracle looks into all brokers and into ZooKeeper at once, which no
 * broker can, and changes nothing. Confined to the world's thread.
 */
@NullMarked
package io.ottla.sim.oracle;

import org.jspecify.annotations.NullMarked;
