package io.ottla.broker.handler.fetch;

import java.util.ArrayList;
import java.util.List;

/**
 * The partitions of a session to which something has happened since the session last looked at them, each once, in the order
 * in which it happened. Home loops add, the request that holds the session takes: guarded by this object's monitor, which is
 * held for a few writes.
 */
final class ChangedPartitions {

    private List<FetchedPartition> changed = new ArrayList<>();
    private boolean readable;

    /** @param becameReadable whether there is something that a waiting fetch waits for, rather than only something to tell */
    synchronized void add(FetchedPartition partition, boolean becameReadable) {
        if (!partition.isChanged) {
            partition.isChanged = true;
            changed.add(partition);
        }
        readable |= becameReadable;
    }

    /** Whether a partition has become readable since they were last taken. */
    synchronized boolean isReadable() {
        return readable;
    }

    /** All of them; from now on they are noted anew. */
    synchronized List<FetchedPartition> take() {
        readable = false;
        if (changed.isEmpty()) {
            return List.of();
        }
        List<FetchedPartition> taken = changed;
        changed = new ArrayList<>();
        for (FetchedPartition partition : taken) {
            partition.isChanged = false;
        }
        return taken;
    }
}
