package io.ottla.replication.partition;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.record.BatchValidator;
import java.time.Clock;

/**
 * A network loop as the home of partitions, with what they share because they never work at the same time.
 *
 * @param index of the loop among the broker's loops, from 0
 * @param validator confined to the loop
 * @param clock the wall clock; time that passes is measured by the loop's own ticker
 */
record HomeLoop(EventExecutor loop, int index, BatchValidator validator, Clock clock, LeaderServices services) {

    long nowNs() {
        return loop.ticker().nanoTime();
    }
}
