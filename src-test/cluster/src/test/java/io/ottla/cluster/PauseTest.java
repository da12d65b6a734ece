package io.ottla.cluster;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Rest;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a broker that stands still for longer than its session, as under a long collection of garbage or on a suspended
 * machine, does no harm when it goes on believing in the past. Method: SIGSTOP and SIGCONT under load.
 */
class PauseTest {
    private static final TopicPartition FIRST = new TopicPartition("load", 0);
    private static final int PARTITIONS = 3;
    private static final long BEYOND_THE_SESSION_MS = 9000;

    @TempDir
    Path home;

    @Test
    void aLeaderAndAControllerThatStoodStillAreFenced() {
        try (Cluster cluster = Cluster.start(home, Cluster.QUICK)) {
            cluster.createTopic(FIRST.topic(), PARTITIONS, 3, Map.of());
            try (Load load = Load.start(cluster, FIRST.topic(), PARTITIONS)) {
                pause(cluster, load, any -> any.leader(FIRST));
                pause(cluster, load, Cluster::controller);
                Verdict.assertNothingWentWrong(cluster, load);
            }
        }
    }

    private static void pause(Cluster cluster, Load load, ToIntFunction<Cluster> role) {
        BrokerProcess victim = cluster.broker(role.applyAsInt(cluster));
        victim.pause();
        try {
            Rest.ofMs(BEYOND_THE_SESSION_MS);
            // Progress on every partition: whoever stands still does not lead any more.
            load.awaitProgress();
        } finally {
            victim.resume();
        }
        cluster.awaitBrokers(3);
        cluster.awaitFullIsr(FIRST.topic());
        load.awaitProgress();
    }
}
