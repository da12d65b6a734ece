package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static io.ottla.controller.TestTopics.create;
import static io.ottla.controller.TestTopics.state;
import static io.ottla.controller.TestTopics.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.controller.znode.ControllerNode;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Controllers whose session, or whose whole ensemble, is away: nothing hangs, nothing changes, everything resumes. */
class SessionLossTest {

    @RegisterExtension
    private static final TestEnsemble ensemble = new TestEnsemble(1_000);

    private final TestBrokers brokers = new TestBrokers();

    @Test
    void anEnsembleThatIsAwayStopsChangesAndNothingElse() throws IOException {
        Node controller = ensemble.node(1, brokers);
        Node other = ensemble.node(2, brokers);
        brokers.awaitLive(1, 2);
        create(controller, topic("before", List.of(1, 2)));
        brokers.clear();
        int port = ensemble.stopServer();
        CompletableFuture<CreateTopicsResponse> asked = controller
                .controller()
                .createTopics(new CreateTopicsRequest()
                        .setTimeoutMs(30_000)
                        .setTopics(List.of(topic("meanwhile", List.of(2, 1)))));
        await().during(Duration.ofMillis(500)).until(() -> brokers.all().isEmpty() && !asked.isDone());
        assertThat(controller.controller().isActive()).isTrue();
        ensemble.restartServer(port);
        assertThat(await(asked).topics().get(0).errorCode()).isZero();
        assertThat(controller.controller().isActive()).isTrue();
        assertThat(controller.controller().epoch()).isEqualTo(1);
        assertThat(other.controller().activeControllerId()).isEqualTo(1);
        assertThat(state(controller, "before", 0).leaderEpoch()).isZero();
    }

    /** Work that waited for an expired session once kept the next session from being used (KAFKA-6517, 6879, 8532). */
    @Test
    void sessionsThatExpireInTheMidstOfManyEventsBlockNothing() {
        Node controller = ensemble.node(1, brokers);
        for (int round = 0; round < 3; round++) {
            List<CompletableFuture<CreateTopicsResponse>> asked = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                asked.add(controller
                        .controller()
                        .createTopics(new CreateTopicsRequest()
                                .setTimeoutMs(10_000)
                                .setTopics(List.of(topic("t-" + round + "-" + i, List.of(1))))));
            }
            int before = controller.controller().epoch();
            ensemble.server().expireSession(controller.session().sessionId());
            asked.forEach(each -> await(each.handle((response, failure) -> "settled")));
            await().until(() -> controller.controller().isActive()
                    && controller.controller().epoch() > before);
            create(controller, topic("after-" + round, List.of(1)));
        }
    }

    /** As after an outage of ZooKeeper that was longer than sessions: nobody has died, and nobody leaves an ISR. */
    @Test
    void brokersThatAllRegisterAgainStayInSyncWithOneAnother() {
        List<Node> nodes = List.of(ensemble.node(1, brokers), ensemble.node(2, brokers), ensemble.node(3, brokers));
        brokers.awaitLive(1, 3);
        create(nodes.get(0), topic("t", List.of(1, 2, 3), List.of(2, 3, 1), List.of(3, 1, 2)));
        PartitionStateNode first = state(nodes.get(0), "t", 0);
        PartitionStateNode second = state(nodes.get(0), "t", 1);
        PartitionStateNode third = state(nodes.get(0), "t", 2);
        brokers.clear();
        for (Node node : nodes) {
            ensemble.server().expireSession(node.session().sessionId());
        }
        await().until(() -> nodes.stream()
                .anyMatch(node ->
                        node.controller().isActive() && node.controller().epoch() > 1));
        brokers.awaitLive(2, 3);
        Node reader = nodes.get(0);
        await().during(Duration.ofMillis(500)).untilAsserted(() -> {
            assertThat(state(reader, "t", 0)).isEqualTo(first);
            assertThat(state(reader, "t", 1)).isEqualTo(second);
            assertThat(state(reader, "t", 2)).isEqualTo(third);
        });
    }

    @Test
    void aBrokerThatKnowsOfALaterControllerMakesThisOneLookAndStayIfItStillIs() {
        Node controller = ensemble.node(1, brokers);
        brokers.refuse(ErrorCode.STALE_CONTROLLER_EPOCH);
        create(controller, topic("doubted", List.of(1)));
        brokers.refuse(ErrorCode.NONE);
        create(controller, topic("later", List.of(1)));
        assertThat(controller.controller().isActive()).isTrue();
        assertThat(controller.controller().epoch()).isEqualTo(1);
        assertThat(ControllerNode.decode(await(controller.session().get(ControllerNode.PATH))
                                .orElseThrow()
                                .data())
                        .brokerId())
                .isEqualTo(1);
    }
}
