/**
 * How fast replicas may be copied: rates that operators set while replicas move, so that clients do not suffer from it.
 *
 * <p>State is guarded by the throttle's monitor; time comes from the Ticker. Knows nothing of configurations and of fetches.
 */
@NullMarked
package io.ottla.replication.quota;

import org.jspecify.annotations.NullMarked;
