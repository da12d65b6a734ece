/**
 * Virtual time: one queue of events, one source of chance, and the threads and clocks of simulated processes made of them.
 * Everything runs on the one thread that calls {@link io.ottla.sim.world.World#step}; nothing here knows of brokers.
 */
@NullMarked
package io.ottla.sim.world;

import org.jspecify.annotations.NullMarked;
