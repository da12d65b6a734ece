/**
 * Clients that do what the real ones do, over the simulated network and the real wire format, and write down what they did and
 * were told. Each is a process of its own. Confined to the world's thread.
 */
@NullMarked
package io.ottla.sim.client;

import org.jspecify.annotations.NullMarked;
