package io.ottla.replication.partition;

import static io.ottla.replication.partition.ReplicaFixture.BROKER;
import static io.ottla.replication.partition.ReplicaFixture.TOPIC_ID;
import static io.ottla.replication.partition.ReplicaFixture.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrPartitionState;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrTopicState;
import io.ottla.protocol.message.StopReplicaRequest;
import io.ottla.protocol.message.StopReplicaRequest.StopReplicaPartitionState;
import io.ottla.protocol.message.StopReplicaRequest.StopReplicaTopicState;
import io.ottla.protocol.message.StopReplicaResponse;
import io.ottla.protocol.message.StopReplicaResponse.StopReplicaPartitionError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controller's orders, as requests, against real logs. */
class ReplicaControlTest {

    private static final short OK = ErrorCode.NONE.code();

    @TempDir
    private Path directory;

    private ReplicaFixture fixture;

    @BeforeEach
    void open() throws IOException {
        fixture = new ReplicaFixture(directory, 2);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void leadsManyPartitionsOfOneRequestAndReadsTheTopicsConfigurationOnce() {
        LeaderAndIsrPartitionState[] states = IntStream.range(0, 50)
                .mapToObj(partition -> state(partition, BROKER, 0, BROKER))
                .toArray(LeaderAndIsrPartitionState[]::new);
        assertThat(fixture.order(1, "t", TOPIC_ID, states)).hasSize(50).containsOnly(OK);
        assertThat(fixture.configReads).isEqualTo(1);
        assertThat(fixture.partitions.all()).hasSize(50).allMatch(partition -> partition.leader() != null);
        assertThat(fixture.partitions.get(TOPIC_ID, 49)).isSameAs(fixture.partitions.get("t", 49));
        assertThat(fixture.partitions.all()).extracting(Partition::loopIndex).contains(0, 1);
        assertThat(fixture.leaderships).hasSize(50).contains("lead t-7 0");
        assertThat(Files.isDirectory(directory.resolve("t-49"))).isTrue();
    }

    @Test
    void refusesOlderControllersAndOlderBrokerEpochs() {
        fixture.order(5, "t", TOPIC_ID, state(0, BROKER, 0, BROKER));
        LeaderAndIsrRequest older = new LeaderAndIsrRequest().setControllerEpoch(4);
        assertThat(fixture.await(fixture.control.apply(older, (short) 7)).errorCode())
                .isEqualTo(ErrorCode.STALE_CONTROLLER_EPOCH.code());
        LeaderAndIsrRequest forEarlierLife =
                new LeaderAndIsrRequest().setControllerEpoch(6).setBrokerEpoch(49);
        assertThat(fixture.await(fixture.control.apply(forEarlierLife, (short) 7))
                        .errorCode())
                .isEqualTo(ErrorCode.STALE_BROKER_EPOCH.code());
        StopReplicaRequest olderStop = new StopReplicaRequest().setControllerEpoch(4);
        assertThat(fixture.await(fixture.control.apply(olderStop)).errorCode())
                .isEqualTo(ErrorCode.STALE_CONTROLLER_EPOCH.code());
    }

    @Test
    void refusesLeaderEpochsThatAreNotNewer() {
        fixture.order(1, "t", TOPIC_ID, state(0, BROKER, 3, BROKER));
        short stale = ErrorCode.STALE_CONTROLLER_EPOCH.code();
        assertThat(fixture.order(1, "t", TOPIC_ID, state(0, 2, 2, 2))).containsExactly(stale);
        assertThat(fixture.order(1, "t", TOPIC_ID, state(0, 2, 3, 2))).containsExactly(stale);
        assertThat(fixture.hosted("t", 0).leader()).isNotNull();
    }

    @Test
    void refusesPartitionsOfOtherBrokersAndOtherTopicIds() {
        assertThat(fixture.order(0, "t", TOPIC_ID, state(0, 2, 0, 2, 3)))
                .containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        fixture.lead("t", 1);
        assertThat(fixture.order(1, "t", new UUID(9, 9), state(1, BROKER, 5, BROKER)))
                .containsExactly(ErrorCode.INCONSISTENT_TOPIC_ID.code());
    }

    @Test
    void tellsListenersWhenTheLeadIsTakenKeptAndLost() {
        fixture.order(1, "t", TOPIC_ID, state(0, BROKER, 0, BROKER, 2));
        fixture.order(1, "t", TOPIC_ID, state(0, BROKER, 1, BROKER, 2));
        fixture.order(1, "t", TOPIC_ID, state(0, 2, 2, BROKER, 2));
        fixture.order(1, "t", TOPIC_ID, state(0, 2, 3, BROKER, 2));
        assertThat(fixture.leaderships).containsExactly("lead t-0 0", "lead t-0 1", "resign t-0 2");
        assertThat(fixture.hosted("t", 0).role()).isInstanceOf(FollowerRole.class);
    }

    @Test
    void stopsAndDeletesReplicasAndHostsThemAnew() {
        Partition first = fixture.lead("t", 0);
        fixture.append(first, RequiredAcks.LEADER, "a");
        assertThat(stop("t", 0, -2, true)).isEqualTo(OK);
        assertThat(fixture.partitions.get("t", 0)).isNull();
        assertThat(fixture.partitions.get(TOPIC_ID, 0)).isNull();
        assertThat(first.isRemoved()).isTrue();
        assertThat(fixture.leaderships).containsExactly("lead t-0 0", "resign t-0 0");
        assertThat(Files.exists(directory.resolve("t-0"))).isFalse();

        UUID otherId = new UUID(3, 4);
        assertThat(fixture.order(1, "t", otherId, state(0, BROKER, 0, BROKER))).containsExactly(OK);
        Partition second = fixture.hosted("t", 0);
        assertThat(fixture.append(second, RequiredAcks.LEADER, "b").result().baseOffset())
                .isZero();
        assertThat(fixture.partitions.get(otherId, 0)).isSameAs(second);
    }

    @Test
    void aStopOfAnOlderLeaderEpochIsFenced() {
        fixture.order(1, "t", TOPIC_ID, state(0, BROKER, 3, BROKER));
        assertThat(stop("t", 0, 2, true)).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH.code());
        assertThat(fixture.hosted("t", 0).leader()).isNotNull();
        assertThat(stop("t", 0, 3, false)).isEqualTo(OK);
        assertThat(fixture.partitions.get("t", 0)).isNull();
        assertThat(Files.exists(directory.resolve("t-0"))).isTrue();
        assertThat(stop("t", 0, 3, false)).isEqualTo(OK);
    }

    @Test
    void recordsSurviveACleanRestartWithTheirHighWatermark() throws IOException {
        Partition before = fixture.lead("t", 0);
        fixture.append(before, RequiredAcks.ALL, "a");
        fixture.close();
        fixture = new ReplicaFixture(directory, 3);
        fixture.run();
        fixture.order(2, "t", TOPIC_ID, state(0, BROKER, 1, BROKER));
        Partition after = fixture.hosted("t", 0);
        assertThat(fixture.append(after, RequiredAcks.ALL, "b").result().baseOffset())
                .isEqualTo(1);
    }

    @Test
    void whoIsNoMemberAnyMoreLeadsNothingUntilItIsToldTo() {
        Partition partition = fixture.lead("t", 0);
        fixture.control.resignAll();
        fixture.run();
        assertThat(partition.leader()).isNull();
        assertThat(fixture.append(partition, RequiredAcks.LEADER, "a").result().error())
                .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        fixture.order(1, "t", TOPIC_ID, state(0, BROKER, 1, BROKER));
        assertThat(partition.leader()).isNotNull();
        assertThat(fixture.leaderships).containsExactly("lead t-0 0", "resign t-0 0", "lead t-0 1");
    }

    @Test
    void aLogThatTakesLongToRecoverHoldsUpNobodyElse() throws IOException {
        fixture.append(fixture.lead("t", 0), RequiredAcks.ALL, "a");
        fixture.close();
        Deque<Runnable> work = new ArrayDeque<>();
        fixture = new ReplicaFixture(directory, 3, work::add);
        Runnable recovery = work.remove();
        assertThat(fixture.order(2, "t", TOPIC_ID, state(0, BROKER, 1, BROKER))).containsExactly(OK);
        assertThat(fixture.order(2, "t", TOPIC_ID, state(0, BROKER, 2, BROKER))).containsExactly(OK);
        assertThat(fixture.hosted("t", 0).leader()).isNull();

        CompletionStage<?> other = fixture.control.apply(
                new LeaderAndIsrRequest()
                        .setControllerEpoch(2)
                        .setTopicStates(List.of(new LeaderAndIsrTopicState()
                                .setTopicName("u")
                                .setPartitionStates(List.of(state(0, BROKER, 0, BROKER))))),
                (short) 7);
        while (!work.isEmpty()) {
            work.remove().run();
        }
        fixture.await(other);
        assertThat(fixture.hosted("u", 0).leader()).isNotNull();

        recovery.run();
        fixture.run();
        LeaderRole leader = fixture.hosted("t", 0).leader();
        assertThat(leader).isNotNull();
        assertThat(leader.leaderEpoch()).isEqualTo(2);
        assertThat(fixture.leaderships).containsExactly("lead u-0 0", "lead t-0 1", "lead t-0 2");
        while (!work.isEmpty()) {
            work.remove().run();
        }
        fixture.await(fixture.control.stopAll());
        CompletionStage<Void> closed = fixture.logs.close(50);
        fixture.run();
        while (!work.isEmpty()) {
            work.remove().run();
            fixture.run();
        }
        fixture.await(closed);
        fixture = new ReplicaFixture(directory, 3);
    }

    /** See docs/decisions/0040-an-empty-disk-does-not-lead.md. */
    @Test
    void nothingIsLedOfWhichNothingIsThereUnlessLossIsAllowed() {
        short refused = ErrorCode.KAFKA_STORAGE_ERROR.code();
        assertThat(fixture.order(1, "t", TOPIC_ID, led(4, 3, BROKER, 2))).containsExactly(refused);
        assertThat(fixture.partitions.get("t", 0)).isNull();
        // Waiting for a leader does not make an empty log look like one that was empty all the time.
        assertThat(fixture.order(1, "t", TOPIC_ID, led(5, 4, BROKER, 2).setLeader(-1)))
                .containsExactly(OK);
        assertThat(Files.exists(directory.resolve("t-0"))).isFalse();
        assertThat(fixture.order(1, "t", TOPIC_ID, led(6, 5, BROKER, 2))).containsExactly(refused);
        assertThat(fixture.order(1, "t", TOPIC_ID, led(7, 6, BROKER, 2).setLeaderRecoveryState((byte) 1)))
                .containsExactly(OK);
        assertThat(fixture.hosted("t", 0).leader()).isNotNull();
    }

    @Test
    void whatIsNewOrCopiedOrHasNoOtherReplicaMayBeginEmpty() {
        assertThat(fixture.order(1, "new", TOPIC_ID, led(4, 3, BROKER, 2).setIsNew(true)))
                .containsExactly(OK);
        assertThat(fixture.order(1, "untold", new UUID(1, 2), led(1, 1, BROKER, 2)))
                .containsExactly(OK);
        assertThat(fixture.order(1, "alone", new UUID(1, 3), led(4, 3, BROKER))).containsExactly(OK);
        assertThat(fixture.order(
                        1, "copied", new UUID(1, 4), led(4, 3, BROKER, 2).setLeader(2)))
                .containsExactly(OK);
        assertThat(fixture.partitions.all()).hasSize(4);
    }

    private static LeaderAndIsrPartitionState led(int leaderEpoch, int partitionEpoch, Integer... replicas) {
        return state(0, BROKER, leaderEpoch, replicas).setPartitionEpoch(partitionEpoch);
    }

    private short stop(String topic, int partition, int leaderEpoch, boolean delete) {
        StopReplicaResponse response = fixture.await(fixture.control.apply(new StopReplicaRequest()
                .setControllerEpoch(1)
                .setTopicStates(List.of(new StopReplicaTopicState()
                        .setTopicName(topic)
                        .setPartitionStates(List.of(new StopReplicaPartitionState()
                                .setPartitionIndex(partition)
                                .setLeaderEpoch(leaderEpoch)
                                .setDeletePartition(delete)))))));
        StopReplicaPartitionError error = response.partitionErrors().iterator().next();
        return error.errorCode();
    }
}
