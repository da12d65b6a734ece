/**
 * The brokers under test, each a black box in a process of its own, started with what its own start script gives it.
 */
@NullMarked
package io.ottla.bench.broker;

import org.jspecify.annotations.NullMarked;
