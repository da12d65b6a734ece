/**
 * The loops on which coordinators live. A coordinator's state is split into shards; a shard is one partition of an internal
 * topic, and everything it knows is written in that partition's log.
 *
 * <pre>
 *   command ──► shard ──► records ──► replay(record) ──► batch ──► log ──► committed ──► response
 *                                          ▲
 *   log, at election ──────────────────────┘
 * </pre>
 *
 * <p>A shard is confined to the home loop of its partition. A command reads the shard's state and answers with records and
 * a response; the runtime replays the records on the state at once, so that the next command sees them, and appends all
 * that gathered while the last append was on its way as one batch. Responses leave when their batch is committed. The same
 * {@code replay} rebuilds the state from the log after an election.
 *
 * <p>State that replay changes lives in journaled collections: if an append is refused, what it had changed in advance is
 * undone. If an append fails in a way that leaves unknown whether the records are in the log, the shard is loaded anew.
 *
 * <p>Records may be part of a producer's transaction. They are replayed as such, on write and on load alike, and so is the
 * end of the transaction; what they mean before and after it is the shard's to know. Such records share no batch with
 * others.
 *
 * <p>The runtime knows neither groups nor the coordinator of transactions, neither partitions nor the network: it reads and writes logs through
 * {@link io.ottla.broker.coordinator.runtime.PartitionReader} and {@link io.ottla.broker.coordinator.runtime.PartitionWriter}.
 * The work that waits in a shard is bounded by the requests in flight, which {@code queued.max.request.bytes} bounds.
 */
@NullMarked
package io.ottla.broker.coordinator.runtime;

import org.jspecify.annotations.NullMarked;
