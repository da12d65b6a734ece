/**
 * The transaction coordinator: who may write in the name of a transactional id, and how each of its transactions ends, as
 * shards of {@link io.ottla.broker.coordinator.runtime.ShardRuntime} over {@code __transaction_state}.
 *
 * <p>A transactional id belongs to partition {@code (id.hashCode() & 0x7fffffff) % transaction.state.log.num.partitions}, and
 * all its state to that partition's shard. What a shard knows is of two kinds:
 *
 * <ul>
 *   <li>durable: per transactional id one {@link io.ottla.broker.coordinator.transaction.Transaction}. Only replay changes it.
 *       It is written as Apache Kafka 3.9 writes it: key {@code TransactionLogKey} (type 0), value
 *       {@code TransactionLogValue} version 0; version 1 where transactions of version 2 are enabled (KIP-890);
 *   <li>soft: markers on their way, which bump of an epoch may be repeated (KIP-360), the connection on which a transaction
 *       began. It is lost with the leadership of the partition; what was decided is resumed from the log.
 * </ul>
 *
 * <pre>
 *              add                end              all markers written
 *   EMPTY ───────────► ONGOING ──────────► PREPARE ──────────────────► COMPLETE
 *                         ▲     (timeout,  _COMMIT                     _COMMIT
 *                         │      fencing)  _ABORT                      _ABORT
 *                         └───────────────────────── add ─────────────────┘
 * </pre>
 *
 * <p>A transaction is decided when its PREPARE record is committed, not before: markers leave only then, and after an
 * election, when nobody knows whether the record that was found is committed, it is written once more first. The markers
 * reach the partitions through {@link io.ottla.broker.coordinator.transaction.MarkerSender}.
 */
@NullMarked
package io.ottla.broker.coordinator.transaction;

import org.jspecify.annotations.NullMarked;
