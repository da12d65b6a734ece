package io.ottla.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: brokers restarted one after the other with SIGTERM, as for an upgrade, go unnoticed, the controller's as well. Method:
 * three broker processes under load; each is stopped, and started again once it has been missed by nobody. Nobody takes one
 * that leaves for a dead one.
 */
class RollingRestartTest {
    private static final TopicPartition FIRST = new TopicPartition("load", 0);
    private static final int PARTITIONS = 3;

    @TempDir
    Path home;

    @Test
    void noClientSeesAnErrorAndLeadersMoveBeforeTheyGo() {
        try (Cluster cluster = Cluster.start(home, Cluster.QUICK)) {
            cluster.createTopic(FIRST.topic(), PARTITIONS, 3, Map.of());
            try (Load load = Load.start(cluster, FIRST.topic(), PARTITIONS)) {
                for (int round = 0; round < 2; round++) {
                    for (BrokerProcess broker : cluster.brokers()) {
                        assertThat(broker.stop()).as(broker.output()).isIn(0, 143);
                        load.awaitProgress();
                        broker.start();
                        cluster.awaitFullIsr(FIRST.topic());
                    }
                }
                if (!BrokerProcess.isApache()) {
                    assertThat(cluster.outputs())
                            .doesNotContain("without moving leadership")
                            .doesNotContainPattern("Broker \\d+ is dead");
                }
                Verdict.assertNothingWentWrong(cluster, load);
            }
        }
    }
}
