package io.ottla.cluster;

import io.ottla.process.BrokerProcess;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: kill -9 of any broker, whatever its role, loses nothing that was acknowledged, and it comes back at once. Method:
 * three broker processes under load; each round takes the role's holder of the moment.
 */
class BrokerLossTest {
    private static final TopicPartition FIRST = new TopicPartition("load", 0);
    private static final int PARTITIONS = 3;

    @TempDir
    Path home;

    @Test
    void killedLeadersFollowersAndControllersLoseNothing() {
        try (Cluster cluster = Cluster.start(home, Cluster.QUICK)) {
            cluster.createTopic(FIRST.topic(), PARTITIONS, 3, Map.of());
            try (Load load = Load.start(cluster, FIRST.topic(), PARTITIONS)) {
                for (int round = 0; round < 2; round++) {
                    killAndRestart(cluster, load, any -> any.leader(FIRST));
                    killAndRestart(cluster, load, any -> any.follower(FIRST));
                    killAndRestart(cluster, load, Cluster::controller);
                }
                Verdict.assertNothingWentWrong(cluster, load);
            }
        }
    }

    private static void killAndRestart(Cluster cluster, Load load, ToIntFunction<Cluster> role) {
        BrokerProcess victim = cluster.broker(role.applyAsInt(cluster));
        victim.kill();
        load.awaitProgress();
        victim.start();
        cluster.awaitFullIsr(load.topic());
        load.awaitProgress();
    }
}
