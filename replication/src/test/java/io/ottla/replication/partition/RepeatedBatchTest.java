package io.ottla.replication.partition;

import static io.ottla.replication.partition.ReplicaFixture.BROKER;
import static io.ottla.replication.partition.ReplicaFixture.NOW_MS;
import static io.ottla.replication.partition.ReplicaFixture.TOPIC_ID;
import static io.ottla.replication.partition.ReplicaFixture.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.replication.partition.ReplicaFixture.Append;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A producer that sends a batch again which the log has is answered with where it is, however many batches have followed; one
 * that the log does not have is never acknowledged by that.
 */
class RepeatedBatchTest {

    private static final long PRODUCER = 9;
    private static final int RECORDS = 3;

    private final Queue<Runnable> work = new ArrayDeque<>();
    private ReplicaFixture fixture;
    private Partition partition;
    private boolean workersStandStill;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        fixture = new ReplicaFixture(directory, 8, task -> {
            if (workersStandStill) {
                work.add(task);
            } else {
                task.run();
            }
        });
    }

    @AfterEach
    void close() {
        workersStandStill = false;
        fixture.close();
    }

    @Test
    void aBatchOlderThanTheRememberedOnesIsAnsweredWithItsOffset() {
        lead(BROKER);
        for (int i = 0; i < 20; i++) {
            produce(PRODUCER, i * RECORDS, RECORDS);
        }
        for (int i : List.of(14, 7, 1, 0)) {
            Append repeated = produce(PRODUCER, i * RECORDS, RECORDS);
            assertThat(repeated.result().error()).isEqualTo(ErrorCode.NONE);
            assertThat(repeated.result().baseOffset()).isEqualTo((long) i * RECORDS);
            assertThat(repeated.result().lastOffset()).isEqualTo((long) (i + 1) * RECORDS - 1);
        }
        assertThat(endOffset()).isEqualTo(20L * RECORDS);
    }

    @Test
    void itIsFoundBetweenTheBatchesOfOthers() {
        lead(BROKER);
        long wanted = -1;
        for (int i = 0; i < 10; i++) {
            long baseOffset = produce(PRODUCER, i * RECORDS, RECORDS).result().baseOffset();
            wanted = i == 3 ? baseOffset : wanted;
            for (int other = 0; other < 50; other++) {
                produce(100 + other, i * 2, 2);
            }
        }
        assertThat(produce(PRODUCER, 3 * RECORDS, RECORDS).result().baseOffset())
                .isEqualTo(wanted);
    }

    @Test
    void aBatchThatIsLargerThanAReadIsFound() {
        lead(BROKER);
        produceBytes(PRODUCER, 0, 200_000);
        for (int i = 1; i < 8; i++) {
            produce(PRODUCER, i, 1);
        }
        assertThat(produce(PRODUCER, 0, 1).result().baseOffset()).isZero();
    }

    @Test
    void theSequencesMayHaveWrapped() {
        lead(BROKER);
        int sequence = Integer.MAX_VALUE - 5;
        for (int i = 0; i < 10; i++) {
            assertThat(produce(PRODUCER, (sequence + i * 2) & Integer.MAX_VALUE, 2)
                            .result()
                            .error())
                    .isEqualTo(ErrorCode.NONE);
        }
        assertThat(produce(PRODUCER, sequence + 2, 2).result().baseOffset()).isEqualTo(2);
    }

    @Test
    void itIsAcknowledgedWhenItIsCommitted() {
        lead(BROKER, 2);
        for (int i = 0; i < 10; i++) {
            produce(PRODUCER, i, 1);
        }
        Append repeated = produce(PRODUCER, 2, 1, RequiredAcks.ALL);
        assertThat(repeated.results).isEmpty();
        fetch(2, 2);
        assertThat(repeated.results).isEmpty();
        fetch(2, 3);
        assertThat(repeated.result().baseOffset()).isEqualTo(2);
    }

    @Test
    void otherBatchesOverTheSameSequencesAreNotTheSame() {
        lead(BROKER);
        for (int i = 0; i < 10; i++) {
            produce(PRODUCER, i * RECORDS, RECORDS);
        }
        assertThat(errorOf(produce(PRODUCER, RECORDS, RECORDS + 1))).isEqualTo(gap());
        assertThat(errorOf(produce(PRODUCER, RECORDS + 1, RECORDS))).isEqualTo(gap());
    }

    @Test
    void whatCameBeforeTheFirstBatchThatTheLogHasIsNotAcknowledged() {
        lead(BROKER);
        for (int i = 3; i < 12; i++) {
            assertThat(errorOf(produce(PRODUCER, i, 1))).isEqualTo(ErrorCode.NONE);
        }
        assertThat(errorOf(produce(PRODUCER, 2, 1))).isEqualTo(gap());
    }

    @Test
    void aBatchOfAnOlderEpochIsRefusedAsEver() {
        lead(BROKER);
        produce(PRODUCER, 0, 1);
        send(batch(PRODUCER, 1, 0, "v"), RequiredAcks.LEADER);
        assertThat(errorOf(produce(PRODUCER, 0, 1))).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(errorOf(send(batch(PRODUCER, 1, 7, "v"), RequiredAcks.LEADER)))
                .isEqualTo(gap());
    }

    @Test
    void aLeadershipThatEndsMeanwhileAcknowledgesNothing() {
        lead(BROKER, 2);
        for (int i = 0; i < 10; i++) {
            produce(PRODUCER, i, 1);
        }
        workersStandStill = true;
        Append repeated = produce(PRODUCER, 2, 1);
        assertThat(repeated.results).isEmpty();
        workersStandStill = false;
        fixture.order(1, "t", TOPIC_ID, state(0, 2, 1, 2, BROKER));
        work.forEach(Runnable::run);
        fixture.run();
        assertThat(errorOf(repeated)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    private static ErrorCode gap() {
        return ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
    }

    private static ErrorCode errorOf(Append append) {
        return append.result().error();
    }

    private long endOffset() {
        LeaderRole leader = partition.leader();
        assertThat(leader).isNotNull();
        return leader.log().view().logEndOffset();
    }

    private void lead(Integer... replicas) {
        fixture.order(1, "t", TOPIC_ID, state(0, BROKER, 0, replicas));
        partition = fixture.hosted("t", 0);
    }

    private void fetch(int follower, long offset) {
        LeaderRole leader = partition.leader();
        assertThat(leader).isNotNull();
        FollowerFetch fetch = new FollowerFetch(follower, 60, offset, 0, new FollowerSession());
        partition.loop().execute(() -> partition.onFollowerFetch(leader, fetch));
        fixture.run();
    }

    private Append produce(long producerId, int baseSequence, int records) {
        return produce(producerId, baseSequence, records, RequiredAcks.LEADER);
    }

    private Append produce(long producerId, int baseSequence, int records, RequiredAcks acks) {
        String[] values = new String[records];
        Arrays.fill(values, "v");
        return send(batch(producerId, 0, baseSequence, values), acks);
    }

    private void produceBytes(long producerId, int sequence, int sizeBytes) {
        assertThat(errorOf(send(batch(producerId, 0, sequence, "v".repeat(sizeBytes)), RequiredAcks.LEADER)))
                .isEqualTo(ErrorCode.NONE);
    }

    private static ByteBuf batch(long producerId, int epoch, int baseSequence, String... values) {
        ByteBuf target = Unpooled.buffer();
        RecordBatchBuilder builder =
                new RecordBatchBuilder(target, NOW_MS).producer(producerId, (short) epoch, baseSequence);
        for (String value : values) {
            builder.append(NOW_MS, null, value.getBytes(StandardCharsets.UTF_8));
        }
        builder.build();
        return target;
    }

    private Append send(ByteBuf payload, RequiredAcks acks) {
        Append append = new Append();
        append.payload = payload;
        partition.loop().execute(() -> partition.append(payload, 12, acks, append));
        fixture.run();
        return append;
    }
}
