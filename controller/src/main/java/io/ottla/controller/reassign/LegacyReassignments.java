package io.ottla.controller.reassign;

import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.znode.MalformedNodeException;
import io.ottla.controller.znode.ReassignPartitionsNode;
import io.ottla.protocol.api.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What old tools ask for in {@code /admin/reassign_partitions}; partitions leave the node as they are done, and the node
 * goes with the last. Confined to the controller's executor.
 */
final class LegacyReassignments {

    private static final Logger LOG = LoggerFactory.getLogger(LegacyReassignments.class);

    private final ReassignmentContext context;
    private SortedMap<TopicPartition, List<Integer>> listed = new TreeMap<>();
    private int version;

    LegacyReassignments(ReassignmentContext context) {
        this.context = context;
    }

    /** Reads what is asked for, by partition, and watches the node. */
    CompletableFuture<SortedMap<TopicPartition, List<Integer>>> read(Runnable onChange) {
        return context.writer()
                .session()
                .get(ReassignPartitionsNode.PATH, event -> onChange.run())
                .thenApply(node -> {
                    listed = new TreeMap<>();
                    node.ifPresent(read -> {
                        version = read.stat().version();
                        listed = decode(read.data());
                    });
                    return new TreeMap<>(listed);
                });
    }

    private static SortedMap<TopicPartition, List<Integer>> decode(byte[] data) {
        try {
            return ReassignPartitionsNode.decode(data);
        } catch (MalformedNodeException e) {
            LOG.warn("{} is ignored: {}", ReassignPartitionsNode.PATH, e.getMessage());
            return new TreeMap<>();
        }
    }

    /** These are done, refused, or asked for otherwise meanwhile. */
    CompletableFuture<Void> remove(Collection<TopicPartition> partitions) {
        if (!listed.keySet().removeAll(partitions)) {
            return CompletableFuture.completedFuture(null);
        }
        WriteOperation write = listed.isEmpty()
                ? WriteOperation.delete(ReassignPartitionsNode.PATH, version)
                : WriteOperation.set(ReassignPartitionsNode.PATH, ReassignPartitionsNode.encode(listed), version);
        version++;
        return context.writer()
                .write(List.of(write))
                .<Void>thenApply(done -> null)
                .exceptionallyCompose(failure -> ZooKeeperException.is(failure, ZooKeeperError.BAD_VERSION)
                                || ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                        // Somebody has written it anew; the watch brings that here.
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failure));
    }

    /** Whether there is anything of this topic. */
    List<TopicPartition> of(String topic) {
        return listed.keySet().stream()
                .filter(partition -> partition.topic().equals(topic))
                .toList();
    }
}
