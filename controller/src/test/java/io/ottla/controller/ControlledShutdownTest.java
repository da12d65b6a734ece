package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static io.ottla.controller.TestTopics.create;
import static io.ottla.controller.TestTopics.state;
import static io.ottla.controller.TestTopics.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ControlledShutdownRequest;
import io.ottla.protocol.message.ControlledShutdownResponse;
import io.ottla.protocol.message.ControlledShutdownResponse.RemainingPartition;
import io.ottla.protocol.message.StopReplicaRequest.StopReplicaPartitionState;
import io.ottla.protocol.message.UpdateMetadataRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Brokers that say beforehand that they will go: broker 2 does, broker 1 is the controller. */
class ControlledShutdownTest {

    @RegisterExtension
    private static final TestEnsemble ensemble = new TestEnsemble();

    private final TestBrokers brokers = new TestBrokers();
    private Node controller;
    private Node leaving;

    @BeforeEach
    void start() {
        controller = ensemble.node(1, brokers);
        leaving = ensemble.node(2, brokers);
        brokers.awaitLive(1, 2);
    }

    @Test
    void movesLeadersInOneRequestPerBrokerAndTakesFollowersOutOfTheIsr() {
        create(controller, topic("t", List.of(2, 1), List.of(2, 1), List.of(1, 2)));
        brokers.clear();
        ControlledShutdownResponse response = shutDown(leaving.registration().brokerEpoch());
        assertThat(response.errorCode()).isZero();
        assertThat(response.remainingPartitions()).isEmpty();
        assertThat(state(controller, "t", 0)).isEqualTo(new PartitionStateNode(1, 1, List.of(1), (byte) 0, 1));
        assertThat(state(controller, "t", 1)).isEqualTo(new PartitionStateNode(1, 1, List.of(1), (byte) 0, 1));
        assertThat(state(controller, "t", 2)).isEqualTo(new PartitionStateNode(1, 1, List.of(1), (byte) 0, 1));
        assertThat(brokers.leaderAndIsr(1)).hasSize(1);
        assertThat(brokers.leaderAndIsr(1).get(0).topicStates().get(0).partitionStates())
                .hasSize(3);
        // The former leader is told to follow; where it followed it is told to stop as of this leader epoch, so that an
        // order of before a later life of the partition is known for what it is (KAFKA-9539), and keeps its records.
        assertThat(brokers.leaderAndIsr(2).get(0).topicStates().get(0).partitionStates())
                .hasSize(2);
        // It is told last, and who leads now before it ceases to: when it sends its clients away it knows where to.
        assertThat(brokers.all()).extracting(TestBrokers.Received::brokerId).isSorted();
        assertThat(brokers.all())
                .filteredOn(each -> each.brokerId() == 2)
                .first()
                .extracting(TestBrokers.Received::request)
                .isInstanceOf(UpdateMetadataRequest.class);
        StopReplicaPartitionState stopped = brokers.stopReplica(2)
                .get(0)
                .topicStates()
                .get(0)
                .partitionStates()
                .get(0);
        assertThat(stopped.partitionIndex()).isEqualTo(2);
        assertThat(stopped.leaderEpoch()).isEqualTo(1);
        assertThat(stopped.deletePartition()).isFalse();
        UpdateMetadataRequest told = brokers.last(1, UpdateMetadataRequest.class);
        assertThat(told.liveBrokers()).hasSize(2);
        assertThat(told.topicStates().get(0).partitionStates())
                .allSatisfy(partition -> assertThat(partition.offlineReplicas()).containsExactly(2));
    }

    @Test
    void namesThePartitionsThatNobodyElseCanLead() {
        create(controller, topic("single", List.of(2)));
        Node third = ensemble.node(3, brokers);
        brokers.awaitLive(1, 3);
        create(controller, topic("stuck", List.of(2, 3)));
        third.session().close();
        await().untilAsserted(
                        () -> assertThat(state(controller, "stuck", 0).isr()).containsExactly(2));
        ControlledShutdownResponse response = shutDown(leaving.registration().brokerEpoch());
        assertThat(response.remainingPartitions())
                .containsExactly(new RemainingPartition().setTopicName("stuck").setPartitionIndex(0));
        assertThat(state(controller, "stuck", 0).leader()).isEqualTo(2);
    }

    @Test
    void isAskedAgainWithoutHarmAndPlacesNothingOnABrokerThatLeaves() {
        create(controller, topic("t", List.of(2, 1)));
        shutDown(leaving.registration().brokerEpoch());
        assertThat(shutDown(leaving.registration().brokerEpoch()).errorCode()).isZero();
        assertThat(state(controller, "t", 0).leaderEpoch()).isEqualTo(1);
        create(controller, topic("later").setNumPartitions(4).setReplicationFactor((short) 1));
        for (int partition = 0; partition < 4; partition++) {
            assertThat(state(controller, "later", partition).leader()).isEqualTo(1);
        }
    }

    @Test
    void isForgottenOnceTheBrokerHasComeBack() {
        create(controller, topic("t", List.of(2, 1)));
        shutDown(leaving.registration().brokerEpoch());
        brokers.clear();
        leaving.session().close();
        await().untilAsserted(() -> assertThat(
                        brokers.last(1, UpdateMetadataRequest.class).liveBrokers())
                .hasSize(1));
        ensemble.node(2, brokers);
        await().untilAsserted(() -> {
            UpdateMetadataRequest told = brokers.last(1, UpdateMetadataRequest.class);
            assertThat(told.liveBrokers()).hasSize(2);
            assertThat(told.topicStates().get(0).partitionStates().get(0).offlineReplicas())
                    .isEmpty();
        });
    }

    @Test
    void handsTheOfficeOverWhileItsSessionLivesAndTheSuccessorNeverHearsOfIt() {
        create(controller, topic("t", List.of(1, 2)));
        await(controller
                .controller()
                .controlledShutdown(new ControlledShutdownRequest()
                        .setBrokerId(1)
                        .setBrokerEpoch(controller.registration().brokerEpoch())));
        brokers.clear();
        CompletableFuture<Void> unregistered = controller.registration().leave();
        CompletableFuture<Void> resigned = controller.controller().leave();
        await(CompletableFuture.allOf(unregistered, resigned));
        assertThat(controller.controller().isActive()).isFalse();
        assertThat(controller.registration().brokerEpoch()).isEqualTo(BrokerRegistration.NOT_REGISTERED);
        await().until(() -> leaving.controller().isActive());
        assertThat(controller.session().sessionId()).isNotZero();
        assertThat(state(leaving, "t", 0)).isEqualTo(new PartitionStateNode(2, 1, List.of(2), (byte) 0, 1));
        brokers.awaitLive(2, 1);
        assertThat(brokers.all()).extracting(TestBrokers.Received::brokerId).containsOnly(2);

        // Whoever has left stays away, even if the office is vacant again.
        leaving.session().close();
        CompletableFuture<Void> again = controller.controller().leave();
        await(again);
        assertThat(controller.controller().isActive()).isFalse();
    }

    @Test
    void refusesTheShutdownOfAnEarlierLifeAndOfAStranger() {
        assertThat(shutDown(leaving.registration().brokerEpoch() - 1).errorCode())
                .isEqualTo(ErrorCode.STALE_BROKER_EPOCH.code());
        assertThat(await(controller.controller().controlledShutdown(new ControlledShutdownRequest().setBrokerId(9)))
                        .errorCode())
                .isEqualTo(ErrorCode.BROKER_NOT_AVAILABLE.code());
        assertThat(shutDown(-1).errorCode()).isZero();
    }

    private ControlledShutdownResponse shutDown(long epoch) {
        return await(controller
                .controller()
                .controlledShutdown(
                        new ControlledShutdownRequest().setBrokerId(2).setBrokerEpoch(epoch)));
    }
}
