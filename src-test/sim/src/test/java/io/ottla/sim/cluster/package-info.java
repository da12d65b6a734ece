/** Tests of scenarios. */
@NullMarked
package io.ottla.sim.cluster;

import org.jspecify.annotations.NullMarked;
