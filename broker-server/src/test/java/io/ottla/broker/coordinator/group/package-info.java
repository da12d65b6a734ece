/** Tests of the group coordinator through its public face, on a manual loop and a log in memory. */
@NullMarked
package io.ottla.broker.coordinator.group;

import org.jspecify.annotations.NullMarked;
