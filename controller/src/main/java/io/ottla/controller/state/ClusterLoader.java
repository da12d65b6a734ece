package io.ottla.controller.state;

import io.ottla.controller.event.Gather;
import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.zk.Node;
import io.ottla.controller.zk.NodeWatcher;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.BrokerIdNode;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.TopicNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Reads the cluster from ZooKeeper, many nodes at once, and leaves watches behind. Stateless. */
public final class ClusterLoader {

    private final ZooKeeperSession session;

    /** Reads over this session. */
    public ClusterLoader(ZooKeeperSession session) {
        this.session = session;
    }

    /** A topic's znode as read. */
    public record LoadedTopic(String name, TopicNode node, int version) {}

    /** The brokers registered now, each watched for changes of its registration. */
    public CompletableFuture<List<LiveBroker>> brokers(NodeWatcher onListChange, NodeWatcher onBrokerChange) {
        return session.children(BrokerIdNode.PARENT, onListChange)
                .thenCompose(names -> Gather.each(names, name -> broker(Integer.parseInt(name), onBrokerChange)))
                .thenApply(ClusterLoader::present);
    }

    private CompletableFuture<Optional<LiveBroker>> broker(int id, NodeWatcher onChange) {
        return session.get(BrokerIdNode.path(id), onChange).thenApply(node -> node.map(read -> decode(id, read)));
    }

    /** A broker if it is registered now. */
    public CompletableFuture<Optional<LiveBroker>> broker(int id) {
        return session.get(BrokerIdNode.path(id)).thenApply(node -> node.map(read -> decode(id, read)));
    }

    private static LiveBroker decode(int id, Node registration) {
        return new LiveBroker(
                BrokerIdNode.decode(id, registration.data()),
                registration.stat().czxid());
    }

    /** These topics, those of them that exist; each is watched for partitions that a tool adds. */
    public CompletableFuture<List<LoadedTopic>> topics(Collection<String> names, NodeWatcher onChange) {
        return Gather.each(names, name -> session.get(TopicNode.path(name), onChange)
                        .thenApply(node -> node.map(read -> new LoadedTopic(
                                name,
                                TopicNode.decode(name, read.data()),
                                read.stat().version()))))
                .thenApply(ClusterLoader::present);
    }

    /** Reads the states of these partitions into them; a partition without one stays as it is. */
    public CompletableFuture<Void> states(Collection<PartitionState> partitions, ClusterState cluster) {
        return Gather.each(partitions, partition -> session.get(PartitionStateNode.path(partition.id()))
                        .thenAccept(node -> node.ifPresent(read -> apply(partition, read, cluster))))
                .thenApply(done -> null);
    }

    private static void apply(PartitionState partition, Node read, ClusterState cluster) {
        partition.onState(
                PartitionStateNode.decode(partition.id(), read.data()),
                read.stat().version());
        cluster.onRead(partition, read.stat().mzxid());
    }

    private static <T> List<T> present(List<Optional<T>> found) {
        List<T> all = new ArrayList<>();
        found.forEach(each -> each.ifPresent(all::add));
        return all;
    }
}
