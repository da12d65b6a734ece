package io.ottla.controller;

import io.ottla.controller.event.Gather;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.ClusterLoader;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.TopicState;
import io.ottla.controller.zk.Node;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.IsrChangeNode;
import io.ottla.controller.znode.LogDirEventNode;
import io.ottla.controller.znode.MalformedNodeException;
import io.ottla.protocol.api.TopicPartition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What brokers leave under {@code /log_dir_event_notification} (a disk has failed) and, those that do not know
 * AlterPartition, under {@code /isr_change_notification}. Each is read, acted on and deleted. Confined to the
 * controller's executor; lasts for one term.
 */
final class Notifications {

    private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);

    private final Office office;
    private final ClusterLoader loader;
    private final ClusterEvents cluster;

    Notifications(Office office, ClusterLoader loader, ClusterEvents cluster) {
        this.office = office;
        this.loader = loader;
        this.cluster = cluster;
    }

    @FunctionalInterface
    private interface Reader {
        CompletableFuture<Void> read(List<String> names, List<Optional<Node>> nodes);
    }

    /** Watches from now on. What is there already needs no reading: a new controller reads and tells everything. */
    CompletableFuture<Void> begin() {
        return watch(LogDirEventNode.PARENT, this::onLogDirEvents)
                .thenCompose(names -> delete(LogDirEventNode.PARENT, names))
                .thenCompose(done -> watch(IsrChangeNode.PARENT, this::onIsrChanges))
                .thenCompose(names -> delete(IsrChangeNode.PARENT, names));
    }

    /** A parent that some other tool has not made is no reason to fail; nobody can leave a notification there either. */
    private CompletableFuture<List<String>> watch(String parent, Reader reader) {
        return session()
                .children(parent, event -> {
                    if (!cluster.isOver()) {
                        cluster.submit("notifications under " + parent, () -> handle(parent, reader));
                    }
                })
                .exceptionallyCompose(failure -> ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                        ? CompletableFuture.completedFuture(List.of())
                        : CompletableFuture.failedFuture(failure));
    }

    private ZooKeeperSession session() {
        return office.writer().session();
    }

    private CompletableFuture<Void> handle(String parent, Reader reader) {
        return watch(parent, reader)
                .thenCompose(names -> Gather.each(names, name -> session().get(parent + "/" + name))
                        .thenCompose(nodes -> reader.read(names, nodes))
                        .thenCompose(done -> delete(parent, names)));
    }

    private CompletableFuture<Void> delete(String parent, List<String> names) {
        return Gather.each(names, name -> office.writer()
                        .write(List.of(WriteOperation.delete(parent + "/" + name, ZooKeeperSession.ANY_VERSION)))
                        .exceptionallyCompose(failure -> ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                                ? CompletableFuture.completedFuture(List.of())
                                : CompletableFuture.failedFuture(failure)))
                .thenApply(done -> null);
    }

    /** The brokers are asked about all their replicas; their answers say which are lost. */
    private CompletableFuture<Void> onLogDirEvents(List<String> names, List<Optional<Node>> nodes) {
        Set<Integer> brokers = new LinkedHashSet<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            nodes.get(i).ifPresent(node -> readable(() -> brokers.add(LogDirEventNode.decode(name, node.data()))));
        }
        UpdateBatch batch = office.newBatch();
        for (int broker : brokers) {
            LOG.info("Broker {} has lost a log directory", broker);
            for (PartitionState partition : office.cluster().partitionsOn(broker)) {
                if (partition.state() != null && office.cluster().isServing(broker, partition.id())) {
                    batch.leaderAndIsr(broker, partition.update());
                }
            }
        }
        cluster.propagate(batch);
        return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Void> onIsrChanges(List<String> names, List<Optional<Node>> nodes) {
        Set<PartitionState> changed = new LinkedHashSet<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            nodes.get(i)
                    .ifPresent(node -> readable(() -> {
                        for (TopicPartition id : IsrChangeNode.decode(name, node.data())) {
                            TopicState topic = office.cluster().topic(id.topic());
                            PartitionState partition = topic == null ? null : topic.partition(id.partition());
                            if (topic != null && partition != null && !topic.isDeleting()) {
                                changed.add(partition);
                            }
                        }
                    }));
        }
        return loader.states(new ArrayList<>(changed), office.cluster()).thenAccept(done -> {
            UpdateBatch batch = office.newBatch();
            changed.stream()
                    .filter(partition -> partition.state() != null)
                    .forEach(partition -> batch.metadata(partition.update()));
            cluster.propagate(batch);
        });
    }

    private static void readable(Runnable reading) {
        try {
            reading.run();
        } catch (MalformedNodeException e) {
            LOG.warn("Passing over a notification that cannot be read", e);
        }
    }
}
