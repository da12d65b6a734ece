package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.znode.ConfigNode;
import io.ottla.controller.znode.ConfigNode.EntityType;
import io.ottla.controller.znode.DeleteTopicsNode;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.TopicNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.CreatePartitionsRequest;
import io.ottla.protocol.message.CreatePartitionsRequest.CreatePartitionsTopic;
import io.ottla.protocol.message.CreatePartitionsResponse.CreatePartitionsTopicResult;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableReplicaAssignment;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import io.ottla.protocol.message.CreateTopicsResponse.CreatableTopicResult;
import io.ottla.protocol.message.DeleteTopicsRequest;
import io.ottla.protocol.message.DeleteTopicsRequest.DeleteTopicState;
import io.ottla.protocol.message.DeleteTopicsResponse.DeletableTopicResult;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrPartitionState;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrTopicState;
import io.ottla.protocol.schema.Base64Uuid;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Topics on a cluster of one broker: what is created, changed and deleted in ZooKeeper, and what the broker is told. */
class ControllerTopicsTest {

    @RegisterExtension
    private static final TestEnsemble ensemble = new TestEnsemble();

    private final TestBrokers brokers = new TestBrokers();
    private Node node;

    @BeforeEach
    void start() {
        node = ensemble.node(1, brokers);
        brokers.clear();
    }

    @Test
    void createsTheZnodesAndTellsTheBroker() {
        CreatableTopicResult result = create(topic("orders")
                .setNumPartitions(3)
                .setReplicationFactor((short) 1)
                .setConfigs(List.of(
                        new CreatableTopicConfig().setName("retention.ms").setValue("5"))));
        assertThat(result.errorCode()).isZero();
        assertThat(result.errorMessage()).isNull();
        assertThat(result.numPartitions()).isEqualTo(3);
        assertThat(result.replicationFactor()).isEqualTo((short) 1);
        assertThat(result.configs()).singleElement().satisfies(c -> assertThat(c.value())
                .isEqualTo("5"));

        TopicNode stored = readTopic("orders");
        assertThat(stored.topicId()).isEqualTo(result.topicId()).isNotEqualTo(Base64Uuid.ZERO);
        assertThat(stored.partitions().values()).containsOnly(ReplicaAssignment.of(List.of(1)));
        PartitionStateNode state = readState("orders", 2);
        assertThat(state)
                .isEqualTo(new PartitionStateNode(
                        1, 0, List.of(1), (byte) 0, node.controller().epoch()));
        assertThat(await(node.controller().topicConfigs("orders")))
                .containsEntry("retention.ms", "5")
                .hasSize(1);

        LeaderAndIsrTopicState told =
                brokers.leaderAndIsr(1).get(0).topicStates().get(0);
        assertThat(told.topicName()).isEqualTo("orders");
        assertThat(told.topicId()).isEqualTo(result.topicId());
        assertThat(told.partitionStates()).hasSize(3).allSatisfy(partition -> {
            assertThat(partition.leader()).isEqualTo(1);
            assertThat(partition.isNew()).isTrue();
            assertThat(partition.partitionEpoch()).isZero();
        });
        assertThat(brokers.all()).allSatisfy(each -> assertThat(each.brokerEpoch())
                .isEqualTo(node.registration().brokerEpoch()));
        assertThat(brokers.updateMetadata(1).get(0).topicStates()).hasSize(1);
        assertThat(brokers.updateMetadata(1).get(0).liveBrokers()).hasSize(1);
    }

    @Test
    void takesDefaultsForWhatIsNotGiven() {
        assertThat(create(topic("defaults")).numPartitions()).isEqualTo(2);
    }

    @Test
    void refusesWhatCannotBeCreatedTopicByTopic() {
        create(topic("a.b"));
        assertThat(create(topic("a.b")).errorCode()).isEqualTo(ErrorCode.TOPIC_ALREADY_EXISTS.code());
        assertThat(create(topic("a_b")).errorCode()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
        assertThat(create(topic("a b")).errorCode()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
        assertThat(create(topic("")).errorCode()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
        assertThat(create(topic("x".repeat(250))).errorCode()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
        assertThat(create(topic("p").setNumPartitions(0)).errorCode()).isEqualTo(ErrorCode.INVALID_PARTITIONS.code());
        CreatableTopicResult tooMany = create(topic("r").setReplicationFactor((short) 3));
        assertThat(tooMany.errorCode()).isEqualTo(ErrorCode.INVALID_REPLICATION_FACTOR.code());
        assertThat(tooMany.errorMessage()).contains("3 larger than available brokers: 1");
        CreatableTopicResult badConfig = create(topic("c")
                .setConfigs(
                        List.of(new CreatableTopicConfig().setName("nonsense").setValue("1"))));
        assertThat(badConfig.errorCode()).isEqualTo(ErrorCode.INVALID_CONFIG.code());
        CreatableTopicResult nullConfig = create(topic("c")
                .setConfigs(List.of(
                        new CreatableTopicConfig().setName("retention.ms").setValue(null))));
        assertThat(nullConfig.errorCode()).isEqualTo(ErrorCode.INVALID_CONFIG.code());
        assertThat(await(node.session().children(TopicNode.PARENT))).containsExactly("a.b");
    }

    @Test
    void refusesManualAssignmentsThatMakeNoSense() {
        assertThat(create(topic("m").setAssignments(List.of(assigned(0, 1), assigned(2, 1))))
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT.code());
        assertThat(create(topic("m").setAssignments(List.of(assigned(0, 9)))).errorCode())
                .isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT.code());
        assertThat(create(topic("m").setAssignments(List.of(assigned(0, 1, 1)))).errorCode())
                .isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT.code());
        assertThat(create(topic("m").setNumPartitions(1).setAssignments(List.of(assigned(0, 1))))
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(create(topic("m").setAssignments(List.of(assigned(1, 1), assigned(0, 1))))
                        .numPartitions())
                .isEqualTo(2);
    }

    @Test
    void answersForATopicNamedTwiceOnce() {
        List<CreatableTopicResult> results =
                create(new CreateTopicsRequest().setTopics(List.of(topic("twice"), topic("once"), topic("twice"))));
        assertThat(results).extracting(CreatableTopicResult::name).containsExactly("twice", "once");
        assertThat(results)
                .extracting(CreatableTopicResult::errorCode)
                .containsExactly(ErrorCode.INVALID_REQUEST.code(), ErrorCode.NONE.code());
    }

    @Test
    void writesNothingWhenItOnlyValidates() {
        List<CreatableTopicResult> results = create(
                new CreateTopicsRequest().setTopics(List.of(topic("dry"))).setValidateOnly(true));
        assertThat(results.get(0).errorCode()).isZero();
        assertThat(results.get(0).numPartitions()).isEqualTo(2);
        assertThat(await(node.session().children(TopicNode.PARENT))).isEmpty();
        assertThat(brokers.all()).isEmpty();
    }

    @Test
    void replacesSettingsThatAnEarlierTopicLeft() {
        String path = ConfigNode.path(EntityType.TOPICS, "reborn");
        await(node.session()
                .create(path, ConfigNode.encode(java.util.Map.of("retention.ms", "1")), NodeKind.PERSISTENT));
        assertThat(create(topic("reborn")).errorCode()).isZero();
        assertThat(await(node.controller().topicConfigs("reborn"))).isEmpty();
    }

    @Test
    void tellsTheClientWhenTheBrokerDoesNotAnswerInTime() {
        brokers.keepSilent();
        List<CreatableTopicResult> results = create(
                new CreateTopicsRequest().setTopics(List.of(topic("slow"))).setTimeoutMs(50));
        assertThat(results.get(0).errorCode()).isEqualTo(ErrorCode.REQUEST_TIMED_OUT.code());
        assertThat(readTopic("slow").partitions()).hasSize(2);
    }

    @Test
    void createsManyPartitionsInSeveralWrites() {
        assertThat(create(topic("wide").setNumPartitions(2500).setReplicationFactor((short) 1))
                        .errorCode())
                .isZero();
        assertThat(readState("wide", 2499).leader()).isEqualTo(1);
        assertThat(brokers.leaderAndIsr(1)).hasSize(1);
        assertThat(brokers.leaderAndIsr(1).get(0).topicStates().get(0).partitionStates())
                .hasSize(2500);
    }

    @Test
    void createsAThousandTopicsInOneRequestWithOneBatchForTheBroker() {
        List<CreatableTopic> topics = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            topics.add(topic("many-" + i).setNumPartitions(1).setReplicationFactor((short) 1));
        }
        List<CreatableTopicResult> results = create(new CreateTopicsRequest().setTopics(topics));
        assertThat(results).hasSize(1000).allSatisfy(result -> assertThat(result.errorCode())
                .isZero());
        assertThat(brokers.leaderAndIsr(1)).hasSize(1);
        assertThat(brokers.leaderAndIsr(1).get(0).topicStates()).hasSize(1000);
    }

    @Test
    void deletesByNameAndByIdAndLetsTheNameBeUsedAgain() {
        UUID first = create(topic("gone")).topicId();
        UUID second = create(topic("gone-too")).topicId();
        brokers.clear();
        List<DeletableTopicResult> results = delete(new DeleteTopicsRequest()
                .setTopics(List.of(
                        new DeleteTopicState().setName("gone"),
                        new DeleteTopicState().setTopicId(second),
                        new DeleteTopicState().setName("never-was"),
                        new DeleteTopicState().setTopicId(new UUID(1, 2)))));
        assertThat(results)
                .extracting(DeletableTopicResult::errorCode)
                .containsExactly(
                        ErrorCode.NONE.code(),
                        ErrorCode.NONE.code(),
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code(),
                        ErrorCode.UNKNOWN_TOPIC_ID.code());
        assertThat(results.get(1).name()).isEqualTo("gone-too");
        assertThat(brokers.stopReplica(1).get(0).topicStates()).hasSize(2);
        assertThat(brokers.stopReplica(1).get(0).topicStates().get(0).partitionStates())
                .hasSize(2)
                .allSatisfy(partition -> assertThat(partition.deletePartition()).isTrue());
        assertThat(brokers.updateMetadata(1).get(0).topicStates().get(0).partitionStates())
                .allSatisfy(
                        partition -> assertThat(partition.leader()).isEqualTo(PartitionStateNode.LEADER_DURING_DELETE));
        assertThat(await(node.session().children(TopicNode.PARENT))).isEmpty();
        assertThat(await(node.session().children(DeleteTopicsNode.PARENT))).isEmpty();
        assertThat(await(node.session().children("/config/topics"))).isEmpty();

        assertThat(create(topic("gone")).topicId()).isNotEqualTo(first);
    }

    @Test
    void deletesWhatOthersHaveLeftBelowATopic() {
        create(topic("cluttered"));
        await(node.session().create("/brokers/topics/cluttered/stray", new byte[0], NodeKind.PERSISTENT));
        await(node.session().delete("/config/topics/cluttered", 0));
        List<DeletableTopicResult> results =
                delete(new DeleteTopicsRequest().setTopics(List.of(new DeleteTopicState().setName("cluttered"))));
        assertThat(results.get(0).errorCode()).isZero();
        assertThat(await(node.session().children(TopicNode.PARENT))).isEmpty();
    }

    @Test
    void obeysADeletionThatAToolHasWrittenDown() {
        create(topic("doomed"));
        await(node.session().create(DeleteTopicsNode.path("doomed"), new byte[0], NodeKind.PERSISTENT));
        await(node.session().create(DeleteTopicsNode.path("stray"), new byte[0], NodeKind.PERSISTENT));
        await().untilAsserted(() -> {
            assertThat(await(node.session().children(TopicNode.PARENT))).isEmpty();
            assertThat(await(node.session().children(DeleteTopicsNode.PARENT))).isEmpty();
        });
    }

    @Test
    void addsPartitionsToATopic() {
        create(topic("grows"));
        brokers.clear();
        assertThat(grow("grows", 4).errorCode()).isZero();
        assertThat(readTopic("grows").partitions()).hasSize(4);
        assertThat(readState("grows", 3).leader()).isEqualTo(1);
        assertThat(brokers.leaderAndIsr(1).get(0).topicStates().get(0).partitionStates())
                .extracting(LeaderAndIsrPartitionState::partitionIndex)
                .containsExactly(2, 3);
        assertThat(grow("grows", 4).errorCode()).isEqualTo(ErrorCode.INVALID_PARTITIONS.code());
        assertThat(grow("grows", 1).errorCode()).isEqualTo(ErrorCode.INVALID_PARTITIONS.code());
        assertThat(grow("unknown", 1).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void leadsTopicsAndPartitionsThatAToolHasWritten() {
        TreeMap<Integer, ReplicaAssignment> partitions = new TreeMap<>();
        partitions.put(0, ReplicaAssignment.of(List.of(1)));
        UUID id = new UUID(3, 4);
        await(node.session()
                .create(TopicNode.path("foreign"), new TopicNode(id, partitions).encode(), NodeKind.PERSISTENT));
        await().untilAsserted(() -> assertThat(readState("foreign", 0).leader()).isEqualTo(1));
        partitions.put(1, ReplicaAssignment.of(List.of(1)));
        await(node.session().set(TopicNode.path("foreign"), new TopicNode(id, partitions).encode(), 0));
        await().untilAsserted(() -> assertThat(readState("foreign", 1).leader()).isEqualTo(1));
        await().untilAsserted(() -> assertThat(brokers.leaderAndIsr(1)).hasSize(2));
    }

    @Test
    void givesAnIdToATopicOfAnOlderCluster() {
        String old = "{\"version\":1,\"partitions\":{\"0\":[1]}}";
        await(node.session()
                .create(
                        TopicNode.path("old"),
                        old.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        NodeKind.PERSISTENT));
        await().untilAsserted(() -> assertThat(readTopic("old").topicId()).isNotNull());
    }

    @Test
    void refusesToWorkWhenItIsNotTheController() {
        Node second = ensemble.node(2, brokers);
        assertThat(second.controller().isActive()).isFalse();
        assertThat(second.controller().activeControllerId()).isEqualTo(1);
        assertThatThrownBy(() -> await(
                        second.controller().createTopics(new CreateTopicsRequest().setTopics(List.of(topic("x"))))))
                .cause()
                .hasMessage(ErrorCode.NOT_CONTROLLER.message());
    }

    private static CreatableTopic topic(String name) {
        return new CreatableTopic().setName(name).setNumPartitions(-1).setReplicationFactor((short) -1);
    }

    private static CreatableReplicaAssignment assigned(int partition, Integer... replicas) {
        return new CreatableReplicaAssignment().setPartitionIndex(partition).setBrokerIds(List.of(replicas));
    }

    private CreatableTopicResult create(CreatableTopic topic) {
        return create(new CreateTopicsRequest().setTopics(List.of(topic))).get(0);
    }

    private List<CreatableTopicResult> create(CreateTopicsRequest request) {
        return await(node.controller().createTopics(request)).topics();
    }

    private List<DeletableTopicResult> delete(DeleteTopicsRequest request) {
        return await(node.controller().deleteTopics(request.setTimeoutMs(10_000)))
                .responses();
    }

    private CreatePartitionsTopicResult grow(String name, int count) {
        CreatePartitionsTopic wanted =
                new CreatePartitionsTopic().setName(name).setCount(count).setAssignments(null);
        CreatePartitionsRequest request =
                new CreatePartitionsRequest().setTopics(List.of(wanted)).setTimeoutMs(10_000);
        return await(node.controller().createPartitions(request)).results().get(0);
    }

    private TopicNode readTopic(String name) {
        return TopicNode.decode(
                name,
                await(node.session().get(TopicNode.path(name))).orElseThrow().data());
    }

    private PartitionStateNode readState(String topic, int number) {
        TopicPartition partition = new TopicPartition(topic, number);
        return PartitionStateNode.decode(
                partition,
                await(node.session().get(PartitionStateNode.path(partition)))
                        .orElseThrow()
                        .data());
    }
}
