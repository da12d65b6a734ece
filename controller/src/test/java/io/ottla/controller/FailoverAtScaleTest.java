package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static io.ottla.controller.TestTopics.create;
import static io.ottla.controller.TestTopics.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ten thousand partitions lose their leader, and their controller. What counts is that the work is done in few requests;
 * the times, of ZooKeeper and three controllers on one machine, are logged and bounded far above what they are.
 */
class FailoverAtScaleTest {

    @RegisterExtension
    private static final TestEnsemble ensemble = new TestEnsemble(2_000);

    private static final Logger LOG = LoggerFactory.getLogger(FailoverAtScaleTest.class);
    private static final int PARTITIONS = 10_000;
    private static final Duration BOUND = Duration.ofSeconds(30);

    private final TestBrokers brokers = new TestBrokers();

    @Test
    void movesAllPartitionsOfADeadLeaderThenOfADeadController() {
        Node first = ensemble.node(1, brokers);
        Node second = ensemble.node(2, brokers);
        Node third = ensemble.node(3, brokers);
        brokers.awaitLive(1, 3);
        long began = System.nanoTime();
        create(first, topic("many").setNumPartitions(PARTITIONS).setReplicationFactor((short) 3));
        report("creation of " + PARTITIONS + " partitions", began);

        brokers.clear();
        // Without its own controller: it would stand for the office, dead as it is.
        third.controller().close();
        third.registration().close();
        began = System.nanoTime();
        brokers.kill(3);
        await().atMost(BOUND)
                .until(() -> tells(1, request -> leads(request, 3) == 0 && partitions(request) == PARTITIONS));
        report("fail-over from a dead leader", began);
        assertThat(brokers.leaderAndIsr(1)).hasSize(1);
        assertThat(brokers.leaderAndIsr(2)).hasSize(1);

        first.registration().close();
        began = System.nanoTime();
        brokers.kill(1);
        second.controller().onControllerRefused(1);
        await().atMost(BOUND).until(() -> second.controller().isActive());
        report("election of another controller", began);
        await().atMost(BOUND)
                .until(() -> tells(2, request -> request.controllerEpoch() == 2 && leads(request, 2) == PARTITIONS));
        report("fail-over from a dead controller", began);
        assertThat(brokers.requests(2, LeaderAndIsrRequest.class)).hasSizeLessThan(4);
    }

    private boolean tells(int broker, Predicate<LeaderAndIsrRequest> what) {
        return brokers.leaderAndIsr(broker).stream().anyMatch(what);
    }

    private static long partitions(LeaderAndIsrRequest request) {
        return request.topicStates().stream()
                .mapToLong(topic -> topic.partitionStates().size())
                .sum();
    }

    private static long leads(LeaderAndIsrRequest request, int broker) {
        return request.topicStates().stream()
                .flatMap(topic -> topic.partitionStates().stream())
                .filter(partition -> partition.leader() == broker)
                .count();
    }

    private static void report(String what, long began) {
        LOG.info("{}: {} ms", what, (System.nanoTime() - began) / 1_000_000);
    }
}
