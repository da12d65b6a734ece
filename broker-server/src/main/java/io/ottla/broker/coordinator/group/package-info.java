/**
 * The group coordinator: the classic group protocol and committed offsets, as shards of
 * {@link io.ottla.broker.coordinator.runtime.ShardRuntime} over {@code __consumer_offsets}.
 *
 * <p>A group belongs to partition {@code (groupId.hashCode() & 0x7fffffff) % offsets.topic.num.partitions}, and all its state
 * to that partition's shard. What a shard knows is of two kinds:
 *
 * <ul>
 *   <li>durable: committed offsets and, per group, the last generation that was completed. Only replay changes it. It is
 *       written as Apache Kafka 3.9 writes it: keys {@code OffsetCommitKey} (type 1) and {@code GroupMetadataKey} (type 2),
 *       values {@code OffsetCommitValue} version 3 (1 if the client set an expiry) and {@code GroupMetadataValue} version 3;
 *   <li>soft: members who are joining, timers, requests that wait. It is lost with the leadership of the partition, and
 *       clients recover by the errors that they get.
 * </ul>
 *
 * <pre>
 *            first member joins               all have joined
 *   EMPTY ───────────────────► PREPARING ───────────────────► COMPLETING ───► STABLE
 *     ▲                         REBALANCE ◄─────────────────── REBALANCE        │
 *     └──────── no members ────────┘  ▲   a member comes or goes                │
 *                                     └─────────────────────────────────────────┘
 * </pre>
 *
 * <p>The package knows nothing of the network, of partitions or of the cluster's metadata.
 */
@NullMarked
package io.ottla.broker.coordinator.group;

import org.jspecify.annotations.NullMarked;
