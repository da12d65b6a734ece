/** The command: runs seeds until they or the time are used up, and tells of the first failure how to repeat it. */
@NullMarked
package io.ottla.sim.cli;

import org.jspecify.annotations.NullMarked;
