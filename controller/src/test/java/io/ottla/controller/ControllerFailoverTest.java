package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.ControllerEpochNode;
import io.ottla.controller.znode.ControllerNode;
import io.ottla.controller.znode.DeleteTopicsNode;
import io.ottla.controller.znode.FeatureNode;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.TopicNode;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AllocateProducerIdsRequest;
import io.ottla.protocol.message.AllocateProducerIdsResponse;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableReplicaAssignment;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import io.ottla.protocol.message.DeleteTopicsRequest;
import io.ottla.protocol.message.DeleteTopicsRequest.DeleteTopicState;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrTopicState;
import io.ottla.protocol.message.UpdateMetadataRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Controllers that come and go, brokers that come and go, and sessions that expire. */
class ControllerFailoverTest {

    @RegisterExtension
    private static final TestEnsemble ensemble = new TestEnsemble();

    private final TestBrokers brokers = new TestBrokers();

    @Test
    void electsTheFirstBrokerAndLeavesTheTracesThatKafkaWould() {
        Node node = ensemble.node(1, brokers);
        assertThat(node.controller().isActive()).isTrue();
        assertThat(node.controller().epoch()).isEqualTo(1);
        assertThat(read(node, ControllerEpochNode.PATH)).asString().isEqualTo("1");
        assertThat(ControllerNode.decode(read(node, ControllerNode.PATH)).brokerId())
                .isEqualTo(1);
        assertThat(FeatureNode.decode(read(node, FeatureNode.PATH))).isEqualTo(FeatureNode.initial());
        UpdateMetadataRequest greeting = brokers.updateMetadata(1).get(0);
        assertThat(greeting.controllerId()).isEqualTo(1);
        assertThat(greeting.controllerEpoch()).isEqualTo(1);
        assertThat(greeting.liveBrokers().get(0).endpoints().get(0).host()).isEqualTo("host1");
    }

    @Test
    void takesOverAtOnceFromItsOwnKilledRunAndLeadsItsPartitions() {
        Node killed = ensemble.node(1, brokers);
        create(killed, topic("kept", 1));
        TestBrokers restarted = new TestBrokers();
        Node node = ensemble.node(1, restarted);
        assertThat(node.controller().isActive()).isTrue();
        assertThat(node.controller().epoch()).isEqualTo(2);
        await().untilAsserted(() -> assertThat(restarted.leaderAndIsr(1)).isNotEmpty());
        LeaderAndIsrRequest told = restarted.leaderAndIsr(1).get(0);
        assertThat(told.controllerEpoch()).isEqualTo(2);
        assertThat(told.topicStates().get(0).topicName()).isEqualTo("kept");
        assertThat(told.topicStates().get(0).partitionStates().get(0).isNew()).isFalse();
        await().untilAsserted(() -> assertThat(state(node, "kept").leader()).isEqualTo(1));
        await().until(() -> !killed.controller().isActive());
        assertThat(killed.controller().activeControllerId()).isEqualTo(-1);
    }

    /** KAFKA-6082. */
    @Test
    void isFencedOnceAnotherControllerHasBeenElected() {
        Node node = ensemble.node(1, brokers);
        // Another controller's election, unseen by this one's watch on /controller.
        await(node.session().set(ControllerEpochNode.PATH, ControllerEpochNode.encode(7), 1));
        assertThatThrownBy(() -> create(node, topic("late", 1))).cause().hasMessage(ErrorCode.NOT_CONTROLLER.message());
        assertThat(await(node.session().exists("/brokers/topics/late"))).isEmpty();
    }

    @Test
    void resignsWhenItsSessionExpiresAndIsElectedAgain() {
        Node node = ensemble.node(1, brokers);
        create(node, topic("before", 1));
        ensemble.server().expireSession(node.session().sessionId());
        await().until(() -> node.controller().epoch() == 2 && node.controller().isActive());
        create(node, topic("after", 1));
        await().untilAsserted(() -> assertThat(brokers.all()).last().satisfies(last -> assertThat(last.brokerEpoch())
                .isEqualTo(node.registration().brokerEpoch())));
    }

    @Test
    void handsTheOfficeToAnotherBrokerWhenItIsDeletedOrGivenBack() {
        Node first = ensemble.node(1, brokers);
        Node second = ensemble.node(2, brokers);
        first.controller().close();
        await().until(() -> second.controller().isActive());
        assertThat(second.controller().epoch()).isEqualTo(2);
        await(second.session().delete(ControllerNode.PATH, ZooKeeperSession.ANY_VERSION));
        await().until(() ->
                second.controller().isActive() && second.controller().epoch() == 3);
    }

    @Test
    void electsTheNextInSyncReplicaWhenALeaderGoesAndLetsItFollowWhenItReturns() {
        Node controller = ensemble.node(1, brokers);
        Node leader = ensemble.node(2, brokers);
        awaitBrokers(2);
        create(controller, topic("moved", 2, 1));
        assertThat(state(controller, "moved")).isEqualTo(new PartitionStateNode(2, 0, List.of(2, 1), (byte) 0, 1));
        brokers.clear();

        leader.session().close();
        await().untilAsserted(() -> assertThat(state(controller, "moved"))
                .isEqualTo(new PartitionStateNode(1, 1, List.of(1), (byte) 0, 1)));
        await().untilAsserted(() -> {
            UpdateMetadataRequest told = last(brokers.updateMetadata(1));
            assertThat(told.liveBrokers()).hasSize(1);
            assertThat(told.topicStates().get(0).partitionStates().get(0).offlineReplicas())
                    .containsExactly(2);
        });
        brokers.clear();

        ensemble.node(2, brokers);
        await().untilAsserted(() -> {
            LeaderAndIsrRequest told = last(brokers.leaderAndIsr(2));
            assertThat(told.topicStates().get(0).partitionStates().get(0).leader())
                    .isEqualTo(1);
            assertThat(told.topicStates().get(0).partitionStates().get(0).isr()).containsExactly(1);
        });
    }

    @Test
    void takesADeadFollowerOutOfTheIsr() {
        Node controller = ensemble.node(1, brokers);
        Node follower = ensemble.node(2, brokers);
        awaitBrokers(2);
        create(controller, topic("thin", 1, 2));
        follower.session().close();
        await().untilAsserted(() ->
                assertThat(state(controller, "thin")).isEqualTo(new PartitionStateNode(1, 1, List.of(1), (byte) 0, 1)));
    }

    @Test
    void leavesAPartitionOfflineUntilAnInSyncReplicaReturns() {
        Node controller = ensemble.node(1, brokers);
        Node only = ensemble.node(2, brokers);
        awaitBrokers(2);
        create(controller, topic("dark", 2));
        only.session().close();
        await().untilAsserted(() -> assertThat(state(controller, "dark"))
                .isEqualTo(new PartitionStateNode(-1, 1, List.of(2), (byte) 0, 1)));
        ensemble.node(2, brokers);
        await().untilAsserted(() ->
                assertThat(state(controller, "dark")).isEqualTo(new PartitionStateNode(2, 2, List.of(2), (byte) 0, 1)));
    }

    @Test
    void electsAnOutOfSyncReplicaOnlyWhereTheTopicAllowsIt() {
        Node controller = ensemble.node(1, brokers);
        Node leader = ensemble.node(2, brokers);
        Node follower = ensemble.node(3, brokers);
        awaitBrokers(3);
        create(
                controller,
                topic("loose", 2, 3)
                        .setConfigs(List.of(new CreatableTopicConfig()
                                .setName("unclean.leader.election.enable")
                                .setValue("true"))));
        follower.session().close();
        await().untilAsserted(() -> assertThat(state(controller, "loose").isr()).containsExactly(2));
        ensemble.node(3, brokers);
        awaitBrokers(3);
        leader.session().close();
        await().untilAsserted(() -> assertThat(state(controller, "loose"))
                .isEqualTo(new PartitionStateNode(3, 2, List.of(3), (byte) 1, 1)));
    }

    @Test
    void holdsADeletionUpUntilTheBrokerWithAReplicaReturns() {
        Node controller = ensemble.node(1, brokers);
        Node away = ensemble.node(2, brokers);
        awaitBrokers(2);
        create(controller, topic("half", 1, 2));
        away.session().close();
        await().untilAsserted(() -> assertThat(state(controller, "half").isr()).containsExactly(1));
        await(controller
                .controller()
                .deleteTopics(new DeleteTopicsRequest()
                        .setTopics(List.of(new DeleteTopicState().setName("half")))
                        .setTimeoutMs(10_000)));
        assertThat(await(controller.session().exists("/admin/delete_topics/half")))
                .isPresent();
        assertThat(await(controller.session().exists("/brokers/topics/half"))).isPresent();
        ensemble.node(2, brokers);
        await().untilAsserted(() -> {
            assertThat(await(controller.session().exists("/brokers/topics/half")))
                    .isEmpty();
            assertThat(await(controller.session().exists("/admin/delete_topics/half")))
                    .isEmpty();
        });
        assertThat(brokers.stopReplica(2)).isNotEmpty();
    }

    @Test
    void goesOnWithADeletionThatNoControllerHasSeen() {
        Node first = ensemble.node(1, brokers);
        create(first, topic("doomed", 1));
        create(first, topic("spared", 1));
        first.controller().close();
        await().until(() -> !first.controller().isActive());
        await(first.session().create(DeleteTopicsNode.path("doomed"), new byte[0], NodeKind.PERSISTENT));
        brokers.clear();
        Node second = ensemble.node(2, brokers);
        assertThat(second.controller().isActive()).isTrue();
        await().untilAsserted(() ->
                assertThat(await(second.session().children(TopicNode.PARENT))).containsExactly("spared"));
        assertThat(brokers.leaderAndIsr(1).get(0).topicStates())
                .extracting(LeaderAndIsrTopicState::topicName)
                .containsExactly("spared");
    }

    @Test
    void givesOutBlocksOfProducerIdsThatNeverOverlap() {
        Node node = ensemble.node(1, brokers);
        assertThat(allocate(node, 1, node.registration().brokerEpoch()).producerIdStart())
                .isZero();
        AllocateProducerIdsResponse next = allocate(node, 1, node.registration().brokerEpoch());
        assertThat(next.producerIdStart()).isEqualTo(1000);
        assertThat(next.producerIdLen()).isEqualTo(1000);
        assertThat(allocate(node, 1, 5).errorCode()).isEqualTo(ErrorCode.STALE_BROKER_EPOCH.code());
        assertThat(allocate(node, 9, 5).errorCode()).isEqualTo(ErrorCode.BROKER_ID_NOT_REGISTERED.code());
    }

    private void awaitBrokers(int count) {
        await().untilAsserted(() ->
                assertThat(last(brokers.updateMetadata(1)).liveBrokers()).hasSize(count));
    }

    private static <T> T last(List<T> list) {
        assertThat(list).isNotEmpty();
        return list.get(list.size() - 1);
    }

    private static CreatableTopic topic(String name, Integer... replicas) {
        return new CreatableTopic()
                .setName(name)
                .setNumPartitions(-1)
                .setReplicationFactor((short) -1)
                .setAssignments(List.of(
                        new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(replicas))));
    }

    private static void create(Node node, CreatableTopic topic) {
        assertThat(await(node.controller().createTopics(new CreateTopicsRequest().setTopics(List.of(topic))))
                        .topics())
                .allSatisfy(result -> assertThat(result.errorCode()).isZero());
    }

    private static AllocateProducerIdsResponse allocate(Node node, int brokerId, long brokerEpoch) {
        return await(node.controller()
                .allocateProducerIds(
                        new AllocateProducerIdsRequest().setBrokerId(brokerId).setBrokerEpoch(brokerEpoch)));
    }

    private static PartitionStateNode state(Node node, String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        return PartitionStateNode.decode(partition, read(node, PartitionStateNode.path(partition)));
    }

    private static byte[] read(Node node, String path) {
        return await(node.session().get(path)).orElseThrow().data();
    }
}
