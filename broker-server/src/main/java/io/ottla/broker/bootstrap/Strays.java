package io.ottla.broker.bootstrap;

import io.ottla.controller.event.Gather;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.TopicNode;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.schema.Base64Uuid;
import io.ottla.storage.store.StrayCheck;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * What has happened to topics while the broker was away, as far as its logs are concerned: a topic is gone, or is another one of
 * the same name, or the partition has been given to other brokers. Immutable.
 *
 * <p>A topic that is being deleted is still there until each of its brokers has deleted its logs.
 */
final class Strays implements StrayCheck {
    private final int brokerId;
    private final Map<String, TopicNode> topics;

    private Strays(int brokerId, Map<String, TopicNode> topics) {
        this.brokerId = brokerId;
        this.topics = topics;
    }

    /** Reads what ZooKeeper knows of these topics. */
    static CompletionStage<StrayCheck> read(ZooKeeperSession session, int brokerId, Set<String> names) {
        return Gather.each(names, name -> session.get(TopicNode.path(name))
                        .thenApply(node -> node.map(found -> Map.entry(name, TopicNode.decode(name, found.data()))))
                        .toCompletableFuture())
                .thenApply(found -> new Strays(brokerId, byName(found)));
    }

    private static Map<String, TopicNode> byName(List<Optional<Map.Entry<String, TopicNode>>> found) {
        Map<String, TopicNode> topics = new HashMap<>();
        for (Optional<Map.Entry<String, TopicNode>> entry : found) {
            entry.ifPresent(topic -> topics.put(topic.getKey(), topic.getValue()));
        }
        return topics;
    }

    @Override
    public Optional<String> reason(TopicPartition partition, Optional<UUID> topicId) {
        TopicNode topic = topics.get(partition.topic());
        if (topic == null) {
            return Optional.of("there is no topic of this name");
        }
        UUID present = topic.topicId();
        if (present != null && topicId.isPresent() && !topicId.get().equals(present)) {
            return Optional.of("the topic of this name has the id " + Base64Uuid.toText(present) + ", the log "
                    + Base64Uuid.toText(topicId.get()));
        }
        TopicNode.ReplicaAssignment assignment = topic.partitions().get(partition.partition());
        if (assignment == null || !assignment.replicas().contains(brokerId)) {
            return Optional.of("the partition has no replica on broker " + brokerId);
        }
        return Optional.empty();
    }
}
