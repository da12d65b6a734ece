/** What a loss of power may do to a log, without a cluster around it. */
@NullMarked
package io.ottla.sim.disk;

import org.jspecify.annotations.NullMarked;
