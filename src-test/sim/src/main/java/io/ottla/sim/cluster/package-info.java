/**
 * Brokers of the real classes in a simulated world, and what happens to them. {@link io.ottla.sim.cluster.SimBroker} is a
 * machine on which one broker process after the other lives. Confined to the world's thread.
 */
@NullMarked
package io.ottla.sim.cluster;

import org.jspecify.annotations.NullMarked;
