package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static io.ottla.controller.TestTopics.allowingUncleanElection;
import static io.ottla.controller.TestTopics.create;
import static io.ottla.controller.TestTopics.state;
import static io.ottla.controller.TestTopics.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.IsrChangeNode;
import io.ottla.controller.znode.LogDirEventNode;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.PreferredElectionNode;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ControlledShutdownRequest;
import io.ottla.protocol.message.ElectLeadersRequest;
import io.ottla.protocol.message.ElectLeadersRequest.TopicPartitions;
import io.ottla.protocol.message.ElectLeadersResponse;
import io.ottla.protocol.message.ElectLeadersResponse.PartitionResult;
import io.ottla.protocol.message.UpdateMetadataRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Elections that operators, tools of old, the balance of leaders, and failed disks cause. Broker 1 is the controller. */
class LeaderElectionsTest {

    @RegisterExtension
    private static final TestEnsemble ensemble = new TestEnsemble();

    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;

    private final TestBrokers brokers = new TestBrokers();
    private Node controller;

    @BeforeEach
    void start() {
        controller = ensemble.node(1, brokers);
    }

    @Test
    void electsPreferredLeadersAndSaysWhereNothingWasToBeDone() {
        ensemble.node(2, brokers);
        brokers.awaitLive(1, 2);
        create(controller, topic("t", List.of(2, 1), List.of(1, 2)));
        moveLeader("t", 0, 1, List.of(1, 2));
        assertThat(errors(elect(PREFERRED, List.of(wanted("t", 0, 1, 7), wanted("none", 0)))))
                .containsExactly(
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        ErrorCode.NONE,
                        ErrorCode.ELECTION_NOT_NEEDED,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        PartitionStateNode elected = state(controller, "t", 0);
        assertThat(elected.leader()).isEqualTo(2);
        assertThat(elected.isr()).containsExactly(1, 2);
    }

    @Test
    void electsForAllPartitionsAndTellsOnlyOfThoseThatChangedOrFailed() {
        Node second = ensemble.node(2, brokers);
        brokers.awaitLive(1, 2);
        create(controller, topic("fine", List.of(1, 2)));
        create(controller, topic("away", List.of(2, 1)));
        second.session().close();
        await().untilAsserted(
                        () -> assertThat(state(controller, "away", 0).leader()).isEqualTo(1));
        ElectLeadersResponse response = elect(PREFERRED, null);
        assertThat(response.replicaElectionResults()).singleElement().satisfies(result -> {
            assertThat(result.topic()).isEqualTo("away");
            assertThat(result.partitionResult().get(0).errorCode())
                    .isEqualTo(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE.code());
            assertThat(result.partitionResult().get(0).errorMessage()).contains("[2, 1]");
        });
    }

    @Test
    void electsAnOutOfSyncReplicaOnlyWhenAskedToAndOnlyWithoutALeader() {
        Node second = ensemble.node(2, brokers);
        Node third = ensemble.node(3, brokers);
        brokers.awaitLive(1, 3);
        create(controller, topic("t", List.of(2, 3)));
        create(controller, topic("dead", List.of(2)));
        third.session().close();
        await().untilAsserted(() -> assertThat(state(controller, "t", 0).isr()).containsExactly(2));
        second.session().close();
        await().untilAsserted(
                        () -> assertThat(state(controller, "t", 0).leader()).isEqualTo(-1));
        ensemble.node(3, brokers);
        brokers.awaitLive(1, 2);
        assertThat(state(controller, "t", 0).leader()).isEqualTo(-1);
        create(controller, topic("led", List.of(1)));
        assertThat(errors(elect(UNCLEAN, List.of(wanted("dead", 0), wanted("led", 0), wanted("t", 0)))))
                .containsExactly(
                        ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE, ErrorCode.ELECTION_NOT_NEEDED, ErrorCode.NONE);
        assertThat(state(controller, "t", 0)).isEqualTo(new PartitionStateNode(3, 3, List.of(3), (byte) 1, 1));
    }

    @Test
    void refusesElectionsOfAnUnknownKind() {
        assertThatThrownBy(() -> elect((byte) 9, null)).hasMessageContaining("election type 9");
    }

    @Test
    void servesTheRequestsOfToolsOfOldAndRemovesThem() {
        ensemble.node(2, brokers);
        brokers.awaitLive(1, 2);
        create(controller, topic("t", List.of(2, 1)));
        moveLeader("t", 0, 1, List.of(1, 2));
        byte[] request =
                PreferredElectionNode.encode(List.of(new TopicPartition("t", 0), new TopicPartition("none", 3)));
        for (int round = 0; round < 2; round++) {
            await(controller.session().create(PreferredElectionNode.PATH, request, NodeKind.PERSISTENT));
            await().until(() -> await(controller.session().exists(PreferredElectionNode.PATH))
                    .isEmpty());
            assertThat(state(controller, "t", 0).leader()).isEqualTo(2);
        }
    }

    @Test
    void returnsLeadershipByItselfWhereTooMuchOfItIsElsewhere() {
        controller.controller().close();
        Node balancing = ensemble.balancingNode(2, brokers, new LeaderRebalance(true, 50, 10));
        await().until(() -> balancing.controller().isActive());
        brokers.awaitLive(2, 2);
        create(balancing, topic("t", List.of(1, 2), List.of(2, 1)));
        await(balancing
                .controller()
                .controlledShutdown(
                        new ControlledShutdownRequest().setBrokerId(1).setBrokerEpoch(-1)));
        assertThat(state(balancing, "t", 0).leader()).isEqualTo(2);
        // Not while the preferred leader is out of sync; at once when it is back.
        controller.session().close();
        brokers.awaitLive(2, 1);
        Node back = ensemble.node(1, brokers);
        brokers.awaitLive(2, 2);
        PartitionStateNode now = state(balancing, "t", 0);
        assertThat(now.leader()).isEqualTo(2);
        AlterPartitionTest.expand(balancing, 2, "t", now, List.of(2, 1));
        await().untilAsserted(
                        () -> assertThat(state(balancing, "t", 0).leader()).isEqualTo(1));
        assertThat(back.controller().isActive()).isFalse();
    }

    @Test
    void movesLeadersOffAFailedDiskAndLetsNobodyBackOntoIt() {
        ensemble.node(2, brokers);
        brokers.awaitLive(1, 2);
        create(controller, topic("t", List.of(2, 1), List.of(1, 2)));
        create(controller, topic("single", List.of(2)));
        brokers.failDisk(2);
        await(controller
                .session()
                .create(LogDirEventNode.sequencePath(), LogDirEventNode.encode(2), NodeKind.PERSISTENT_SEQUENTIAL));
        await().untilAsserted(() -> {
            assertThat(state(controller, "t", 0)).isEqualTo(new PartitionStateNode(1, 1, List.of(1), (byte) 0, 1));
            assertThat(state(controller, "t", 1).isr()).containsExactly(1);
            assertThat(state(controller, "single", 0).leader()).isEqualTo(-1);
        });
        assertThat(await(controller.session().children(LogDirEventNode.PARENT))).isEmpty();
        await().untilAsserted(() -> assertThat(brokers.last(1, UpdateMetadataRequest.class)
                        .topicStates()
                        .get(0)
                        .partitionStates())
                .allSatisfy(partition -> assertThat(partition.offlineReplicas()).containsExactly(2)));
        assertThat(errors(elect(PREFERRED, List.of(wanted("t", 0)))))
                .containsExactly(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
    }

    @Test
    void aTopicThatIsCreatedOnAFailedDiskIsLedByAnother() {
        ensemble.node(2, brokers);
        brokers.awaitLive(1, 2);
        brokers.failDisk(2);
        create(controller, allowingUncleanElection(topic("t", List.of(2, 1))));
        await().untilAsserted(
                        () -> assertThat(state(controller, "t", 0).leader()).isEqualTo(1));
    }

    @Test
    void takesOverWhatLeadersThatDoNotAskHaveWritten() {
        ensemble.node(2, brokers);
        brokers.awaitLive(1, 2);
        create(controller, topic("t", List.of(1, 2)));
        String path = PartitionStateNode.path(new TopicPartition("t", 0));
        await(controller.session().set(path, new PartitionStateNode(1, 0, List.of(1), (byte) 0, 1).encode(), 0));
        brokers.clear();
        await(controller
                .session()
                .create(
                        IsrChangeNode.sequencePath(),
                        IsrChangeNode.encode(List.of(new TopicPartition("t", 0))),
                        NodeKind.PERSISTENT_SEQUENTIAL));
        await().untilAsserted(() -> {
            var told = brokers.last(2, UpdateMetadataRequest.class)
                    .topicStates()
                    .get(0)
                    .partitionStates()
                    .get(0);
            assertThat(told.isr()).containsExactly(1);
            assertThat(told.zkVersion()).isEqualTo(1);
        });
        await().until(() ->
                await(controller.session().children(IsrChangeNode.PARENT)).isEmpty());
        assertThat(brokers.leaderAndIsr(1)).isEmpty();
    }

    /** As if leadership had moved before: another leader in ZooKeeper, and the controller elected anew. */
    private void moveLeader(String topic, int partition, int leader, List<Integer> isr) {
        String path = PartitionStateNode.path(new TopicPartition(topic, partition));
        byte[] moved = new PartitionStateNode(leader, 1, isr, (byte) 0, 1).encode();
        await(controller.session().set(path, moved, ZooKeeperSession.ANY_VERSION));
        await(controller
                .session()
                .create(
                        IsrChangeNode.sequencePath(),
                        IsrChangeNode.encode(List.of(new TopicPartition(topic, partition))),
                        NodeKind.PERSISTENT_SEQUENTIAL));
        await().until(() ->
                await(controller.session().children(IsrChangeNode.PARENT)).isEmpty());
    }

    private ElectLeadersResponse elect(byte type, @Nullable List<TopicPartitions> wanted) {
        return await(controller
                .controller()
                .electLeaders(new ElectLeadersRequest()
                        .setElectionType(type)
                        .setTopicPartitions(wanted)
                        .setTimeoutMs(10_000)));
    }

    private static TopicPartitions wanted(String topic, Integer... partitions) {
        return new TopicPartitions().setTopic(topic).setPartitions(List.of(partitions));
    }

    private static List<ErrorCode> errors(ElectLeadersResponse response) {
        return response.replicaElectionResults().stream()
                .flatMap(topic -> topic.partitionResult().stream())
                .map(PartitionResult::errorCode)
                .map(ErrorCode::forCode)
                .toList();
    }
}
