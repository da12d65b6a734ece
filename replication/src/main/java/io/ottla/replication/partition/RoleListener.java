package io.ottla.replication.partition;

/** Learns of every change of a partition's role. Called on the partition's home loop, after the change; must not block. */
@FunctionalInterface
public interface RoleListener {

    void onRole(Partition partition, Role role);
}
