/**
 * Who is the controller, and the guard that lets nobody write who no longer is (KAFKA-6082).
 *
 * <p>The election is one multi that creates {@code /controller} and raises {@code /controller_epoch}; from then on every
 * write checks that the epoch's znode still has the version the election gave it. Stateless but for a term, which is
 * immutable; knows nothing of topics and brokers.
 */
@NullMarked
package io.ottla.controller.election;

import org.jspecify.annotations.NullMarked;
