/**
 * The command line: which brokers, which scenarios, how long; and the order in which they take turns.
 */
@NullMarked
package io.ottla.bench.cli;

import org.jspecify.annotations.NullMarked;
