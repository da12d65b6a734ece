package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static io.ottla.controller.TestTopics.create;
import static io.ottla.controller.TestTopics.state;
import static io.ottla.controller.TestTopics.topic;
import static io.ottla.controller.TestTopics.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterPartitionRequest;
import io.ottla.protocol.message.AlterPartitionRequest.BrokerState;
import io.ottla.protocol.message.AlterPartitionRequest.PartitionData;
import io.ottla.protocol.message.AlterPartitionRequest.TopicData;
import io.ottla.protocol.message.AlterPartitionResponse;
import io.ottla.protocol.message.ControlledShutdownRequest;
import io.ottla.protocol.message.UpdateMetadataRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Leaders that ask for other in-sync replicas: who may, what is refused, and who is told. Broker 1 leads, 2 and 3 follow. */
class AlterPartitionTest {

    @RegisterExtension
    private static final TestEnsemble ensemble = new TestEnsemble();

    private final TestBrokers brokers = new TestBrokers();
    private Node first;
    private Node second;
    private Node third;

    @BeforeEach
    void start() {
        first = ensemble.node(1, brokers);
        second = ensemble.node(2, brokers);
        third = ensemble.node(3, brokers);
        brokers.awaitLive(1, 3);
        create(first, topic("t", List.of(1, 2, 3)));
        brokers.clear();
    }

    @Test
    void shrinksAndExpandsTheIsrAtTheLeadersEpochAndTellsEverybody() {
        AlterPartitionResponse.PartitionData shrunk = partition(alter(1, isr(0, 0, 1, 3)));
        assertThat(shrunk.errorCode()).isZero();
        assertThat(shrunk.leaderId()).isEqualTo(1);
        assertThat(shrunk.leaderEpoch()).isZero();
        assertThat(shrunk.isr()).containsExactly(1, 3);
        assertThat(shrunk.partitionEpoch()).isEqualTo(1);
        assertThat(state(first, "t", 0)).isEqualTo(new PartitionStateNode(1, 0, List.of(1, 3), (byte) 0, 1));
        for (int broker = 1; broker <= 3; broker++) {
            UpdateMetadataRequest told = brokers.last(broker, UpdateMetadataRequest.class);
            assertThat(told.topicStates().get(0).partitionStates().get(0).isr()).containsExactly(1, 3);
        }
        assertThat(brokers.leaderAndIsr(1)).isEmpty();

        AlterPartitionResponse.PartitionData expanded = partition(alter(1, isr(0, 1, 1, 3, 2)));
        assertThat(expanded.errorCode()).isZero();
        assertThat(expanded.partitionEpoch()).isEqualTo(2);
        assertThat(state(first, "t", 0).isr()).containsExactly(1, 3, 2);
    }

    @Test
    void answersARequestThatWasSentTwiceAsTheFirstTime() {
        alter(1, isr(0, 0, 1, 3));
        AlterPartitionResponse.PartitionData again = partition(alter(1, isr(0, 0, 3, 1)));
        assertThat(again.errorCode()).isZero();
        assertThat(again.partitionEpoch()).isEqualTo(1);
        assertThat(version(first, "t", 0)).isEqualTo(1);
    }

    @Test
    void refusesWhoKnowsLessOrMoreThanTheController() {
        alter(1, isr(0, 0, 1, 3));
        assertThat(error(alter(1, isr(0, 0, 1, 2)))).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(error(alter(1, isr(0, 5, 1)))).isEqualTo(ErrorCode.NOT_CONTROLLER);
        assertThat(error(alter(1, isr(1, 1, 1)))).isEqualTo(ErrorCode.NOT_CONTROLLER);
        assertThat(error(alter(1, isr(-1, 1, 1)))).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        assertThat(error(alter(2, isr(0, 1, 2)))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(state(first, "t", 0).isr()).containsExactly(1, 3);
    }

    @Test
    void refusesAnIsrThatCannotBe() {
        assertThat(error(alter(1, isr(0, 0)))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error(alter(1, isr(0, 0, 2, 3)))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error(alter(1, isr(0, 0, 1, 9)))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error(alter(1, isr(0, 0, 1, 1)))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error(alter(1, isr(0, 0, 1).setLeaderRecoveryState((byte) 1))))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void refusesAReplicaWhoseBrokerHasRegisteredAgainSinceTheLeaderSawIt() {
        alter(1, isr(0, 0, 1, 3));
        PartitionData stale = isr(0, 1, 1, 3, 2);
        stale.newIsrWithEpochs().get(2).setBrokerEpoch(second.registration().brokerEpoch() - 1);
        assertThat(error(alter(1, stale))).isEqualTo(ErrorCode.INELIGIBLE_REPLICA);
        PartitionData seen = isr(0, 1, 1, 3, 2);
        seen.newIsrWithEpochs().get(2).setBrokerEpoch(second.registration().brokerEpoch());
        assertThat(error(alter(1, seen))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void refusesAReplicaWhoseBrokerIsGoneOrAboutToGo() {
        await(first.controller()
                .controlledShutdown(new ControlledShutdownRequest()
                        .setBrokerId(2)
                        .setBrokerEpoch(second.registration().brokerEpoch())));
        PartitionStateNode now = state(first, "t", 0);
        assertThat(now.isr()).containsExactly(1, 3);
        assertThat(error(alter(1, isr(now.leaderEpoch(), version(first, "t", 0), 1, 3, 2))))
                .isEqualTo(ErrorCode.INELIGIBLE_REPLICA);
        third.session().close();
        await().untilAsserted(() -> assertThat(state(first, "t", 0).isr()).containsExactly(1));
        now = state(first, "t", 0);
        assertThat(error(alter(1, isr(now.leaderEpoch(), version(first, "t", 0), 1, 3))))
                .isEqualTo(ErrorCode.INELIGIBLE_REPLICA);
    }

    @Test
    void refusesTheRegistrationOfAnotherLifeAsAWhole() {
        AlterPartitionRequest request = request(1, TestTopics.id(first, "t"), isr(0, 0, 1));
        request.setBrokerEpoch(request.brokerEpoch() - 1);
        assertThat(await(first.controller().alterPartition(request)).errorCode())
                .isEqualTo(ErrorCode.STALE_BROKER_EPOCH.code());
        assertThat(await(first.controller().alterPartition(request.setBrokerId(7)))
                        .errorCode())
                .isEqualTo(ErrorCode.STALE_BROKER_EPOCH.code());
    }

    /** KAFKA-12835. */
    @Test
    void refusesATopicOfAnotherIdThatHadTheSameName() {
        assertThat(error(await(first.controller().alterPartition(request(1, new UUID(5, 5), isr(0, 0, 1))))))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
        PartitionData missing = isr(0, 0, 1).setPartitionIndex(4);
        assertThat(error(alter(1, missing))).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    /** A version that stays wrong would stop ISR changes for ever (KAFKA-2729). */
    @Test
    void healsAPartitionWhoseStateWasWrittenBySomebodyElse() {
        String path = PartitionStateNode.path(new TopicPartition("t", 0));
        byte[] foreign = new PartitionStateNode(1, 0, List.of(1, 2), (byte) 0, 1).encode();
        await(first.session().set(path, foreign, ZooKeeperSession.ANY_VERSION));
        assertThat(error(alter(1, isr(0, 0, 1, 3)))).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(state(first, "t", 0)).isEqualTo(new PartitionStateNode(1, 1, List.of(1, 2), (byte) 0, 1));
        await().untilAsserted(() -> {
            var told = brokers.leaderAndIsr(1)
                    .get(0)
                    .topicStates()
                    .get(0)
                    .partitionStates()
                    .get(0);
            assertThat(told.leaderEpoch()).isEqualTo(1);
            assertThat(told.partitionEpoch()).isEqualTo(2);
        });
        assertThat(error(alter(1, isr(1, 2, 1)))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void writesManyPartitionsTogetherAlthoughOneOfThemIsRefused() {
        create(first, topic("many", List.of(1, 2), List.of(1, 3), List.of(1, 2)));
        String path = PartitionStateNode.path(new TopicPartition("many", 1));
        byte[] foreign = new PartitionStateNode(1, 0, List.of(3, 1), (byte) 0, 1).encode();
        await(first.session().set(path, foreign, ZooKeeperSession.ANY_VERSION));
        AlterPartitionResponse response = await(first.controller()
                .alterPartition(request(
                        1,
                        TestTopics.id(first, "many"),
                        isr(0, 0, 1),
                        isr(0, 0, 1).setPartitionIndex(1),
                        isr(0, 0, 1).setPartitionIndex(2))));
        assertThat(response.topics().get(0).partitions())
                .extracting(AlterPartitionResponse.PartitionData::errorCode)
                .containsExactly((short) 0, ErrorCode.INVALID_UPDATE_VERSION.code(), (short) 0);
        assertThat(state(first, "many", 2).isr()).containsExactly(1);
    }

    /** The leader of a topic's only partition that counts, number 0, asks for this ISR. */
    static void expand(Node controller, int leader, String topic, PartitionStateNode now, List<Integer> isr) {
        AlterPartitionRequest request = new AlterPartitionRequest()
                .setBrokerId(leader)
                .setBrokerEpoch(controller.registration().brokerEpoch())
                .setTopics(List.of(new TopicData()
                        .setTopicId(TestTopics.id(controller, topic))
                        .setPartitions(List.of(
                                isr(now.leaderEpoch(), version(controller, topic, 0), isr.toArray(Integer[]::new))))));
        assertThat(error(await(controller.controller().alterPartition(request))))
                .isEqualTo(ErrorCode.NONE);
    }

    private AlterPartitionResponse alter(int broker, PartitionData partition) {
        return await(first.controller().alterPartition(request(broker, TestTopics.id(first, "t"), partition)));
    }

    private AlterPartitionRequest request(int broker, UUID topic, PartitionData... partitions) {
        Node node = broker == 1 ? first : second;
        return new AlterPartitionRequest()
                .setBrokerId(broker)
                .setBrokerEpoch(node.registration().brokerEpoch())
                .setTopics(List.of(new TopicData().setTopicId(topic).setPartitions(List.of(partitions))));
    }

    private static PartitionData isr(int leaderEpoch, int partitionEpoch, Integer... replicas) {
        List<BrokerState> states = new ArrayList<>();
        for (int replica : replicas) {
            states.add(new BrokerState().setBrokerId(replica).setBrokerEpoch(-1));
        }
        return new PartitionData()
                .setLeaderEpoch(leaderEpoch)
                .setPartitionEpoch(partitionEpoch)
                .setNewIsrWithEpochs(states);
    }

    private static AlterPartitionResponse.PartitionData partition(AlterPartitionResponse response) {
        return response.topics().get(0).partitions().get(0);
    }

    private static ErrorCode error(AlterPartitionResponse response) {
        assertThat(response.errorCode()).isZero();
        return ErrorCode.forCode(partition(response).errorCode());
    }
}
