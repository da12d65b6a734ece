/**
 * From the result file of a run to tables and plots. Nothing here measures, so that a report can be made again.
 */
@NullMarked
package io.ottla.bench.report;

import org.jspecify.annotations.NullMarked;
