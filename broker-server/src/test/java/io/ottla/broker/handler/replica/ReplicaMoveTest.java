package io.ottla.broker.handler.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.partition.RequiredAcks;
import io.ottla.replication.quota.ReplicationThrottle;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.log.AppendResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that move between the log directories of their broker, while they lead and while they follow. */
class ReplicaMoveTest {

    private static final TopicPartition PARTITION = new TopicPartition(ReplicaCluster.TOPIC, 0);

    private ReplicaCluster cluster;

    @BeforeEach
    void open(@TempDir Path directory) {
        cluster = new ReplicaCluster(directory, 7, 3);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private LogDirectory directory(int broker, int index) {
        return cluster.broker(broker).logs.directories().get(index);
    }

    private ErrorCode move(int broker, int index) {
        String path = directory(broker, index).path().toString();
        return cluster.await(cluster.broker(broker).moves.move(PARTITION, path).toCompletableFuture());
    }

    private LogDirectory place(int broker) {
        return cluster.broker(broker).log(ReplicaCluster.TOPIC, 0).directory();
    }

    private void produce(int leader, int batches) {
        for (int i = 0; i < batches; i++) {
            cluster.produce(leader, RequiredAcks.LEADER, "x".repeat(20_000));
        }
    }

    @Test
    void aLeaderMovesWithAllItsRecordsAndGoesOnLeading() {
        cluster.elect(1, List.of(1, 2, 3));
        produce(1, 100);
        assertThat(move(1, 1)).isEqualTo(ErrorCode.NONE);
        cluster.advanceMs(50);
        assertThat(place(1)).isSameAs(directory(1, 1));
        assertThat(cluster.view(1).highWatermark()).isEqualTo(100);
        assertThat(cluster.produce(1, RequiredAcks.ALL, "after"))
                .singleElement()
                .satisfies(result -> assertThat(result.baseOffset()).isEqualTo(100));
        assertThat(cluster.content(1)).isEqualTo(cluster.content(2)).isEqualTo(cluster.content(3));
        assertThat(cluster.broker(1).logs.futures().loadedLogs()).isEmpty();
    }

    @Test
    void whatIsAppendedDuringAMoveIsAcknowledgedAndKept() {
        cluster.elect(1, List.of(1, 2, 3));
        produce(1, 100);
        var begun = cluster.broker(1)
                .moves
                .move(PARTITION, directory(1, 1).path().toString())
                .toCompletableFuture();
        List<List<AppendResult>> results = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            results.add(cluster.append(1, RequiredAcks.ALL, "during " + i));
            for (int step = 0; step < 7; step++) {
                cluster.runOne();
            }
            if (i % 10 == 0) {
                cluster.ticker.advanceMillis(1);
            }
        }
        assertThat(cluster.await(begun)).isEqualTo(ErrorCode.NONE);
        cluster.advanceMs(50);
        assertThat(place(1)).isSameAs(directory(1, 1));
        assertThat(results)
                .allSatisfy(result -> assertThat(result).singleElement().satisfies(each -> assertThat(each.error())
                        .isEqualTo(ErrorCode.NONE)));
        assertThat(cluster.view(1).logEndOffset()).isEqualTo(400);
        assertThat(cluster.content(1)).isEqualTo(cluster.content(2)).isEqualTo(cluster.content(3));
    }

    @Test
    void aFollowerMovesAndGoesOnFollowing() {
        cluster.elect(1, List.of(1, 2, 3));
        produce(1, 100);
        assertThat(move(2, 1)).isEqualTo(ErrorCode.NONE);
        cluster.advanceMs(50);
        assertThat(place(2)).isSameAs(directory(2, 1));
        produce(1, 5);
        cluster.advanceMs(ReplicaCluster.WAIT_MAX_MS);
        assertThat(cluster.content(2)).isEqualTo(cluster.content(1));
        assertThat(cluster.isr).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void aMoveKeepsToItsRate() {
        cluster.elect(1, List.of(1, 2, 3));
        produce(1, 200);
        cluster.broker(1).moving.limit(1_000_000);
        assertThat(move(1, 1)).isEqualTo(ErrorCode.NONE);
        cluster.advanceMs(1_500);
        assertThat(place(1)).isSameAs(directory(1, 0));
        assertThat(cluster.broker(1).logs.futures().loadedLogs()).hasSize(1);
        cluster.advanceMs(4_000);
        assertThat(place(1)).isSameAs(directory(1, 1));
    }

    @Test
    void aMoveIsTakenUpAgainAfterARestart() {
        cluster.elect(1, List.of(1, 2, 3));
        produce(1, 200);
        cluster.broker(2).moving.limit(0);
        assertThat(move(2, 1)).isEqualTo(ErrorCode.NONE);
        cluster.advanceMs(100);
        assertThat(place(2)).isSameAs(directory(2, 0));
        cluster.stop(2);
        produce(1, 10);
        cluster.start(2);
        cluster.elect(1, List.of(1, 3));
        cluster.advanceMs(1_000);
        assertThat(place(2)).isSameAs(directory(2, 1));
        assertThat(cluster.content(2)).isEqualTo(cluster.content(1));
    }

    @Test
    void whatALeaderChangeTakesBackIsTakenBackFromTheCopyToo() {
        cluster.elect(2, List.of(1, 2, 3));
        produce(2, 20);
        cluster.cut(1, 2);
        cluster.cut(3, 2);
        produce(2, 60);
        assertThat(cluster.view(2).logEndOffset()).isEqualTo(80);
        assertThat(cluster.view(1).logEndOffset()).isEqualTo(20);
        cluster.broker(2).moving.limit(0);
        assertThat(move(2, 1)).isEqualTo(ErrorCode.NONE);
        assertThat(cluster.broker(2).logs.futures().loadedLogs().get(0).view().logEndOffset())
                .isBetween(21L, 79L);
        cluster.mend();
        produce(2, 10);
        cluster.elect(1, List.of(1, 3));
        cluster.produce(1, RequiredAcks.LEADER, "other records");
        cluster.advanceMs(1_000);
        cluster.broker(2).moving.limit(ReplicationThrottle.UNLIMITED);
        cluster.advanceMs(20_000);
        assertThat(place(2)).isSameAs(directory(2, 1));
        assertThat(cluster.content(2)).isEqualTo(cluster.content(1));
    }

    @Test
    void aMoveIsGivenUpWhenTheReplicaIsToStayWhereItIs() {
        cluster.elect(1, List.of(1, 2, 3));
        produce(1, 200);
        cluster.broker(1).moving.limit(0);
        assertThat(move(1, 1)).isEqualTo(ErrorCode.NONE);
        assertThat(move(1, 0)).isEqualTo(ErrorCode.NONE);
        cluster.broker(1).moving.limit(ReplicationThrottle.UNLIMITED);
        cluster.advanceMs(100);
        assertThat(place(1)).isSameAs(directory(1, 0));
        assertThat(cluster.broker(1).logs.futures().loadedLogs()).isEmpty();
        assertThat(move(1, 1)).isEqualTo(ErrorCode.NONE);
        cluster.advanceMs(100);
        assertThat(place(1)).isSameAs(directory(1, 1));
    }

    @Test
    void aReplicaThatDoesNotExistYetIsCreatedWhereItIsWanted() {
        assertThat(move(1, 1)).isEqualTo(ErrorCode.REPLICA_NOT_AVAILABLE);
        cluster.elect(1, List.of(1, 2, 3));
        assertThat(place(1)).isSameAs(directory(1, 1));
        assertThat(place(2)).isSameAs(directory(2, 0));
    }

    @Test
    void refusesDirectoriesThatAreNotThereOrHaveFailed() {
        cluster.elect(1, List.of(1, 2, 3));
        var nowhere = cluster.broker(1).moves.move(PARTITION, "/nowhere").toCompletableFuture();
        assertThat(cluster.await(nowhere)).isEqualTo(ErrorCode.LOG_DIR_NOT_FOUND);
        directory(1, 1).health().takeOffline("test", new java.io.IOException("broken"));
        assertThat(move(1, 1)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    }
}
