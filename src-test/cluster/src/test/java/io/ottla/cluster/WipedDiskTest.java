package io.ottla.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.check.HistoryCheck;
import io.ottla.check.StoredRecord;
import io.ottla.process.BrokerProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a broker that comes back with an empty disk is not elected while a complete replica lives (KIP-903). Method: two
 * in-sync replicas; the follower is killed and comes back at once without its files, and as soon as it answers the
 * leader dies, before anything could be copied or not: what was acknowledged is there when all are back.
 */
class WipedDiskTest {
    private static final int ROUNDS = 2;

    @TempDir
    Path home;

    @Test
    void anEmptyDiskIsNotElectedWhileACompleteReplicaLives() {
        try (Cluster cluster = Cluster.start(home, Cluster.QUICK)) {
            for (int round = 0; round < ROUNDS; round++) {
                TopicPartition first = new TopicPartition("wiped-" + round, 0);
                cluster.createTopic(first.topic(), 1, 2, Map.of("min.insync.replicas", "1"));
                try (Load load = Load.start(cluster, first.topic(), 1)) {
                    BrokerProcess leader = cluster.broker(cluster.leader(first));
                    BrokerProcess follower = cluster.broker(cluster.follower(first));
                    follower.kill();
                    cluster.wipe(follower.id());
                    follower.start();
                    leader.kill();
                    leader.start();
                    load.awaitProgress();
                    load.end();
                    cluster.awaitFullIsr(first.topic());
                    List<StoredRecord> log = Clients.readAll(cluster.bootstrap(), first.topic());
                    assertThat(HistoryCheck.check(load.history(), log)).isEmpty();
                    load.assertNoClientError();
                }
            }
        }
    }
}
