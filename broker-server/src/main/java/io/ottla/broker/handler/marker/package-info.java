/**
 * Ends of transactions as their coordinators write them into partitions: WriteTxnMarkers. The handlers keep nothing; what
 * a marker changes belongs to the partition's home loop.
 */
@NullMarked
package io.ottla.broker.handler.marker;

import org.jspecify.annotations.NullMarked;
