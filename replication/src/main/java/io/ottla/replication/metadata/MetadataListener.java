package io.ottla.replication.metadata;

/** Learns of each change of the cluster's image. */
@FunctionalInterface
public interface MetadataListener {

    /** Called in the order of updates, on the thread that applies them; must not block. */
    void onMetadata(MetadataImage before, MetadataImage after);
}
