/** Tests of the command. */
@NullMarked
package io.ottla.sim.cli;

import org.jspecify.annotations.NullMarked;
