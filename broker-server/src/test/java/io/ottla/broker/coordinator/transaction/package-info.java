/**
 * Tests of the transaction coordinator, on a manual loop and a log in memory.
 *
 * <p>What went wrong elsewhere with transactions, and the test that shows that it does not here:
 *
 * <ul>
 *   <li>KAFKA-14402, a late batch begins a transaction that nobody ends: {@code
 *       TransactionLifecycleTest.onlyPartitionsOfTheOngoingTransactionAreVerified}, {@code storage.producer.VerificationTest},
 *       {@code handler.produce.TransactionalProduceTest};
 *   <li>KAFKA-17754, a delayed EndTxn ends the next transaction: {@code
 *       TransactionLifecycleTest.aDelayedEndDoesNotReachTheNextTransaction}, {@code
 *       ProducerFencingTest.aClientOfVersionTwoGetsAnotherEpochWithEveryEnd}, and the planted bug {@code late-end-of-the-next};
 *   <li>KAFKA-9144, the expiry of a producer sets its epoch back: {@code storage.producer.ProducerStatesTest}, {@code
 *       VerificationTest};
 *   <li>KAFKA-9777, a marker's answer is lost between two looks at it: {@code MarkerDeliveryTest};
 *   <li>KAFKA-9807, an undecided record is read as committed: {@code storage.log.ReadCommittedModelTest};
 *   <li>KAFKA-12153, a transaction survives the truncation of its records: {@code storage.log.TransactionRecoveryTest};
 *   <li>KAFKA-12520, producers are read from the whole log because segments were being replaced: {@code
 *       storage.log.SwapAtStartTest}.
 * </ul>
 */
@NullMarked
package io.ottla.broker.coordinator.transaction;

import org.jspecify.annotations.NullMarked;
