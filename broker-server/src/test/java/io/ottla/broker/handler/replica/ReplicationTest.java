package io.ottla.broker.handler.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.partition.RequiredAcks;
import io.ottla.storage.log.AppendResult;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Followers copy what a leader appends, and what that commits; nothing fails here. */
class ReplicationTest {

    private ReplicaCluster cluster;

    @BeforeEach
    void open(@TempDir Path directory) {
        cluster = new ReplicaCluster(directory, 7, 3);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void anAcknowledgedAppendIsOnEveryInSyncReplicaWithoutTimePassing() {
        cluster.elect(1, List.of(1, 2, 3));
        List<AppendResult> results = cluster.produce(1, RequiredAcks.ALL, "a", "b");
        assertThat(results).singleElement().satisfies(result -> assertThat(result.error())
                .isEqualTo(ErrorCode.NONE));
        assertThat(cluster.view(1).highWatermark()).isEqualTo(2);
        assertThat(cluster.content(2)).hasSize(1).isEqualTo(cluster.content(1)).isEqualTo(cluster.content(3));
    }

    @Test
    void followersLearnTheHighWatermarkWithTheNextRound() {
        cluster.elect(1, List.of(1, 2, 3));
        cluster.produce(1, RequiredAcks.ALL, "a");
        assertThat(cluster.view(2).highWatermark()).isZero();
        cluster.advanceMs(ReplicaCluster.WAIT_MAX_MS);
        assertThat(cluster.view(2).highWatermark()).isEqualTo(1);
        assertThat(cluster.view(3).highWatermark()).isEqualTo(1);
    }

    @Test
    void whatIsAppendedDuringARoundGoesTogetherInTheNext() {
        cluster.elect(1, List.of(1, 2));
        cluster.produce(1, RequiredAcks.ALL, "warm up");
        int before = cluster.fetches.getOrDefault(2, 0);
        for (int i = 0; i < 100; i++) {
            cluster.append(1, RequiredAcks.LEADER, "value " + i);
        }
        cluster.run();
        assertThat(cluster.view(2).logEndOffset()).isEqualTo(101);
        assertThat(cluster.fetches.getOrDefault(2, 0) - before).isLessThanOrEqualTo(20);
    }

    @Test
    void whatIsAppendedIsFetchedAtOnceHoweverOftenItComes() {
        cluster.elect(1, List.of(1, 2));
        for (int i = 1; i <= 5; i++) {
            cluster.produce(1, RequiredAcks.ALL, "x".repeat(1_000));
            assertThat(cluster.view(2).logEndOffset()).isEqualTo(i);
        }
    }

    @Test
    void anIdleFollowerFetchesTwiceASecond() {
        cluster.elect(1, List.of(1, 2));
        cluster.advanceMs(1_000);
        int before = cluster.fetches.getOrDefault(2, 0);
        cluster.advanceMs(10_000);
        assertThat(cluster.fetches.getOrDefault(2, 0) - before).isBetween(19, 21);
    }

    @Test
    void aFollowerThatComesLaterCatchesUpAndEntersTheIsr() {
        cluster.replicas = List.of(1, 2, 3);
        cluster.elect(1, List.of(1, 2), 1, 2);
        for (int i = 0; i < 200; i++) {
            cluster.produce(1, RequiredAcks.LEADER, "x".repeat(20_000));
        }
        cluster.tell(3);
        cluster.run();
        assertThat(cluster.content(3)).isEqualTo(cluster.content(1));
        assertThat(cluster.isr).containsExactly(1, 2, 3);
        assertThat(cluster.isrRequests).hasSize(1);
        var members =
                cluster.isrRequests.get(0).topics().get(0).partitions().get(0).newIsrWithEpochs();
        assertThat(members).allSatisfy(member -> assertThat(member.brokerEpoch())
                .isEqualTo(cluster.broker(member.brokerId()).epoch));
    }

    @Test
    void aChangeOfLeaderIsFollowedWhileFetchesWait() {
        cluster.elect(1, List.of(1, 2, 3));
        cluster.produce(1, RequiredAcks.ALL, "a");
        cluster.elect(2, List.of(1, 2, 3));
        assertThat(cluster.produce(2, RequiredAcks.ALL, "b"))
                .singleElement()
                .satisfies(result -> assertThat(result.baseOffset()).isEqualTo(1));
        assertThat(cluster.content(1)).isEqualTo(cluster.content(2)).isEqualTo(cluster.content(3));
    }

    /** A new position that is told while an answer is under way must not be told again because of that answer, for ever. */
    @Test
    void aLeaderThatStaysInANewEpochIsFollowedWhileAnswersAreUnderWay() {
        cluster.elect(1, List.of(1, 2, 3));
        for (int epoch = 0; epoch < 50; epoch++) {
            cluster.append(1, RequiredAcks.LEADER, "under way");
            cluster.elect(1, List.of(1, 2, 3));
            assertThat(cluster.produce(1, RequiredAcks.ALL, "a"))
                    .singleElement()
                    .satisfies(result -> assertThat(result.isSuccess()).isTrue());
        }
        assertThat(cluster.content(2)).isEqualTo(cluster.content(1));
    }

    @Test
    void aNewEpochOfTheSameLeaderCostsFewFetches() {
        cluster.elect(1, List.of(1, 2));
        cluster.produce(1, RequiredAcks.ALL, "a");
        int before = cluster.fetches.getOrDefault(2, 0);
        cluster.elect(1, List.of(1, 2));
        assertThat(cluster.fetches.getOrDefault(2, 0) - before).isLessThanOrEqualTo(5);
        cluster.produce(1, RequiredAcks.ALL, "b");
        assertThat(cluster.content(2)).isEqualTo(cluster.content(1));
    }

    @Test
    void aFollowerThatHearsOfTheLeaderBeforeTheLeaderDoesLosesLittleTime() {
        cluster.elect(1, List.of(1, 2, 3));
        cluster.elect(2, List.of(1, 2, 3), 1, 3);
        cluster.advanceMs(50);
        cluster.tell(2);
        cluster.run();
        List<AppendResult> results = cluster.produce(2, RequiredAcks.ALL, "a");
        cluster.advanceMs(100);
        assertThat(results).singleElement().satisfies(result -> assertThat(result.isSuccess())
                .isTrue());
    }
}
