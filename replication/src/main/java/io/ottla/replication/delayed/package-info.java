/**
 * Requests that wait for something to happen to partitions: fetches for records, produces for their commit.
 *
 * <p>A wait hangs on exactly the partitions it concerns and is woken by the event it waits for or by its deadline; nothing
 * is polled and no structure is shared by all partitions. Waits are bounded by the requests that may be in flight, each of
 * which can wait once. This package knows neither logs nor messages.
 */
@NullMarked
package io.ottla.replication.delayed;

import org.jspecify.annotations.NullMarked;
