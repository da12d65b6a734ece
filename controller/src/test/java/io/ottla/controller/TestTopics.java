package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.TopicNode;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableReplicaAssignment;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Topics with given replicas, and what ZooKeeper holds of them. */
final class TestTopics {

    private TestTopics() {}

    /** One partition per list of replicas. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    static CreatableTopic topic(String name, List<Integer>... replicas) {
        List<CreatableReplicaAssignment> assignments = new ArrayList<>();
        for (List<Integer> each : replicas) {
            assignments.add(new CreatableReplicaAssignment()
                    .setPartitionIndex(assignments.size())
                    .setBrokerIds(each));
        }
        return new CreatableTopic()
                .setName(name)
                .setNumPartitions(-1)
                .setReplicationFactor((short) -1)
                .setAssignments(assignments);
    }

    static CreatableTopic allowingUncleanElection(CreatableTopic topic) {
        return topic.setConfigs(List.of(new CreatableTopicConfig()
                .setName("unclean.leader.election.enable")
                .setValue("true")));
    }

    static void create(Node node, CreatableTopic topic) {
        assertThat(await(node.controller()
                                .createTopics(new CreateTopicsRequest()
                                        .setTopics(List.of(topic))
                                        .setTimeoutMs(10_000)))
                        .topics())
                .allSatisfy(result -> assertThat(result.errorCode()).isZero());
    }

    static PartitionStateNode state(Node node, String topic, int partition) {
        TopicPartition id = new TopicPartition(topic, partition);
        return PartitionStateNode.decode(
                id,
                await(node.session().get(PartitionStateNode.path(id)))
                        .orElseThrow()
                        .data());
    }

    static int version(Node node, String topic, int partition) {
        return await(node.session().exists(PartitionStateNode.path(new TopicPartition(topic, partition))))
                .orElseThrow()
                .version();
    }

    static UUID id(Node node, String topic) {
        TopicNode read = TopicNode.decode(
                topic,
                await(node.session().get(TopicNode.path(topic))).orElseThrow().data());
        UUID id = read.topicId();
        assertThat(id).isNotNull();
        return id == null ? new UUID(0, 0) : id;
    }
}
