/**
 * What the operating system says about processes: processor time, memory, descriptors, and what else runs meanwhile.
 *
 * <p>All figures of the benchmark about a broker come from here, none from the broker itself. Linux only: the parsers
 * take text, so that they can be tested anywhere; reading {@code /proc} is in {@link io.ottla.bench.os.ProcFs} alone.
 */
@NullMarked
package io.ottla.bench.os;

import org.jspecify.annotations.NullMarked;
