/**
 * The logs of internal topics as coordinators see them: an adapter between the ports of {@code coordinator.runtime} and the
 * partitions that this broker hosts. Stateless.
 */
@NullMarked
package io.ottla.broker.coordinator.log;

import org.jspecify.annotations.NullMarked;
