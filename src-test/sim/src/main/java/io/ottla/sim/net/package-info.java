/**
 * A network between simulated hosts: connections that keep their order, links that are slow or cut in one direction, hosts
 * that refuse connections because nobody listens. What travels are the bytes of real frames. Confined to the world's thread.
 */
@NullMarked
package io.ottla.sim.net;

import org.jspecify.annotations.NullMarked;
