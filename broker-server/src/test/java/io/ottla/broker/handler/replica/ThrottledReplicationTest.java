package io.ottla.broker.handler.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.replication.partition.RequiredAcks;
import io.ottla.replication.quota.ReplicationThrottle;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.ThrottledReplicas;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that are out of sync are copied no faster than operators allow; those in sync are not held back. */
class ThrottledReplicationTest {

    private static final int RECORDS = 200;
    private static final int RECORD_BYTES = 20_000;
    private static final long RATE = 1_000_000;

    private ReplicaCluster cluster;

    @BeforeEach
    void open(@TempDir Path directory) {
        cluster = new ReplicaCluster(directory, 7, 3);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private void throttle(List<String> leader, List<String> follower) {
        cluster.configs.put(
                ReplicaCluster.TOPIC,
                LogConfig.DEFAULT.withReplicas(new LogConfig.Replicas(
                        1, false, ThrottledReplicas.of(leader), ThrottledReplicas.of(follower))));
    }

    /** Four megabytes on brokers 1 and 2, none on 3, which hears of the partition now. */
    private void addReplica(Runnable limit) {
        cluster.replicas = List.of(1, 2, 3);
        cluster.elect(1, List.of(1, 2), 1, 2);
        for (int i = 0; i < RECORDS; i++) {
            cluster.produce(1, RequiredAcks.LEADER, "x".repeat(RECORD_BYTES));
        }
        assertThat(cluster.view(2).logEndOffset()).isEqualTo(RECORDS);
        limit.run();
        cluster.tell(3);
        cluster.run();
    }

    private void expectSlowness() {
        assertThat(cluster.view(3).logEndOffset()).isLessThan(RECORDS / 2);
        cluster.advanceMs(2_000);
        assertThat(cluster.view(3).logEndOffset()).isBetween(40L, RECORDS * 3L / 4);
        assertThat(cluster.isr).containsExactly(1, 2);
        cluster.advanceMs(4_000);
        assertThat(cluster.content(3)).isEqualTo(cluster.content(1));
        assertThat(cluster.isr).containsExactly(1, 2, 3);
    }

    @Test
    void aLeaderServesReplicasThatAreOutOfSyncAtItsRate() {
        throttle(List.of("0:1"), List.of());
        addReplica(() -> cluster.broker(1).serving.limit(RATE));
        assertThat(cluster.produce(1, RequiredAcks.ALL, "at once")).hasSize(1);
        expectSlowness();
    }

    @Test
    void aFollowerThatIsOutOfSyncCopiesAtItsRate() {
        throttle(List.of(), List.of("*"));
        addReplica(() -> cluster.broker(3).copying.limit(RATE));
        assertThat(cluster.produce(1, RequiredAcks.ALL, "at once")).hasSize(1);
        expectSlowness();
    }

    @Test
    void replicasThatAreNotListedAreCopiedAtFullSpeed() {
        throttle(List.of("0:2", "1:1"), List.of("0:1", "7:3"));
        addReplica(() -> {
            for (int id = 1; id <= 3; id++) {
                cluster.broker(id).serving.limit(1);
                cluster.broker(id).copying.limit(1);
            }
        });
        assertThat(cluster.content(3)).isEqualTo(cluster.content(1));
    }

    @Test
    void aThrottleThatIsTakenAwayHoldsNobodyBackForLong() {
        throttle(List.of("*"), List.of("*"));
        addReplica(() -> {
            cluster.broker(1).serving.limit(1);
            cluster.broker(3).copying.limit(1);
        });
        cluster.advanceMs(5_000);
        assertThat(cluster.view(3).logEndOffset()).isLessThan(RECORDS / 2);
        cluster.broker(1).serving.limit(ReplicationThrottle.UNLIMITED);
        cluster.broker(3).copying.limit(ReplicationThrottle.UNLIMITED);
        cluster.advanceMs(1_500);
        assertThat(cluster.content(3)).isEqualTo(cluster.content(1));
    }
}
