package io.ottla.controller;

import static io.ottla.controller.TestTopics.create;
import static io.ottla.controller.TestTopics.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ottla.controller.TestEnsemble.Node;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** What the operator reads when a cluster has grown beyond the replicas of its internal topics. */
class ReplicationAdviceTest {

    @RegisterExtension
    private static final TestEnsemble ensemble = new TestEnsemble();

    private final TestBrokers brokers = new TestBrokers();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(ReplicationAdvice.class);

    @BeforeEach
    void start() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
    }

    @Test
    void namesTheCommandOnceForEachNumberOfReplicasThatHasBecomePossible() {
        Node controller = ensemble.node(1, brokers);
        create(controller, topic("__consumer_offsets", List.of(1), List.of(1)));
        create(controller, topic("ordinary", List.of(1)));
        ensemble.node(2, brokers);
        await().untilAsserted(() -> assertThat(log.list).hasSize(1));
        ILoggingEvent first = log.list.get(0);
        assertThat(first.getLevel()).isEqualTo(Level.INFO);
        assertThat(first.getFormattedMessage())
                .contains("__consumer_offsets has 1 replicas where 3 are configured and 2 brokers are live")
                .contains("bin/kafka-reassign-partitions.sh --bootstrap-server host1:9092 --execute")
                .contains("{\"version\":1,\"partitions\":["
                        + "{\"topic\":\"__consumer_offsets\",\"partition\":0,\"replicas\":[1,2]},"
                        + "{\"topic\":\"__consumer_offsets\",\"partition\":1,\"replicas\":[1,2]}]}");
        ensemble.node(3, brokers);
        await().untilAsserted(() -> assertThat(log.list).hasSize(2));
        assertThat(log.list.get(1).getFormattedMessage()).contains("[1,2,3]");
        ensemble.node(4, brokers);
        brokers.awaitLive(1, 4);
        create(controller, topic("barrier", List.of(1)));
        assertThat(log.list).hasSize(2);
    }
}
