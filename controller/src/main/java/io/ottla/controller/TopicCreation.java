package io.ottla.controller;

import io.ottla.controller.event.Gather;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.TopicState;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.ConfigNode;
import io.ottla.controller.znode.ConfigNode.EntityType;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.TopicNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import io.ottla.protocol.schema.Base64Uuid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Creates topics that have been found valid. Confined to the controller's executor, inside one event.
 *
 * <p>The settings, the topic and the first states of its partitions are one multi, so that a topic is created whole or
 * not at all; only what does not fit into a multi follows in others, and a new controller completes it if need be.
 */
final class TopicCreation {

    /** Partitions in the first multi: with their states about 250 bytes each. */
    private static final int PARTITIONS_PER_MULTI = 1000;

    private static final byte[] EMPTY = new byte[0];

    private final Office office;
    private final Random random;

    /** A topic that is about to be created. */
    record Planned(String name, List<List<Integer>> assignments, Map<String, String> overrides) {}

    /** How it went: the topic's id, or the error. */
    record Outcome(UUID topicId, ErrorCode error) {}

    TopicCreation(Office office, Random random) {
        this.office = office;
        this.random = random;
    }

    /** Creates each topic; what brokers have to know of them is added to the batch. */
    CompletableFuture<List<Outcome>> create(List<Planned> topics, UpdateBatch batch) {
        return Gather.each(topics, topic -> create(topic, batch));
    }

    private CompletableFuture<Outcome> create(Planned topic, UpdateBatch batch) {
        UUID id = Base64Uuid.random(random);
        SortedMap<Integer, ReplicaAssignment> assignment = new TreeMap<>();
        SortedMap<Integer, PartitionStateNode> states = new TreeMap<>();
        for (int i = 0; i < topic.assignments().size(); i++) {
            List<Integer> replicas = topic.assignments().get(i);
            assignment.put(i, ReplicaAssignment.of(replicas));
            Optional<PartitionStateNode> first = office.partitions().firstState(replicas);
            if (first.isPresent()) {
                states.put(i, first.get());
            }
        }
        TopicNode node = new TopicNode(id, assignment);
        return write(topic, node, states, false)
                .thenApply(done -> apply(topic.name(), node, states, batch))
                .exceptionallyCompose(failure -> isTopicExists(failure, topic.name())
                        ? explainExistence(topic.name(), node, states, batch)
                        : CompletableFuture.failedFuture(failure));
    }

    /** A write that was sent twice finds the topic that it has created itself; its id tells. */
    private CompletableFuture<Outcome> explainExistence(
            String name, TopicNode node, SortedMap<Integer, PartitionStateNode> states, UpdateBatch batch) {
        return office.writer().session().get(TopicNode.path(name)).thenApply(found -> {
            boolean own = found.isPresent()
                    && node.equals(TopicNode.decode(name, found.get().data()));
            return own
                    ? apply(name, node, states, batch)
                    : new Outcome(Base64Uuid.ZERO, ErrorCode.TOPIC_ALREADY_EXISTS);
        });
    }

    private static boolean isTopicExists(Throwable failure, String topic) {
        return StageFailure.cause(failure) instanceof ZooKeeperException refusal
                && refusal.error() == ZooKeeperError.NODE_EXISTS
                && refusal.path().equals(TopicNode.path(topic));
    }

    private CompletableFuture<Void> write(
            Planned topic, TopicNode node, SortedMap<Integer, PartitionStateNode> states, boolean settingsExist) {
        String settingsPath = ConfigNode.path(EntityType.TOPICS, topic.name());
        byte[] settings = ConfigNode.encode(topic.overrides());
        List<WriteOperation> operations = new ArrayList<>();
        operations.add(
                settingsExist
                        ? WriteOperation.set(settingsPath, settings, ZooKeeperSession.ANY_VERSION)
                        : WriteOperation.create(settingsPath, settings));
        operations.add(WriteOperation.create(TopicNode.path(topic.name()), node.encode()));
        operations.add(WriteOperation.create(PartitionStateNode.partitionsPath(topic.name()), EMPTY));
        operations.addAll(stateOperations(topic.name(), states.headMap(PARTITIONS_PER_MULTI)));
        CompletableFuture<Void> first = office.writer()
                .write(operations)
                .<Void>thenApply(done -> null)
                .exceptionallyCompose(failure -> {
                    // Settings outlive a topic whose deletion was cut short, and may be written before it is created.
                    boolean leftOver = !settingsExist
                            && StageFailure.cause(failure) instanceof ZooKeeperException refusal
                            && refusal.error() == ZooKeeperError.NODE_EXISTS
                            && refusal.path().equals(settingsPath);
                    return leftOver ? write(topic, node, states, true) : CompletableFuture.failedFuture(failure);
                });
        SortedMap<Integer, PartitionStateNode> rest = states.tailMap(PARTITIONS_PER_MULTI);
        return rest.isEmpty() || settingsExist
                ? first
                : first.thenCompose(done -> office.writer().writeInParts(stateOperations(topic.name(), rest)));
    }

    /** The znodes of partitions that nobody has led yet. */
    static List<WriteOperation> stateOperations(String topic, SortedMap<Integer, PartitionStateNode> states) {
        List<WriteOperation> operations = new ArrayList<>(2 * states.size());
        states.forEach((number, state) -> {
            TopicPartition partition = new TopicPartition(topic, number);
            operations.add(WriteOperation.create(PartitionStateNode.partitionPath(partition), EMPTY));
            operations.add(WriteOperation.create(PartitionStateNode.path(partition), state.encode()));
        });
        return operations;
    }

    private Outcome apply(
            String name, TopicNode node, SortedMap<Integer, PartitionStateNode> states, UpdateBatch batch) {
        UUID id = node.topicId() == null ? Base64Uuid.ZERO : node.topicId();
        TopicState topic = office.cluster().addTopic(name, id);
        node.partitions().forEach((number, assignment) -> {
            PartitionState partition = topic.addPartition(number, assignment);
            PartitionStateNode state = states.get(number);
            if (state != null) {
                office.partitions().onFirstState(partition, state, 0, batch);
            }
        });
        return new Outcome(id, ErrorCode.NONE);
    }
}
