package io.ottla.controller.zk;

/**
 * What ZooKeeper keeps beside a node's data.
 *
 * @param czxid transaction that created the node; of a broker's registration it is the broker epoch
 * @param mzxid transaction that has written the data last
 * @param version of the data, 0 after creation
 * @param ephemeralOwner session that owns an ephemeral node, 0 of a persistent one
 * @param createdAtMs wall clock of the server at creation
 * @param childCount number of children
 */
public record NodeStat(long czxid, long mzxid, int version, long ephemeralOwner, long createdAtMs, int childCount) {}
