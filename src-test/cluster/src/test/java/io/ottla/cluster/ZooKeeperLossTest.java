package io.ottla.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Rest;
import io.ottla.process.ZooKeeperEnsemble;
import io.ottla.process.ZooKeeperProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: while ZooKeeper is away nothing can change, but records flow; when it comes back, everything can change again. If only
 * the leader of its ensemble goes, sessions move to other servers, and nobody is taken for dead. Method: three servers under
 * load; the leader is killed, then all are killed, then all paused, each time for longer than sessions last.
 */
class ZooKeeperLossTest {
    private static final TopicPartition FIRST = new TopicPartition("load", 0);
    private static final int PARTITIONS = 3;
    private static final long BEYOND_THE_SESSION_MS = 9000;

    @TempDir
    Path home;

    @Test
    void recordsFlowWithoutZooKeeperAndFailOverWorksAfterwards() {
        try (Cluster cluster = Cluster.startOnEnsemble(home, Cluster.QUICK)) {
            cluster.createTopic(FIRST.topic(), PARTITIONS, 3, Map.of());
            try (Load load = Load.start(cluster, FIRST.topic(), PARTITIONS)) {
                ZooKeeperEnsemble ensemble = cluster.ensemble();
                leaderAway(cluster, load, ensemble);
                away(cluster, load, ensemble::kill, ensemble::start);
                away(cluster, load, ensemble::pause, ensemble::resume);
                Verdict.assertNothingWentWrong(cluster, load);
            }
        }
    }

    private static void leaderAway(Cluster cluster, Load load, ZooKeeperEnsemble ensemble) {
        int controller = cluster.controller();
        List<Integer> leaders = leaders(cluster);
        ZooKeeperProcess victim = ensemble.awaitLeader();
        victim.kill();
        load.awaitProgress();
        // Only an ensemble that works again takes writes.
        changeSomething(cluster);
        Rest.ofMs(BEYOND_THE_SESSION_MS);
        load.awaitProgress();
        assertThat(cluster.controller()).isEqualTo(controller);
        assertThat(leaders(cluster)).isEqualTo(leaders);
        assertThat(cluster.outputs()).doesNotContain("has expired").doesNotContain("have gone");
        victim.start();
    }

    private static void changeSomething(Cluster cluster) {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, FIRST.topic());
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry("retention.ms", "600000"), AlterConfigOp.OpType.SET);
        Clients.get(cluster.admin()
                .incrementalAlterConfigs(Map.of(topic, List.of(change)))
                .all());
    }

    private static List<Integer> leaders(Cluster cluster) {
        return cluster.partitions(FIRST.topic()).stream()
                .map(partition -> partition.leader().id())
                .toList();
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
