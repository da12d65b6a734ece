package io.ottla.controller.zk;

/**
 * Result of a create.
 *
 * @param path as created, with the sequence number of a sequential node
 * @param stat of the new node
 */
public record CreatedNode(String path, NodeStat stat) {}
