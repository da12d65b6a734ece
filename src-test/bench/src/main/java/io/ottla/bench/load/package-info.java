/**
 * The work that clients do, in a process of their own: a command is one line of JSON on standard input, its result one
 * line on standard output.
 *
 * <p>A load warms up, then measures for a fixed time. The measuring end is here and not in the process that starts the
 * brokers, so that bytes, requests and processor time are counted over the very same interval.
 */
@NullMarked
package io.ottla.bench.load;

import org.jspecify.annotations.NullMarked;
