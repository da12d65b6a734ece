/**
 * Figures out of many measurements: medians, spread, ratios with the noise beside them. Knows nothing of brokers.
 */
@NullMarked
package io.ottla.bench.stats;

import org.jspecify.annotations.NullMarked;
