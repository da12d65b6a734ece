/**
 * What is measured: one class per idea. A scenario sees one broker at a time and does not know which one it is.
 */
@NullMarked
package io.ottla.bench.scenario;

import org.jspecify.annotations.NullMarked;
