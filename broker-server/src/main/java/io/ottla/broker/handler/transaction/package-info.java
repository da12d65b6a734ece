/**
 * The APIs of transactions that the transaction coordinator answers. Nothing here has state; it belongs to the shards of
 * {@link io.ottla.broker.coordinator.transaction.TransactionCoordinator}.
 */
@NullMarked
package io.ottla.broker.handler.transaction;

import org.jspecify.annotations.NullMarked;
