/**
 * Produce: one request's batches to their partitions, one answer back.
 *
 * <p>A call is begun on its connection's loop; each of its appends is confined to the home loop of the partition, and the
 * last one to end completes the call.
 */
@NullMarked
package io.ottla.broker.handler.produce;

import org.jspecify.annotations.NullMarked;
