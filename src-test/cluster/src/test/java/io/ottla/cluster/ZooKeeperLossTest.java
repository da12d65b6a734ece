package io.ottla.cluster;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Rest;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: while ZooKeeper is away nothing can change, but records flow; when it comes back, everything can change again.
 * Method: its process is stopped cleanly, killed, and paused under load, each for longer than sessions last.
 */
class ZooKeeperLossTest {
    private static final TopicPartition FIRST = new TopicPartition("load", 0);
    private static final int PARTITIONS = 3;
    private static final long BEYOND_THE_SESSION_MS = 9000;

    @TempDir
    Path home;

    @Test
    void recordsFlowWithoutZooKeeperAndFailOverWorksAfterwards() {
        try (Cluster cluster = Cluster.start(home, Cluster.QUICK)) {
            cluster.createTopic(FIRST.topic(), PARTITIONS, 3, Map.of());
            try (Load load = Load.start(cluster, FIRST.topic(), PARTITIONS)) {
                away(cluster, load, cluster.zooKeeper()::kill, cluster.zooKeeper()::start);
                away(cluster, load, cluster.zooKeeper()::pause, cluster.zooKeeper()::resume);
                Verdict.assertNothingWentWrong(cluster, load);
            }
        }
    }

    private static void away(Cluster cluster, Load load, Runnable goes, Runnable comes) {
        goes.run();
        load.awaitProgress();
        Rest.ofMs(BEYOND_THE_SESSION_MS);
        load.awaitProgress();
        comes.run();
        load.awaitProgress();
        // Brokers whose sessions are over register anew, which looks like a restart: they leave the ISRs for a moment.
        Rest.ofMs(BEYOND_THE_SESSION_MS);
        cluster.awaitBrokers(3);
        cluster.awaitFullIsr(FIRST.topic());
        BrokerProcess victim = cluster.broker(cluster.leader(FIRST));
        victim.kill();
        load.awaitProgress();
        victim.start();
        cluster.awaitFullIsr(FIRST.topic());
    }
}
