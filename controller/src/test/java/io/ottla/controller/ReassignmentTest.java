package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.ControllerNode;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.ReassignPartitionsNode;
import io.ottla.controller.znode.TopicNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest.ReassignablePartition;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest.ReassignableTopic;
import io.ottla.protocol.message.AlterPartitionReassignmentsResponse.ReassignablePartitionResponse;
import io.ottla.protocol.message.AlterPartitionRequest;
import io.ottla.protocol.message.AlterPartitionResponse;
import io.ottla.protocol.message.CreatePartitionsRequest;
import io.ottla.protocol.message.CreatePartitionsRequest.CreatePartitionsTopic;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableReplicaAssignment;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.protocol.message.DeleteTopicsRequest;
import io.ottla.protocol.message.DeleteTopicsRequest.DeleteTopicState;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrPartitionState;
import io.ottla.protocol.message.ListPartitionReassignmentsRequest;
import io.ottla.protocol.message.ListPartitionReassignmentsResponse.OngoingPartitionReassignment;
import io.ottla.protocol.message.StopReplicaRequest.StopReplicaPartitionState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Replicas that move from broker to broker, phase by phase: what ZooKeeper holds and what the brokers are told. Broker 1 is
 * the controller and leads; its AlterPartition requests stand for new replicas that have caught up.
 */
class ReassignmentTest {

    @RegisterExtension
    private static final TestEnsemble ensemble = new TestEnsemble();

    private static final TopicPartition PARTITION = new TopicPartition("moving", 0);

    private final TestBrokers brokers = new TestBrokers();
    private final List<Node> nodes = new ArrayList<>();

    @BeforeEach
    void start() {
        nodes.add(ensemble.node(1, brokers));
        nodes.add(ensemble.node(2, brokers));
        nodes.add(ensemble.node(3, brokers));
        awaitBrokers(3);
    }

    @Test
    void addsReplicasFirstAndRemovesTheOthersWhenTheNewOnesAreInSync() {
        create("moving", 1, 2);
        brokers.clear();
        assertThat(reassign(3, 1).errorCode()).isZero();

        assertThat(assignment()).isEqualTo(new ReplicaAssignment(List.of(3, 1, 2), List.of(3), List.of(2)));
        assertThat(state()).isEqualTo(new PartitionStateNode(1, 1, List.of(1, 2), (byte) 0, 1));
        await().untilAsserted(() -> assertThat(brokers.leaderAndIsr(3)).isNotEmpty());
        LeaderAndIsrPartitionState told = toldOf(3);
        assertThat(told.isNew()).isTrue();
        assertThat(told.replicas()).containsExactly(3, 1, 2);
        assertThat(told.addingReplicas()).containsExactly(3);
        assertThat(told.removingReplicas()).containsExactly(2);
        assertThat(told.leader()).isEqualTo(1);
        assertThat(toldOf(1).leaderEpoch()).isEqualTo(1);
        assertThat(toldOf(2).isNew()).isFalse();
        assertThat(listed())
                .containsExactly(new OngoingPartitionReassignment()
                        .setReplicas(List.of(3, 1, 2))
                        .setAddingReplicas(List.of(3))
                        .setRemovingReplicas(List.of(2)));

        brokers.clear();
        becomeInSync(1, 2, 3);
        await().untilAsserted(() -> assertThat(assignment()).isEqualTo(ReplicaAssignment.of(List.of(3, 1))));
        assertThat(state().leader()).isEqualTo(1);
        assertThat(state().isr()).containsExactly(1, 3);
        assertThat(state().leaderEpoch()).isEqualTo(2);
        StopReplicaPartitionState stopped = brokers.stopReplica(2)
                .get(0)
                .topicStates()
                .get(0)
                .partitionStates()
                .get(0);
        assertThat(stopped.deletePartition()).isTrue();
        assertThat(stopped.leaderEpoch()).isEqualTo(2);
        assertThat(toldOf(3).replicas()).containsExactly(3, 1);
        assertThat(brokers.leaderAndIsr(2)).isEmpty();
        assertThat(listed()).isEmpty();
    }

    @Test
    void handsTheLeadershipToAReplicaThatStays() {
        create("moving", 1, 2);
        assertThat(reassign(2, 3).errorCode()).isZero();
        becomeInSync(1, 2, 3);
        await().untilAsserted(() -> assertThat(assignment()).isEqualTo(ReplicaAssignment.of(List.of(2, 3))));
        assertThat(state()).isEqualTo(new PartitionStateNode(2, 2, List.of(2, 3), (byte) 0, 1));
        await().untilAsserted(() -> assertThat(brokers.stopReplica(1)).hasSize(1));
    }

    @Test
    void doesNothingMoreWhileANewReplicaIsNotInSync() {
        create("moving", 1);
        assertThat(reassign(2, 3).errorCode()).isZero();
        becomeInSync(1, 2);
        assertThat(assignment()).isEqualTo(new ReplicaAssignment(List.of(2, 3, 1), List.of(2, 3), List.of(1)));
        assertThat(brokers.stopReplica(1)).isEmpty();
        assertThat(listed()).hasSize(1);
    }

    @Test
    void changesTheOrderOfReplicasAtOnce() {
        create("moving", 1, 2);
        assertThat(reassign(2, 1).errorCode()).isZero();
        assertThat(assignment()).isEqualTo(ReplicaAssignment.of(List.of(2, 1)));
        assertThat(state()).isEqualTo(new PartitionStateNode(1, 1, List.of(1, 2), (byte) 0, 1));
        await().untilAsserted(() -> assertThat(toldOf(2).replicas()).containsExactly(2, 1));
        assertThat(listed()).isEmpty();
    }

    @Test
    void cancelsByGoingBackAndDeletesWhatWasCopied() {
        create("moving", 1, 2);
        reassign(3, 1);
        becomeInSync(1, 2);
        brokers.clear();
        assertThat(cancel("moving", 0).errorCode()).isZero();
        assertThat(assignment()).isEqualTo(ReplicaAssignment.of(List.of(1, 2)));
        assertThat(state().isr()).containsExactly(1, 2);
        await().untilAsserted(() -> assertThat(brokers.stopReplica(3)).hasSize(1));
        assertThat(brokers.leaderAndIsr(3)).isEmpty();
        assertThat(listed()).isEmpty();
        assertThat(cancel("moving", 0).errorCode()).isEqualTo(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS.code());
    }

    @Test
    void aLaterTargetReplacesTheOneBeforeItAndKeepsTheOrigin() {
        create("moving", 1);
        reassign(2);
        brokers.clear();
        assertThat(reassign(3).errorCode()).isZero();
        assertThat(assignment()).isEqualTo(new ReplicaAssignment(List.of(3, 1), List.of(3), List.of(1)));
        await().untilAsserted(() -> assertThat(brokers.stopReplica(2)).hasSize(1));
        assertThat(cancel("moving", 0).errorCode()).isZero();
        assertThat(assignment()).isEqualTo(ReplicaAssignment.of(List.of(1)));
    }

    @Test
    void refusesWhatCannotBe() {
        create("moving", 1, 2);
        short invalid = ErrorCode.INVALID_REPLICA_ASSIGNMENT.code();
        assertThat(reassign().errorCode()).isEqualTo(invalid);
        assertThat(reassign(1, 1).errorCode()).isEqualTo(invalid);
        assertThat(reassign(1, -3).errorCode()).isEqualTo(invalid);
        assertThat(reassign(1, 9).errorCode()).isEqualTo(invalid);
        assertThat(cancel("moving", 0).errorCode()).isEqualTo(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS.code());
        short unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code();
        assertThat(cancel("moving", 7).errorCode()).isEqualTo(unknown);
        assertThat(cancel("unknown", 0).errorCode()).isEqualTo(unknown);
        AlterPartitionReassignmentsRequest sameFactor =
                request("moving", 0, List.of(1, 2, 3)).setAllowReplicationFactorChange(false);
        assertThat(answer(sameFactor).errorCode()).isEqualTo(ErrorCode.INVALID_REPLICATION_FACTOR.code());
        assertThat(assignment()).isEqualTo(ReplicaAssignment.of(List.of(1, 2)));
    }

    @Test
    void goesOnUnderANewController() {
        create("moving", 1, 2);
        reassign(3, 2);
        await(session().delete(ControllerNode.PATH, ZooKeeperSession.ANY_VERSION));
        await().untilAsserted(() -> assertThat(state().controllerEpoch()).isEqualTo(2));
        await().untilAsserted(() -> assertThat(active().epoch()).isEqualTo(2));
        assertThat(listed()).hasSize(1);
        becomeInSync(1, 2, 3);
        await().untilAsserted(() -> assertThat(assignment()).isEqualTo(ReplicaAssignment.of(List.of(3, 2))));
        assertThat(state().leader()).isEqualTo(3);
        assertThat(state().isr()).containsExactly(2, 3);
    }

    @Test
    void movesAwayFromABrokerThatIsDead() {
        Node dying = ensemble.node(4, brokers);
        awaitBrokers(4);
        create("moving", 1, 4);
        dying.session().close();
        await().untilAsserted(() -> assertThat(state().isr()).containsExactly(1));
        assertThat(reassign(1, 3).errorCode()).isZero();
        becomeInSync(1, 3);
        await().untilAsserted(() -> assertThat(assignment()).isEqualTo(ReplicaAssignment.of(List.of(1, 3))));
    }

    @Test
    void waitsForANewReplicaWhoseBrokerGoesAndTellsItAgainWhenItIsBack() {
        create("moving", 1);
        Node added = ensemble.node(4, brokers);
        awaitBrokers(4);
        assertThat(reassign(4).errorCode()).isZero();
        added.session().close();
        awaitBrokers(3);
        brokers.clear();
        ensemble.node(4, brokers);
        await().untilAsserted(() -> assertThat(toldOf(4).isNew()).isTrue());
        becomeInSync(1, 4);
        await().untilAsserted(() -> assertThat(assignment()).isEqualTo(ReplicaAssignment.of(List.of(4))));
        assertThat(state().leader()).isEqualTo(4);
    }

    @Test
    void obeysWhatOldToolsHaveWrittenDown() {
        create("moving", 1, 2);
        TreeMap<TopicPartition, List<Integer>> targets = new TreeMap<>();
        targets.put(PARTITION, List.of(3, 1));
        targets.put(new TopicPartition("unknown", 0), List.of(3));
        await(session()
                .create(ReassignPartitionsNode.PATH, ReassignPartitionsNode.encode(targets), NodeKind.PERSISTENT));
        await().untilAsserted(() -> assertThat(assignment().adding()).containsExactly(3));
        targets.remove(new TopicPartition("unknown", 0));
        await().untilAsserted(() -> assertThat(ReassignPartitionsNode.decode(read(ReassignPartitionsNode.PATH)))
                .isEqualTo(targets));
        becomeInSync(1, 2, 3);
        await().untilAsserted(() ->
                assertThat(await(session().exists(ReassignPartitionsNode.PATH))).isEmpty());
        assertThat(assignment()).isEqualTo(ReplicaAssignment.of(List.of(3, 1)));
    }

    @Test
    void aRequestOutdoesWhatOldToolsHaveWrittenDown() {
        create("moving", 1, 2);
        await(session()
                .create(
                        ReassignPartitionsNode.PATH,
                        "{\"version\":1,\"partitions\":[{\"topic\":\"moving\",\"partition\":0,\"replicas\":[3]}]}"
                                .getBytes(StandardCharsets.UTF_8),
                        NodeKind.PERSISTENT));
        await().untilAsserted(() -> assertThat(assignment().adding()).containsExactly(3));
        assertThat(cancel("moving", 0).errorCode()).isZero();
        assertThat(await(session().exists(ReassignPartitionsNode.PATH))).isEmpty();
        assertThat(assignment()).isEqualTo(ReplicaAssignment.of(List.of(1, 2)));
    }

    @Test
    void deletesATopicInTheMidstOfItsReassignment() {
        create("moving", 1, 2);
        reassign(3, 1);
        brokers.clear();
        await(active().deleteTopics(new DeleteTopicsRequest()
                .setTopics(List.of(new DeleteTopicState().setName("moving")))
                .setTimeoutMs(10_000)));
        assertThat(await(session().exists(TopicNode.path("moving")))).isEmpty();
        for (int broker = 1; broker <= 3; broker++) {
            assertThat(brokers.stopReplica(broker)).hasSize(1);
        }
        assertThat(listed()).isEmpty();
    }

    @Test
    void addsNoPartitionsMeanwhile() {
        create("moving", 1, 2);
        reassign(3, 1);
        CreatePartitionsRequest grow = new CreatePartitionsRequest()
                .setTopics(List.of(new CreatePartitionsTopic()
                        .setName("moving")
                        .setCount(2)
                        .setAssignments(null)))
                .setTimeoutMs(10_000);
        assertThat(await(active().createPartitions(grow)).results().get(0).errorCode())
                .isEqualTo(ErrorCode.REASSIGNMENT_IN_PROGRESS.code());
    }

    /** The leader reports this ISR to the controller. */
    private void becomeInSync(Integer... isr) {
        PartitionStateNode before = state();
        Node leader = nodes.get(before.leader() - 1);
        AlterPartitionRequest request = new AlterPartitionRequest()
                .setBrokerId(before.leader())
                .setBrokerEpoch(leader.registration().brokerEpoch())
                .setTopics(List.of(new AlterPartitionRequest.TopicData()
                        .setTopicId(topicId())
                        .setPartitions(List.of(new AlterPartitionRequest.PartitionData()
                                .setPartitionIndex(0)
                                .setLeaderEpoch(before.leaderEpoch())
                                .setPartitionEpoch(stateVersion())
                                .setNewIsrWithEpochs(List.of(isr).stream()
                                        .map(id -> new AlterPartitionRequest.BrokerState()
                                                .setBrokerId(id)
                                                .setBrokerEpoch(-1))
                                        .toList())))));
        AlterPartitionResponse response = await(active().alterPartition(request));
        assertThat(response.errorCode()).isZero();
        assertThat(response.topics().get(0).partitions().get(0).errorCode()).isZero();
    }

    private Controller active() {
        return nodes.stream()
                .map(Node::controller)
                .filter(Controller::isActive)
                .findFirst()
                .orElseThrow();
    }

    private void awaitBrokers(int count) {
        await().untilAsserted(() -> assertThat(brokers.updateMetadata(1))
                .last()
                .satisfies(last -> assertThat(last.liveBrokers()).hasSize(count)));
    }

    private void create(String topic, Integer... replicas) {
        CreatableTopic wanted = new CreatableTopic()
                .setName(topic)
                .setNumPartitions(-1)
                .setReplicationFactor((short) -1)
                .setAssignments(List.of(
                        new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(replicas))));
        assertThat(await(active().createTopics(new CreateTopicsRequest().setTopics(List.of(wanted))))
                        .topics())
                .allSatisfy(result -> assertThat(result.errorCode()).isZero());
    }

    private ReassignablePartitionResponse reassign(Integer... target) {
        return answer(request("moving", 0, List.of(target)));
    }

    private ReassignablePartitionResponse cancel(String topic, int partition) {
        return answer(request(topic, partition, null));
    }

    private static AlterPartitionReassignmentsRequest request(
            String topic, int partition, @Nullable List<Integer> target) {
        return new AlterPartitionReassignmentsRequest()
                .setTopics(List.of(new ReassignableTopic()
                        .setName(topic)
                        .setPartitions(List.of(new ReassignablePartition()
                                .setPartitionIndex(partition)
                                .setReplicas(target)))));
    }

    private ReassignablePartitionResponse answer(AlterPartitionReassignmentsRequest request) {
        return await(active().alterPartitionReassignments(request))
                .responses()
                .get(0)
                .partitions()
                .get(0);
    }

    private List<OngoingPartitionReassignment> listed() {
        return await(active().listPartitionReassignments(new ListPartitionReassignmentsRequest().setTopics(null)))
                .topics()
                .stream()
                .flatMap(topic -> topic.partitions().stream())
                .toList();
    }

    private ReplicaAssignment assignment() {
        return Optional.ofNullable(TopicNode.decode("moving", read(TopicNode.path("moving")))
                        .partitions()
                        .get(0))
                .orElseThrow();
    }

    private PartitionStateNode state() {
        return PartitionStateNode.decode(PARTITION, read(PartitionStateNode.path(PARTITION)));
    }

    private LeaderAndIsrPartitionState toldOf(int broker) {
        assertThat(brokers.leaderAndIsr(broker)).isNotEmpty();
        return brokers.leaderAndIsr(broker)
                .get(brokers.leaderAndIsr(broker).size() - 1)
                .topicStates()
                .get(0)
                .partitionStates()
                .get(0);
    }

    private UUID topicId() {
        return Optional.ofNullable(TopicNode.decode("moving", read(TopicNode.path("moving")))
                        .topicId())
                .orElseThrow();
    }

    private int stateVersion() {
        return await(session().exists(PartitionStateNode.path(PARTITION)))
                .orElseThrow()
                .version();
    }

    private ZooKeeperSession session() {
        return nodes.get(0).session();
    }

    private byte[] read(String path) {
        return await(session().get(path)).orElseThrow().data();
    }
}
