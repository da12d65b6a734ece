/** Tests of the shard runtime, with a loop, a clock and a log that the test holds in its hands. */
@NullMarked
package io.ottla.broker.coordinator.runtime;

import org.jspecify.annotations.NullMarked;
