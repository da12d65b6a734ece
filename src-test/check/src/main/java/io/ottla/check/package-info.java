/**
 * History checkers: what clients of a broker or of a cluster saw while faults happened, held against what the brokers
 * have in the end. A {@link io.ottla.check.History} is filled by many threads of a load, and judged by
 * {@link io.ottla.check.HistoryCheck} once they have ended.
 *
 * <p>Nothing here knows clients, brokers or their formats: real processes and simulated ones are judged alike.
 */
@NullMarked
package io.ottla.check;

import org.jspecify.annotations.NullMarked;
