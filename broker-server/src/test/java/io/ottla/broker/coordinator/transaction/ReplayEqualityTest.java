package io.ottla.broker.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.coordinator.transaction.MarkerSender.Marker;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.EndTxnResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a shard knows must be what its log says, and no transaction may end in two ways. Random commands from a seed, with
 * appends that are slow, refused, or of unknown fate, markers that are slow or refused, elections, and time that passes; then
 * the shard is loaded from its log and must be the same.
 */
class ReplayEqualityTest {
    private static final int STEPS = 800;
    private static final List<String> IDS = List.of("a", "b", "c", "d");

    private final TransactionFixture tx = new TransactionFixture();
    private final List<CompletableFuture<?>> answers = new ArrayList<>();
    private final Map<String, ProducerIdentity> producers = new HashMap<>();

    private List<Transaction> durable() {
        return tx.coordinator
                .runtime()
                .query(0, shard -> shard.store().select(all -> true))
                .join();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void theLiveStateIsThatOfTheLog(long seed) {
        Random random = new Random(seed);
        tx.transactionVersion = (int) (seed % 2) * 2;
        for (int step = 0; step < STEPS; step++) {
            step(random);
        }
        settleAndCompareWithTheLog();
        nothingEndedInTwoWays();
    }

    /** Clients of both versions, and records of both, one after the other. */
    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void soItIsWhileTheFeatureIsRaisedAndLowered(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            if (random.nextInt(25) == 0) {
                tx.transactionVersion = random.nextInt(3);
            }
            step(random);
        }
        settleAndCompareWithTheLog();
    }

    private void settleAndCompareWithTheLog() {
        tx.log.refuse(null);
        tx.log.releaseHeld();
        tx.markers.release();
        tx.loop.advanceMs(1_000_000);
        assertThat(answers).allMatch(CompletableFuture::isDone);
        List<Transaction> before = durable();
        assertThat(before).hasSize(IDS.size()).noneMatch(each -> each.status().isPrepared());
        tx.reload();
        assertThat(durable()).isEqualTo(before);
        assertThat(tx.log.batches(0)).hasSizeGreaterThan(20);
    }

    /** With an epoch for each transaction, as in version 2, every marker of an epoch says the same. */
    private void nothingEndedInTwoWays() {
        if (tx.transactionVersion < 2) {
            return;
        }
        Map<String, Boolean> outcomes = new HashMap<>();
        for (FakeMarkers.Sent sent : tx.markers.all) {
            Marker marker = sent.marker();
            for (TopicPartition partition : sent.partitions()) {
                String key = marker.producerId() + "/" + marker.producerEpoch() + " in " + partition;
                Boolean before = outcomes.putIfAbsent(key, marker.commit());
                assertThat(before == null || before == marker.commit()).as(key).isTrue();
            }
        }
    }

    private void step(Random random) {
        String id = IDS.get(random.nextInt(IDS.size()));
        ProducerIdentity producer = producers.getOrDefault(id, ProducerIdentity.NONE);
        switch (random.nextInt(12)) {
            case 0, 1 -> sendInit(id, random.nextInt(3) == 0 ? producer : ProducerIdentity.NONE);
            case 2, 3, 4, 5 ->
                answers.add(tx.coordinator
                        .partitions()
                        .add(TransactionFixture.addRequest(id, producer, random.nextInt(8)), (short) 3, 1));
            case 6, 7, 8 -> sendEnd(id, producer, random.nextInt(3) > 0);
            case 9, 10 -> disturb(random);
            default -> tx.loop.advanceMs(random.nextInt(random.nextInt(10) == 0 ? 70_000 : 100));
        }
        if (random.nextBoolean()) {
            tx.loop.runAll();
        }
    }

    private void sendInit(String id, ProducerIdentity expected) {
        answers.add(tx.sendInit(id, expected).thenAccept(response -> {
            if (response.errorCode() == ErrorCode.NONE.code()) {
                producers.put(id, new ProducerIdentity(response.producerId(), response.producerEpoch()));
            }
        }));
    }

    private void sendEnd(String id, ProducerIdentity producer, boolean commit) {
        CompletableFuture<EndTxnResponse> end = tx.sendEnd(tx.transactionVersion == 2 ? 5 : 4, 1, id, producer, commit);
        answers.add(end.thenAccept(response -> {
            if (response.errorCode() == ErrorCode.NONE.code() && response.producerId() >= 0) {
                producers.put(id, new ProducerIdentity(response.producerId(), response.producerEpoch()));
            }
        }));
    }

    private void disturb(Random random) {
        switch (random.nextInt(9)) {
            case 0 -> tx.log.hold();
            case 1 -> tx.log.releaseHeld();
            case 2 -> tx.log.refuse(random.nextBoolean() ? ErrorCode.NOT_ENOUGH_REPLICAS : null);
            case 3 -> tx.markers.hold();
            case 4 -> tx.markers.release();
            case 5 -> {
                if (!tx.markers.all.isEmpty()) {
                    tx.markers.last().done().complete(ErrorCode.TRANSACTION_COORDINATOR_FENCED);
                }
            }
            case 6 -> {
                if (tx.log.heldCount() > 0) {
                    boolean written = random.nextBoolean();
                    tx.log.failHeld(written ? ErrorCode.UNKNOWN_SERVER_ERROR : ErrorCode.NOT_ENOUGH_REPLICAS, written);
                }
            }
            case 7 -> {
                if (random.nextInt(4) == 0) {
                    tx.log.releaseHeld();
                    tx.reload();
                }
            }
            default -> {
                tx.log.refuse(null);
                tx.log.releaseHeld();
                tx.markers.release();
            }
        }
    }
}
