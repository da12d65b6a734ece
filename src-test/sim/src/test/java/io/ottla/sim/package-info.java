/** Tests of the simulation, and by it. */
@NullMarked
package io.ottla.sim;

import org.jspecify.annotations.NullMarked;
