/**
 * Questions about the logs of partitions, and the one order that concerns them: ListOffsets, OffsetForLeaderEpoch,
 * DescribeLogDirs, DeleteRecords. Stateless; what has to search a log runs on the workers.
 */
@NullMarked
package io.ottla.broker.handler.log;

import org.jspecify.annotations.NullMarked;
