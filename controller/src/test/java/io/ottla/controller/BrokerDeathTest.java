package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static io.ottla.controller.TestTopics.create;
import static io.ottla.controller.TestTopics.state;
import static io.ottla.controller.TestTopics.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.controller.election.ControllerElection;
import io.ottla.controller.election.ElectionResult;
import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.zk.NodeStat;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.BrokerIdNode;
import io.ottla.controller.znode.ControllerNode;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.UpdateMetadataRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Processes that die while their ZooKeeper sessions live on (18 s here): the refused connection decides, and only once. */
class BrokerDeathTest {

    @RegisterExtension
    private static final TestEnsemble ensemble = new TestEnsemble();

    private final TestBrokers brokers = new TestBrokers();

    @Test
    void movesLeadershipAtOnceWhenABrokerRefusesConnections() {
        Node controller = ensemble.node(1, brokers);
        Node killed = ensemble.node(2, brokers);
        brokers.awaitLive(1, 2);
        create(controller, topic("t", List.of(2, 1)));
        // A dead process registers no more: its registration is not the one of a broker that lives on.
        killed.registration().close();
        brokers.kill(2);
        await().untilAsserted(() ->
                assertThat(state(controller, "t", 0)).isEqualTo(new PartitionStateNode(1, 1, List.of(1), (byte) 0, 1)));
        assertThat(await(controller.session().exists(BrokerIdNode.path(2)))).isEmpty();
        assertThat(killed.session().sessionId()).isNotZero();
        await().untilAsserted(() -> assertThat(
                        brokers.last(1, UpdateMetadataRequest.class).liveBrokers())
                .hasSize(1));
    }

    @Test
    void leavesABrokerThatRegistersAgainYetStaysUnreachableToItsSession() {
        Node controller = ensemble.node(1, brokers);
        Node cutOff = ensemble.node(2, brokers);
        brokers.awaitLive(1, 2);
        long first = cutOff.registration().brokerEpoch();
        brokers.kill(2);
        await().until(() -> cutOff.registration().brokerEpoch() > first);
        long second = cutOff.registration().brokerEpoch();
        brokers.awaitLive(1, 2);
        brokers.kill(2);
        create(controller, topic("barrier", List.of(1)));
        assertThat(await(controller.session().exists(BrokerIdNode.path(2))))
                .hasValueSatisfying(stat -> assertThat(stat.czxid()).isEqualTo(second));

        // Once it has answered again, its next refusal counts.
        brokers.clear();
        brokers.revive(2);
        await().untilAsserted(() -> assertThat(brokers.updateMetadata(2)).isNotEmpty());
        create(controller, topic("heard", List.of(2)));
        cutOff.registration().close();
        brokers.kill(2);
        await().untilAsserted(() -> assertThat(await(controller.session().exists(BrokerIdNode.path(2))))
                .isEmpty());
    }

    /** As Apache Kafka's do; a registration of theirs that is removed never comes back. */
    @Test
    void aBrokerThatRegistersBeforeItListensIsNotTakenForDead() {
        Node controller = ensemble.node(1, brokers);
        brokers.kill(2);
        Node starting = ensemble.node(2, brokers);
        brokers.awaitLive(1, 2);
        brokers.kill(2);
        create(controller, topic("barrier", List.of(1)));
        assertThat(await(controller.session().exists(BrokerIdNode.path(2))))
                .map(NodeStat::czxid)
                .contains(starting.registration().brokerEpoch());

        // Once it has answered it is one that listens, and its refusal counts.
        brokers.revive(2);
        await().untilAsserted(() -> assertThat(brokers.updateMetadata(2)).isNotEmpty());
        create(controller, topic("heard", List.of(2)));
        starting.registration().close();
        brokers.kill(2);
        await().untilAsserted(() -> assertThat(await(controller.session().exists(BrokerIdNode.path(2))))
                .isEmpty());
    }

    /** A broker that has just started was told of no addresses: it learns from ZooKeeper whom to watch. */
    @Test
    void knowsWhereTheControllerIsRegisteredUntilItHasDeposedIt() {
        Node killed = ensemble.node(1, brokers);
        Node started = ensemble.node(2, brokers);
        assertThat(killed.controller().activeController()).isNull();
        LiveBroker found = started.controller().activeController();
        assertThat(found).isNotNull();
        assertThat(found.epoch()).isEqualTo(killed.registration().brokerEpoch());
        assertThat(found.node().endpoints()).isEqualTo(TestEnsemble.identity(1).endpoints());
        AtomicInteger changes = new AtomicInteger();
        started.controller().onControllerFound(changes::incrementAndGet);
        killed.whileDead(() -> {
            started.controller().onControllerRefused(1);
            await().until(() -> started.controller().isActive());
        });
        await().untilAsserted(() ->
                assertThat(started.controller().activeController()).isNull());
        assertThat(changes).hasValue(1);
    }

    @Test
    void doesNotHarmARegistrationThatHasReplacedTheOneOfTheDead() {
        Node controller = ensemble.node(1, brokers);
        Node killed = ensemble.node(2, brokers);
        brokers.awaitLive(1, 2);
        create(controller, topic("t", List.of(2, 1)));
        killed.registration().close();
        Node restarted = ensemble.node(2, new TestBrokers());
        brokers.kill(2);
        brokers.revive(2);
        await().untilAsserted(() -> assertThat(await(controller.session().exists(BrokerIdNode.path(2))))
                .map(NodeStat::czxid)
                .contains(restarted.registration().brokerEpoch()));
    }

    @Test
    void deposesADeadControllerAtOnceAndOnlyThatVeryOne() {
        Node first = ensemble.node(1, brokers);
        Node second = ensemble.node(2, brokers);
        Node third = ensemble.node(3, brokers);
        brokers.awaitLive(1, 3);
        create(first, topic("t", List.of(1, 2, 3)));
        first.registration().close();
        brokers.kill(1);
        first.whileDead(() -> {
            second.controller().onControllerRefused(1);
            third.controller().onControllerRefused(1);
            await().until(() ->
                    second.controller().isActive() || third.controller().isActive());
        });
        await().until(() -> !first.controller().isActive());
        Node elected = second.controller().isActive() ? second : third;
        assertThat(elected.controller().epoch()).isEqualTo(2);
        // The new controller has never heard of the dead broker, which has registered only just now: refused again, it
        // counts.
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            brokers.kill(1);
            assertThat(state(elected, "t", 0).leader()).isIn(2, 3);
        });
        long office = czxid(elected);
        Node other = elected == second ? third : second;
        other.controller().onControllerRefused(1);
        create(elected, topic("barrier", List.of(2)));
        assertThat(czxid(elected)).isEqualTo(office);
        assertThat(brokers.last(2, LeaderAndIsrRequest.class).controllerEpoch()).isEqualTo(2);
    }

    @Test
    void vacatesTheOfficeOnlyOfTheElectionThatWasLost() {
        Node first = ensemble.node(1, brokers);
        ZooKeeperSession session = ensemble.session();
        ControllerElection election = new ControllerElection(session, 2, Clock.systemUTC());
        long office = czxid(first);
        assertThat(await(election.depose(new ElectionResult.Lost(1, office - 1))))
                .isFalse();
        assertThat(czxid(first)).isEqualTo(office);
        assertThat(await(election.depose(new ElectionResult.Lost(1, office)))).isTrue();
        await().until(() ->
                first.controller().epoch() == 2 && first.controller().isActive());
        assertThat(czxid(first)).isGreaterThan(office);
        assertThat(await(election.depose(new ElectionResult.Lost(1, office)))).isFalse();
        assertThat(first.controller().epoch()).isEqualTo(2);
    }

    /** The hole that a broker's quick restart would leave while nobody is controller (KIP-903). */
    @Test
    void prefersAReplicaThatWasThereAllTheTimeToALeaderThatHasRegisteredAgainMeanwhile() {
        Node controller = ensemble.node(1, brokers);
        Node leader = ensemble.node(2, brokers);
        Node follower = ensemble.node(3, brokers);
        brokers.awaitLive(1, 3);
        create(controller, topic("t", List.of(2, 3)));
        leader.controller().close();
        follower.controller().close();
        controller.controller().close();
        await().until(() ->
                await(controller.session().exists(ControllerNode.PATH)).isEmpty());
        leader.registration().close();
        leader.session().close();
        Node restarted = ensemble.node(2, brokers);
        await().until(() -> restarted.controller().isActive());
        await().untilAsserted(() ->
                assertThat(state(restarted, "t", 0)).isEqualTo(new PartitionStateNode(3, 1, List.of(3), (byte) 0, 2)));
    }

    /** Their registrations outlive them: until those are gone they seem to have been there all the time. */
    @Test
    void whoIsBackFirstAfterAllWereKilledLeadsAtOnce() {
        Node controller = ensemble.node(1, brokers);
        Node second = ensemble.node(2, brokers);
        Node third = ensemble.node(3, brokers);
        brokers.awaitLive(1, 3);
        create(controller, topic("led-by-first", List.of(1, 2, 3)));
        create(controller, topic("led-by-others", List.of(2, 3, 1)));
        third.controller().close();
        second.controller().close();
        controller.controller().close();
        await().until(() ->
                await(controller.session().exists(ControllerNode.PATH)).isEmpty());
        List.of(controller, second, third).forEach(node -> node.registration().close());
        brokers.kill(2);
        brokers.kill(3);
        controller.session().close();
        Node restarted = ensemble.node(1, brokers);
        await().until(() -> restarted.controller().isActive());
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            brokers.kill(2);
            brokers.kill(3);
            for (String name : List.of("led-by-first", "led-by-others")) {
                assertThat(state(restarted, name, 0).leader()).isEqualTo(1);
                assertThat(state(restarted, name, 0).isr()).containsExactly(1);
            }
        });
    }

    @Test
    void trustsEverybodyWhenAllHaveRegisteredAgain() {
        Node controller = ensemble.node(1, brokers);
        create(controller, topic("t", List.of(1)));
        controller.controller().close();
        controller.session().close();
        Node restarted = ensemble.node(1, brokers);
        await().until(() -> restarted.controller().isActive());
        TopicPartition partition = new TopicPartition("t", 0);
        assertThat(await(restarted.session().get(PartitionStateNode.path(partition))))
                .hasValueSatisfying(node -> assertThat(PartitionStateNode.decode(partition, node.data()))
                        .isEqualTo(new PartitionStateNode(1, 0, List.of(1), (byte) 0, 1)));
    }

    private static long czxid(Node node) {
        return await(node.session().exists(ControllerNode.PATH)).orElseThrow().czxid();
    }
}
