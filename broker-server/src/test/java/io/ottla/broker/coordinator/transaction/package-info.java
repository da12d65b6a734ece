/** Tests of the transaction coordinator, on a manual loop and a log in memory. */
@NullMarked
package io.ottla.broker.coordinator.transaction;

import org.jspecify.annotations.NullMarked;
