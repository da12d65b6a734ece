package io.ottla.broker.handler.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.partition.RequiredAcks;
import io.ottla.storage.epoch.LeaderEpochs;
import io.ottla.storage.log.AppendResult;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs that have parted: what is cut, and what must not be, when leaders change quickly or are deaf. */
class TruncationTest {

    private ReplicaCluster cluster;

    @BeforeEach
    void open(@TempDir Path directory) {
        cluster = new ReplicaCluster(directory, 11, 3);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    /** KIP-101, first scenario: a restart must not cut what is above a high watermark that lags. */
    @Test
    void aRestartedFollowerKeepsWhatIsAboveItsHighWatermark() {
        cluster.elect(1, List.of(1, 2));
        cluster.produce(1, RequiredAcks.ALL, "a");
        assertThat(cluster.produce(1, RequiredAcks.ALL, "b").get(0).isSuccess()).isTrue();
        assertThat(cluster.view(2).highWatermark()).isLessThan(2);
        cluster.stop(2);
        cluster.start(2);
        cluster.cut(2, 1);
        cluster.tell(2);
        cluster.advanceMs(100);
        cluster.stop(1);
        cluster.mend();
        cluster.elect(2, List.of(2));
        assertThat(cluster.content(2)).hasSize(2);
        assertThat(cluster.view(2).highWatermark()).isEqualTo(2);
    }

    /** KIP-101, second scenario. */
    @Test
    void whatOnlyADeposedLeaderHasIsCut() {
        cluster.elect(1, List.of(1, 2));
        cluster.produce(1, RequiredAcks.ALL, "a");
        cluster.cut(2, 1);
        cluster.produce(1, RequiredAcks.LEADER, "lost");
        cluster.produce(1, RequiredAcks.LEADER, "lost, too");
        cluster.elect(2, List.of(2), 2);
        cluster.produce(2, RequiredAcks.ALL, "b");
        cluster.mend();
        cluster.tell(1);
        cluster.advanceMs(1_000);
        assertThat(cluster.content(1)).hasSize(2).isEqualTo(cluster.content(2));
        assertThat(cluster.view(1).highWatermark()).isEqualTo(2);
    }

    /** KIP-279 (KAFKA-6361): after quick changes neither side may know the other's epochs; it takes several steps. */
    @Test
    void logsWithDifferentEpochsFindWhereTheyParted() {
        cluster.replicas = List.of(1, 2);
        cluster.elect(1, List.of(1, 2));
        cluster.produce(1, RequiredAcks.ALL, "common");
        cluster.cut(1, 2);
        cluster.cut(2, 1);
        for (int round = 0; round < 3; round++) {
            cluster.elect(2, List.of(2), 2);
            cluster.produce(2, RequiredAcks.LEADER, "two in round " + round);
            cluster.elect(1, List.of(1), 1);
            cluster.produce(1, RequiredAcks.LEADER, "one in round " + round);
            cluster.produce(1, RequiredAcks.LEADER, "one again in round " + round);
        }
        cluster.mend();
        cluster.elect(1, List.of(1));
        cluster.advanceMs(1_000);
        assertThat(cluster.content(2)).hasSize(7).isEqualTo(cluster.content(1));
        assertThat(cluster.isr).containsExactly(1, 2);
        assertThat(cluster.view(2).leaderEpochs().toString()).isEqualTo("[0@0, 2@1, 4@3, 6@5]");
    }

    /** KIP-320: a leader that has not heard of its end commits nothing, changes no ISR, and gives up what it has alone. */
    @Test
    void aZombieLeaderCommitsNothing() {
        cluster.elect(1, List.of(1, 2, 3));
        cluster.produce(1, RequiredAcks.ALL, "a");
        cluster.elect(2, List.of(1, 2, 3), 2, 3);
        List<AppendResult> zombie = cluster.produce(1, RequiredAcks.ALL, "z");
        List<AppendResult> real = cluster.produce(2, RequiredAcks.ALL, "b");
        cluster.advanceMs(ReplicaCluster.LAG_MAX_MS + 1_000);
        cluster.expire();
        cluster.advanceMs(1_000);
        assertThat(zombie).isEmpty();
        assertThat(cluster.view(1).highWatermark()).isEqualTo(1);
        assertThat(real).singleElement().satisfies(result -> assertThat(result.isSuccess())
                .isTrue());
        assertThat(cluster.isr).containsExactly(2, 3);
        cluster.tell(1);
        cluster.advanceMs(1_000);
        assertThat(zombie).singleElement().satisfies(result -> assertThat(result.error())
                .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        assertThat(cluster.content(1)).isEqualTo(cluster.content(2)).isEqualTo(cluster.content(3));
        assertThat(cluster.isr).containsExactly(2, 3, 1);
    }

    /** KAFKA-14704: the leader's high watermark must not cover records that are still to be cut. */
    @Test
    void theHighWatermarkRisesOnlyAfterTheCut() {
        cluster.replicas = List.of(1, 2);
        cluster.elect(1, List.of(1, 2));
        cluster.produce(1, RequiredAcks.ALL, "a");
        cluster.cut(2, 1);
        String parted = "";
        for (int i = 0; i < 5; i++) {
            cluster.produce(1, RequiredAcks.LEADER, "lost " + i);
            parted = cluster.content(1).get(1);
        }
        cluster.elect(2, List.of(2), 2);
        for (int i = 0; i < 5; i++) {
            cluster.produce(2, RequiredAcks.ALL, "kept " + i);
        }
        cluster.mend();
        cluster.tell(1);
        for (int step = 0; step < 500; step++) {
            if (!cluster.runOne()) {
                cluster.ticker.advanceMillis(10);
            }
            List<String> content = cluster.content(1);
            if (content.size() > 1 && content.get(1).equals(parted)) {
                assertThat(cluster.view(1).highWatermark()).isLessThanOrEqualTo(1);
            }
        }
        assertThat(cluster.content(1)).isEqualTo(cluster.content(2));
    }

    @Test
    void anEpochInWhichNothingWasAppendedIsForgottenByTheFollower() {
        cluster.replicas = List.of(1, 2);
        cluster.elect(1, List.of(1, 2));
        cluster.produce(1, RequiredAcks.ALL, "a");
        cluster.cut(1, 2);
        cluster.elect(2, List.of(1, 2), 2);
        assertThat(cluster.view(2).leaderEpochs().latestEpoch()).isEqualTo(1);
        cluster.mend();
        cluster.elect(1, List.of(1, 2));
        cluster.produce(1, RequiredAcks.ALL, "b");
        cluster.advanceMs(1_000);
        assertThat(cluster.content(2)).hasSize(2).isEqualTo(cluster.content(1));
        assertThat(cluster.view(2).leaderEpochs().toString()).isEqualTo("[0@0, 2@1]");
    }

    @Test
    void aNewLeaderNotesItsEpochBeforeItHasRecords() {
        cluster.elect(1, List.of(1, 2));
        LeaderEpochs epochs = cluster.view(1).leaderEpochs();
        assertThat(epochs.latestEpoch()).isZero();
        assertThat(cluster.view(2).leaderEpochs().isEmpty()).isTrue();
    }

    @Test
    void aFollowerThatIsBehindTheLeadersLogStartBeginsThere() {
        cluster.replicas = List.of(1, 2, 3);
        cluster.elect(1, List.of(1, 2), 1, 2);
        for (int i = 0; i < 5; i++) {
            cluster.produce(1, RequiredAcks.ALL, "a", "b", "c");
        }
        var partition = cluster.broker(1).hosted(ReplicaCluster.TOPIC, 0);
        partition.loop().execute(() -> partition.deleteRecords(7));
        cluster.run();
        cluster.tell(3);
        cluster.advanceMs(1_000);
        assertThat(cluster.view(3).logStartOffset()).isEqualTo(7);
        assertThat(cluster.view(3).logEndOffset()).isEqualTo(15);
        assertThat(cluster.view(3).highWatermark()).isEqualTo(15);
        assertThat(cluster.isr).containsExactly(1, 2, 3);
        cluster.produce(1, RequiredAcks.ALL, "d");
        assertThat(cluster.view(3).logEndOffset()).isEqualTo(16);
        assertThat(cluster.view(2).logStartOffset()).isEqualTo(7);
    }

    @Test
    void aFollowerBehindTheLogStartDropsWhatItHas() {
        cluster.replicas = List.of(1, 2);
        cluster.elect(1, List.of(1, 2));
        cluster.produce(1, RequiredAcks.ALL, "a");
        cluster.cut(2, 1);
        cluster.isr = List.of(1);
        cluster.elect(1, List.of(1), 1);
        for (int i = 0; i < 5; i++) {
            cluster.produce(1, RequiredAcks.ALL, "b");
        }
        var partition = cluster.broker(1).hosted(ReplicaCluster.TOPIC, 0);
        partition.loop().execute(() -> partition.deleteRecords(4));
        cluster.run();
        cluster.mend();
        cluster.tell(2);
        cluster.advanceMs(2_000);
        assertThat(cluster.view(2).logStartOffset()).isEqualTo(4);
        assertThat(cluster.content(2)).isEqualTo(cluster.content(1));
    }
}
