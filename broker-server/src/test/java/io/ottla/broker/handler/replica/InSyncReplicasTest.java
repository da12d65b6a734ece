package io.ottla.broker.handler.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.partition.RequiredAcks;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.ThrottledReplicas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is in sync while brokers come, go, lag and lose their disks; and that this never costs what was acknowledged. */
class InSyncReplicasTest {

    @TempDir
    private Path directory;

    private ReplicaCluster cluster;

    @BeforeEach
    void open() {
        cluster = new ReplicaCluster(directory, 13, 3);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    /** A leader waits for a replica that has caught up before it commits: for one that is about to go, until it has gone. */
    @Test
    void aBrokerThatLeavesCatchesUpWithNobodyAndHoldsNobodyUp() {
        cluster.elect(1, List.of(1, 2, 3));
        cluster.produce(1, RequiredAcks.ALL, "a");
        cluster.broker(1).fetchers.leave();
        cluster.elect(2, List.of(2, 3));
        cluster.advanceMs(2_000);
        List<AppendResult> results = cluster.produce(2, RequiredAcks.ALL, "b");
        assertThat(results).singleElement().satisfies(result -> assertThat(result.isSuccess())
                .isTrue());
        assertThat(cluster.isr).containsExactly(2, 3);
        assertThat(cluster.view(1).logEndOffset()).isEqualTo(1);
    }

    @Test
    void aFollowerThatIsCutOffLeavesAndTheAppendThatWaitedForItIsCommitted() {
        cluster.elect(1, List.of(1, 2, 3));
        cluster.produce(1, RequiredAcks.ALL, "a");
        cluster.cut(3, 1);
        List<AppendResult> waiting = cluster.produce(1, RequiredAcks.ALL, "b");
        cluster.advanceMs(ReplicaCluster.LAG_MAX_MS - 1_000);
        cluster.expire();
        assertThat(cluster.isr).containsExactly(1, 2, 3);
        assertThat(waiting).isEmpty();
        cluster.advanceMs(2_000);
        cluster.expire();
        assertThat(cluster.isr).containsExactly(1, 2);
        assertThat(waiting).singleElement().satisfies(result -> assertThat(result.isSuccess())
                .isTrue());
        cluster.mend();
        cluster.advanceMs(3_000);
        assertThat(cluster.isr).containsExactly(1, 2, 3);
    }

    @Test
    void anIdlePartitionKeepsItsFollowersAndTheFirstAppendDropsNobody() {
        cluster.elect(1, List.of(1, 2, 3));
        cluster.produce(1, RequiredAcks.ALL, "a");
        cluster.advanceMs(10 * ReplicaCluster.LAG_MAX_MS);
        cluster.append(1, RequiredAcks.ALL, "b");
        cluster.broker(1).loops.forEach(loop -> loop.runAll());
        cluster.broker(1).partitions.reviewIsrs();
        cluster.broker(1).loops.forEach(loop -> loop.runAll());
        cluster.run();
        assertThat(cluster.isr).containsExactly(1, 2, 3);
        assertThat(cluster.isrRequests).isEmpty();
    }

    /** Found by simulation: in an idle partition nothing of its replica was said again in the fetches of its session. */
    @Test
    void aFollowerThatHasRegisteredAnewIsTakenInWithItsNewEpoch() {
        cluster.elect(1, List.of(1, 2, 3));
        cluster.produce(1, RequiredAcks.ALL, "a");
        cluster.isrAnswer = ErrorCode.INELIGIBLE_REPLICA; // Broker 3 is not registered.
        cluster.elect(1, List.of(1, 2));
        cluster.advanceMs(1_500);
        assertThat(cluster.isr).containsExactly(1, 2);
        cluster.broker(3).epoch += 100;
        cluster.advanceMs(1_500);
        cluster.isrAnswer = ErrorCode.NONE;
        cluster.advanceMs(3_000);
        assertThat(cluster.isr).containsExactly(1, 2, 3);
        var proposed = cluster.isrRequests.get(cluster.isrRequests.size() - 1);
        assertThat(proposed.topics().get(0).partitions().get(0).newIsrWithEpochs())
                .filteredOn(member -> member.brokerId() == 3)
                .singleElement()
                .satisfies(member -> assertThat(member.brokerEpoch()).isEqualTo(cluster.broker(3).epoch));
    }

    @Test
    void tooFewInSyncReplicasRefuseAppendsAndFailThoseThatWait() {
        cluster.configs.put(
                ReplicaCluster.TOPIC,
                LogConfig.DEFAULT.withReplicas(
                        new LogConfig.Replicas(2, false, ThrottledReplicas.NONE, ThrottledReplicas.NONE)));
        cluster.replicas = List.of(1, 2);
        cluster.elect(1, List.of(1, 2));
        cluster.cut(2, 1);
        List<AppendResult> waiting = cluster.produce(1, RequiredAcks.ALL, "a");
        cluster.advanceMs(ReplicaCluster.LAG_MAX_MS + 1_000);
        cluster.expire();
        assertThat(waiting).singleElement().satisfies(result -> assertThat(result.error())
                .isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND));
        assertThat(cluster.produce(1, RequiredAcks.ALL, "b").get(0).error()).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(cluster.view(1).highWatermark()).isZero();
        cluster.mend();
        cluster.advanceMs(3_000);
        assertThat(cluster.isr).containsExactly(1, 2);
        assertThat(cluster.view(1).highWatermark()).isEqualTo(1);
    }

    /** KIP-903: what it has acknowledged is gone, so it must not count, and the controller is to know. */
    @Test
    void aMemberThatComesBackWithAnEmptyDiskLosesItsPlaceAtOnce() throws IOException {
        cluster.elect(1, List.of(1, 2, 3));
        cluster.produce(1, RequiredAcks.ALL, "a");
        long epochBefore = cluster.broker(2).epoch;
        cluster.stop(2);
        wipe(directory.resolve("broker-2"));
        cluster.start(2);
        cluster.isrAnswer = ErrorCode.INELIGIBLE_REPLICA;
        cluster.tell(2);
        cluster.advanceMs(100);
        assertThat(cluster.isrRequests).isNotEmpty();
        var first = cluster.isrRequests.get(0).topics().get(0).partitions().get(0);
        assertThat(first.newIsrWithEpochs())
                .extracting(member -> member.brokerId())
                .containsExactly(1, 3);
        cluster.isrAnswer = ErrorCode.NONE;
        cluster.isr = List.of(1, 3);
        cluster.elect(1, List.of(1, 3));
        cluster.produce(1, RequiredAcks.ALL, "b");
        cluster.advanceMs(3_000);
        assertThat(cluster.isr).containsExactly(1, 3, 2);
        var last = cluster.isrRequests
                .get(cluster.isrRequests.size() - 1)
                .topics()
                .get(0)
                .partitions()
                .get(0);
        assertThat(last.newIsrWithEpochs())
                .filteredOn(member -> member.brokerId() == 2)
                .singleElement()
                .satisfies(member -> assertThat(member.brokerEpoch()).isGreaterThan(epochBefore));
    }

    /** KAFKA-2729: a partition epoch that was missed stops changes only until it is heard of. */
    @Test
    void aMissedPartitionEpochDoesNotStopChangesForEver() {
        cluster.elect(1, List.of(1, 2, 3));
        cluster.partitionEpoch += 3;
        cluster.cut(3, 1);
        cluster.produce(1, RequiredAcks.ALL, "a");
        cluster.advanceMs(ReplicaCluster.LAG_MAX_MS + 1_000);
        cluster.expire();
        assertThat(cluster.isr).containsExactly(1, 2, 3);
        cluster.announce();
        cluster.advanceMs(2_000);
        cluster.expire();
        cluster.advanceMs(2_000);
        cluster.expire();
        assertThat(cluster.isr).containsExactly(1, 2);
        assertThat(cluster.view(1).highWatermark()).isEqualTo(1);
    }

    @Test
    void aFollowerThatWasNotKnownToBeAliveEntersWhenItIs() {
        cluster.replicas = List.of(1, 2);
        cluster.elect(1, List.of(1, 2));
        cluster.stop(2);
        cluster.isr = List.of(1);
        cluster.elect(1, List.of(1));
        cluster.produce(1, RequiredAcks.ALL, "a");
        var metadata = cluster.broker(1).metadata.image();
        cluster.startUnannounced(2);
        cluster.tell(2);
        cluster.advanceMs(1_000);
        assertThat(cluster.broker(1).metadata.image()).isSameAs(metadata);
        assertThat(cluster.content(2)).hasSize(1);
        assertThat(cluster.isr).containsExactly(1);
        cluster.announce();
        cluster.expire();
        assertThat(cluster.isr).containsExactly(1, 2);
    }

    @Test
    void aNewControllerMayTellTheLeaderAnewWhoIsInSync() {
        cluster.elect(1, List.of(1, 2, 3));
        cluster.stop(3);
        cluster.announce();
        List<AppendResult> waiting = cluster.produce(1, RequiredAcks.ALL, "a");
        assertThat(waiting).isEmpty();
        cluster.isr = List.of(1, 2);
        cluster.partitionEpoch++;
        cluster.tell(1);
        cluster.advanceMs(100);
        assertThat(waiting).singleElement().satisfies(result -> assertThat(result.isSuccess())
                .isTrue());
    }

    @Test
    void proposalsWaitForAControllerThatCanBeReached() {
        cluster.controllerReachable = false;
        cluster.replicas = List.of(1, 2, 3);
        cluster.elect(1, List.of(1, 2));
        cluster.advanceMs(5_000);
        assertThat(cluster.isr).containsExactly(1, 2);
        cluster.cut(3, 1);
        // Until its outcome is known, the high watermark waits for a replica that may be in sync.
        List<AppendResult> waiting = cluster.produce(1, RequiredAcks.ALL, "a");
        assertThat(waiting).isEmpty();
        cluster.mend();
        cluster.controllerReachable = true;
        cluster.advanceMs(2_500);
        assertThat(cluster.isr).containsExactly(1, 2, 3);
        assertThat(waiting).hasSize(1);
    }

    /** Random elections among the in-sync, cuts, restarts: what was acknowledged is on whoever leads, at its offset. */
    @Test
    void nothingAcknowledgedIsLostWhateverHappens() {
        for (long seed = 1; seed <= 4; seed++) {
            cluster.close();
            cluster = new ReplicaCluster(directory.resolve("seed-" + seed), seed, 3);
            new Turmoil(cluster, new Random(seed)).run(120);
        }
    }

    private static void wipe(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
