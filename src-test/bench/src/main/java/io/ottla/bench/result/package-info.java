/**
 * The result file of a run: plain data, written after every trial and read by the reports.
 */
@NullMarked
package io.ottla.bench.result;

import org.jspecify.annotations.NullMarked;
