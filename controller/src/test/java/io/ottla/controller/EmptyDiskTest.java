package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static io.ottla.controller.TestTopics.allowingUncleanElection;
import static io.ottla.controller.TestTopics.create;
import static io.ottla.controller.TestTopics.state;
import static io.ottla.controller.TestTopics.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.BrokerIdNode;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.protocol.message.ElectLeadersRequest;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrPartitionState;
import io.ottla.protocol.message.UpdateMetadataRequest;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a broker that comes back with an empty disk leads nothing that another replica may still have, and what the others
 * have counts again. Method: brokers that refuse to lead, as decision 40 has it.
 */
class EmptyDiskTest {

    @RegisterExtension
    private static final TestEnsemble ensemble = new TestEnsemble();

    private final TestBrokers brokers = new TestBrokers();
    private Node controller;

    @BeforeEach
    void start() {
        controller = ensemble.node(1, brokers);
    }

    @Test
    void whoIsElectedInVainGivesWayToThoseThatWereInSyncBefore() {
        bothAreLost(topic("t", List.of(3, 2)));
        brokers.emptyDisk(3);
        ensemble.node(3, brokers);
        await().untilAsserted(() -> {
            PartitionStateNode refused = state(controller, "t", 0);
            assertThat(refused.leader()).isEqualTo(-1);
            assertThat(refused.isr()).containsExactly(2);
        });
        ensemble.node(2, brokers);
        await().untilAsserted(() -> {
            assertThat(state(controller, "t", 0).leader()).isEqualTo(2);
            assertThat(state(controller, "t", 0).isr()).containsExactly(2);
        });
        // It copies from the new leader, and is a replica like any other then.
        await().untilAsserted(() -> assertThat(order(3).leader()).isEqualTo(2));
        await().untilAsserted(() -> assertThat(brokers.last(1, UpdateMetadataRequest.class)
                        .topicStates()
                        .get(0)
                        .partitionStates()
                        .get(0)
                        .offlineReplicas())
                .isEmpty());
    }

    @Test
    void theOnlyOneInSyncLeavesThePartitionOfflineUntilAnUncleanElectionChoosesAnother() {
        Node second = ensemble.node(2, brokers);
        Node third = ensemble.node(3, brokers);
        brokers.awaitLive(1, 3);
        create(controller, topic("t", List.of(3, 2)));
        second.session().close();
        await().untilAsserted(() -> assertThat(state(controller, "t", 0).isr()).containsExactly(3));
        third.session().close();
        await().untilAsserted(
                        () -> assertThat(state(controller, "t", 0).leader()).isEqualTo(-1));
        brokers.emptyDisk(3);
        ensemble.node(2, brokers);
        ensemble.node(3, brokers);
        await().untilAsserted(() -> {
            assertThat(state(controller, "t", 0).leaderEpoch()).isGreaterThan(3);
            assertThat(state(controller, "t", 0).leader()).isEqualTo(-1);
            assertThat(state(controller, "t", 0).isr()).containsExactly(3);
        });
        electUncleanly();
        await().untilAsserted(() -> {
            assertThat(state(controller, "t", 0).leader()).isEqualTo(2);
            assertThat(state(controller, "t", 0).recoveryState()).isEqualTo((byte) 1);
        });
    }

    @Test
    void anEmptyReplicaLeadsInTheEndWhereNobodyElseIsLeftAndLossIsAllowed() {
        bothAreLost(allowingUncleanElection(topic("t", List.of(3, 2))));
        brokers.emptyDisk(3);
        ensemble.node(3, brokers);
        await().untilAsserted(() -> {
            assertThat(state(controller, "t", 0).leader()).isEqualTo(3);
            assertThat(state(controller, "t", 0).recoveryState()).isEqualTo((byte) 1);
        });
        await().untilAsserted(() -> assertThat(order(3).leaderRecoveryState()).isEqualTo((byte) 1));
    }

    @Test
    void aFailedDiskIsNotElectedAgainAndAgain() {
        bothAreLost(allowingUncleanElection(topic("t", List.of(3, 2))));
        brokers.failDisk(3);
        ensemble.node(3, brokers);
        await().untilAsserted(() -> assertThat(brokers.leaderAndIsr(3)).isNotEmpty());
        await().untilAsserted(
                        () -> assertThat(state(controller, "t", 0).leader()).isEqualTo(-1));
        int orders = brokers.leaderAndIsr(3).size();
        create(controller, topic("barrier", List.of(1)));
        assertThat(brokers.leaderAndIsr(3).size()).isLessThanOrEqualTo(orders + 1);
        assertThat(state(controller, "t", 0).leader()).isEqualTo(-1);
    }

    /** Brokers 2 and 3, both in sync, are gone at the same moment, as far as the controller sees. */
    private void bothAreLost(CreatableTopic topic) {
        Node second = ensemble.node(2, brokers);
        Node third = ensemble.node(3, brokers);
        brokers.awaitLive(1, 3);
        create(controller, topic);
        second.registration().close();
        third.registration().close();
        await(controller
                .session()
                .multi(List.of(
                        WriteOperation.delete(BrokerIdNode.path(2), ZooKeeperSession.ANY_VERSION),
                        WriteOperation.delete(BrokerIdNode.path(3), ZooKeeperSession.ANY_VERSION))));
        await().untilAsserted(
                        () -> assertThat(state(controller, "t", 0).leader()).isEqualTo(-1));
    }

    private void electUncleanly() {
        await(controller
                .controller()
                .electLeaders(new ElectLeadersRequest()
                        .setElectionType((byte) 1)
                        .setTopicPartitions(null)
                        .setTimeoutMs(5_000)));
    }

    private LeaderAndIsrPartitionState order(int broker) {
        return brokers.last(broker, LeaderAndIsrRequest.class)
                .topicStates()
                .get(0)
                .partitionStates()
                .get(0);
    }
}
