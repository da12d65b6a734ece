package io.ottla.replication.partition;

import static io.ottla.replication.partition.ReplicaFixture.BROKER;
import static io.ottla.replication.partition.ReplicaFixture.TOPIC_ID;
import static io.ottla.replication.partition.ReplicaFixture.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.delayed.WaitList;
import io.ottla.replication.partition.ReplicaFixture.Append;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.ThrottledReplicas;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appends, acknowledgement and the high watermark of one partition over a real log. */
class PartitionTest {

    private ReplicaFixture fixture;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        fixture = new ReplicaFixture(directory, 1);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aSingleReplicaCommitsWhatItHasWritten() {
        Partition partition = fixture.lead("t", 0);
        assertThat(fixture.append(partition, RequiredAcks.LEADER, "a").result().baseOffset())
                .isZero();
        assertThat(fixture.append(partition, RequiredAcks.ALL, "b").result().baseOffset())
                .isEqualTo(1);
        LogView view = viewOf(partition);
        assertThat(view.logEndOffset()).isEqualTo(2);
        assertThat(view.highWatermark()).isEqualTo(2);
    }

    @Test
    void tellsWhoWaitsHowManyBytesHaveBecomeReadable() {
        Partition partition = fixture.lead("t", 0);
        List<Integer> signals = new ArrayList<>();
        WaitList.Wait wait = new WaitList.Wait() {
            @Override
            protected void onEvent(int bytes) {
                signals.add(bytes);
            }
        };
        partition.committedWaits().add(wait);
        int size = fixture.append(partition, RequiredAcks.LEADER, "a").payload.readableBytes();
        partition.committedWaits().remove(wait);
        fixture.append(partition, RequiredAcks.LEADER, "b");
        assertThat(signals).containsExactly(size);
    }

    @Test
    void acksAllWaitsForTheOtherInSyncReplicas() {
        fixture.order(0, "t", TOPIC_ID, state(0, BROKER, 0, BROKER, 2));
        Partition partition = fixture.hosted("t", 0);
        Append all = fixture.append(partition, RequiredAcks.ALL, "a");
        Append leader = fixture.append(partition, RequiredAcks.LEADER, "b");
        assertThat(all.results).isEmpty();
        assertThat(leader.result().isSuccess()).isTrue();
        assertThat(viewOf(partition).highWatermark()).isZero();
        fixture.order(0, "t", TOPIC_ID, state(0, BROKER, 1, BROKER));
        assertThat(all.result().baseOffset()).isZero();
        assertThat(viewOf(partition).highWatermark()).isEqualTo(2);
    }

    @Test
    void whatWaitsForCommitFailsWhenTheLeadIsLost() {
        fixture.order(0, "t", TOPIC_ID, state(0, BROKER, 0, BROKER, 2));
        Partition partition = fixture.hosted("t", 0);
        Append all = fixture.append(partition, RequiredAcks.ALL, "a");
        fixture.order(0, "t", TOPIC_ID, state(0, 2, 1, BROKER, 2));
        assertThat(all.result().error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(fixture.append(partition, RequiredAcks.LEADER, "b").result().error())
                .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void acksAllNeedsMinInSyncReplicasButNeverMoreThanThereAre() {
        fixture.configs.put(
                "t",
                LogConfig.DEFAULT.withReplicas(
                        new LogConfig.Replicas(2, false, ThrottledReplicas.NONE, ThrottledReplicas.NONE)));
        Partition alone = fixture.lead("t", 0);
        assertThat(fixture.append(alone, RequiredAcks.ALL, "a").result().isSuccess())
                .isTrue();

        fixture.order(0, "t", TOPIC_ID, state(1, BROKER, 0, BROKER).setReplicas(List.of(BROKER, 2)));
        Partition shrunk = fixture.hosted("t", 1);
        assertThat(fixture.append(shrunk, RequiredAcks.ALL, "a").result().error())
                .isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(fixture.append(shrunk, RequiredAcks.LEADER, "a").result().isSuccess())
                .isTrue();
        assertThat(viewOf(shrunk).logEndOffset()).isEqualTo(1);
    }

    @Test
    void flushMessagesOneAcknowledgesAndShowsOnlyWhatIsOnDisk() {
        fixture.configs.put("t", LogConfig.DEFAULT.withFlush(new LogConfig.Flush(1, Long.MAX_VALUE)));
        Partition partition = fixture.lead("t", 0);
        List<Append> appends = new ArrayList<>();
        partition.loop().execute(() -> {
            for (RequiredAcks acks : List.of(RequiredAcks.LEADER, RequiredAcks.ALL, RequiredAcks.LEADER)) {
                Append append = new Append();
                append.payload = ReplicaFixture.batch("v" + appends.size());
                appends.add(append);
                partition.append(append.payload, 12, acks, append);
            }
            assertThat(appends).allMatch(append -> append.results.isEmpty());
            assertThat(viewOf(partition).highWatermark()).isZero();
        });
        fixture.run();
        assertThat(appends).extracting(append -> append.result().baseOffset()).containsExactly(0L, 1L, 2L);
        assertThat(viewOf(partition).highWatermark()).isEqualTo(3);
    }

    @Test
    void refusesBatchesThatAreNotFitWithoutTouchingTheLog() {
        Partition partition = fixture.lead("t", 0);
        Append append = new Append();
        append.payload = ReplicaFixture.batch("a");
        append.payload.setByte(append.payload.readableBytes() - 1, 77);
        partition.loop().execute(() -> partition.append(append.payload, 12, RequiredAcks.LEADER, append));
        fixture.run();
        assertThat(append.result().error()).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        assertThat(viewOf(partition).logEndOffset()).isZero();
    }

    @Test
    void aCoordinatorAppendsOnlyInTheEpochOfItsElection() {
        Partition partition = fixture.lead("t", 0);
        Append stale = new Append();
        stale.payload = ReplicaFixture.batch("a");
        partition.loop().execute(() -> partition.appendAsCoordinator(stale.payload, 7, stale));
        Append current = new Append();
        current.payload = ReplicaFixture.batch("a");
        partition.loop().execute(() -> partition.appendAsCoordinator(current.payload, 0, current));
        fixture.run();
        assertThat(stale.result().error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(current.result().isSuccess()).isTrue();
    }

    @Test
    void comparesTheClientsLeaderEpochWithItsOwn() {
        fixture.order(0, "t", TOPIC_ID, state(0, BROKER, 5, BROKER));
        LeaderRole leader = fixture.hosted("t", 0).leader();
        assertThat(leader).isNotNull();
        assertThat(leader.checkEpoch(-1)).isEqualTo(ErrorCode.NONE);
        assertThat(leader.checkEpoch(5)).isEqualTo(ErrorCode.NONE);
        assertThat(leader.checkEpoch(4)).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        assertThat(leader.checkEpoch(6)).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
    }

    @Test
    void deletesRecordsUpToTheHighWatermarkAndNotBeyond() {
        Partition partition = fixture.lead("t", 0);
        fixture.append(partition, RequiredAcks.LEADER, "a");
        fixture.append(partition, RequiredAcks.LEADER, "b");
        List<Long> starts = new ArrayList<>();
        partition.loop().execute(() -> {
            assertThatThrownBy(() -> partition.deleteRecords(3))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE));
            assertThatThrownBy(() -> partition.deleteRecords(-2)).isInstanceOf(ApiException.class);
            starts.add(partition.deleteRecords(1));
            starts.add(partition.deleteRecords(-1));
        });
        fixture.run();
        assertThat(starts).containsExactly(1L, 2L);
    }

    private static LogView viewOf(Partition partition) {
        var log = partition.role().log();
        if (log == null) {
            throw new AssertionError("no log");
        }
        return log.view();
    }
}
