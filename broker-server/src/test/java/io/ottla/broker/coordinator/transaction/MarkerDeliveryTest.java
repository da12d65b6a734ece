package io.ottla.broker.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.coordinator.transaction.MarkerSender.Marker;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.WriteTxnMarkersRequest;
import io.ottla.protocol.message.WriteTxnMarkersResponse;
import io.ottla.protocol.message.WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult;
import io.ottla.protocol.message.WriteTxnMarkersResponse.WritableTxnMarkerResult;
import io.ottla.protocol.message.WriteTxnMarkersResponse.WritableTxnMarkerTopicResult;
import io.ottla.protocol.schema.ApiMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Markers to brokers that answer as the test says, while leaders move and topics go. */
class MarkerDeliveryTest {
    private static final TopicPartition A = new TopicPartition("t", 0);
    private static final TopicPartition B = new TopicPartition("t", 1);

    private final ManualLoop loop = ManualLoop.entered();
    private final Map<TopicPartition, Integer> leaders = new HashMap<>(Map.of(A, 1, B, 2));
    private final Map<Integer, FakeBroker> brokers = new HashMap<>();
    private final MarkerDelivery delivery = new MarkerDelivery(
            loop, partition -> leaders.getOrDefault(partition, MarkerDelivery.NO_PARTITION), this::broker);

    private record Asked(WriteTxnMarkersRequest request, CompletableFuture<WriteTxnMarkersResponse> answer) {}

    private static final class FakeBroker implements PeerChannel {
        final List<Asked> asked = new ArrayList<>();

        @Override
        @SuppressWarnings("unchecked")
        public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
            Asked next = new Asked((WriteTxnMarkersRequest) request, new CompletableFuture<>());
            asked.add(next);
            return (CompletableFuture<R>) next.answer();
        }

        /** Answers the last request with one error for everything. */
        void answer(ErrorCode error) {
            answer(asked.get(asked.size() - 1), error);
        }

        static void answer(Asked last, ErrorCode error) {
            WriteTxnMarkersResponse response = new WriteTxnMarkersResponse();
            last.request().markers().forEach(marker -> {
                WritableTxnMarkerResult result = new WritableTxnMarkerResult().setProducerId(marker.producerId());
                marker.topics().forEach(topic -> {
                    WritableTxnMarkerTopicResult written = new WritableTxnMarkerTopicResult().setName(topic.name());
                    topic.partitionIndexes().forEach(partition -> written.partitions()
                            .add(new WritableTxnMarkerPartitionResult()
                                    .setPartitionIndex(partition)
                                    .setErrorCode(error.code())));
                    result.topics().add(written);
                });
                response.markers().add(result);
            });
            last.answer().complete(response);
        }

        @Override
        public void keepOpen(Runnable onRefused) {}

        @Override
        public void close() {}
    }

    private FakeBroker broker(int id) {
        return brokers.computeIfAbsent(id, each -> new FakeBroker());
    }

    private CompletableFuture<ErrorCode> send(long producerId, TopicPartition... partitions) {
        SortedSet<TopicPartition> all = new TreeSet<>(List.of(partitions));
        CompletableFuture<ErrorCode> sent = delivery.send(new Marker(producerId, (short) 3, true, 5, (short) 0), all);
        loop.runAll();
        return sent;
    }

    @Test
    void eachLeaderGetsItsPartitions() {
        CompletableFuture<ErrorCode> sent = send(1, A, B);
        broker(1).answer(ErrorCode.NONE);
        loop.runAll();
        assertThat(sent).isNotDone();
        broker(2).answer(ErrorCode.NONE);
        loop.runAll();
        assertThat(sent).isCompletedWithValue(ErrorCode.NONE);
    }

    @Test
    void markersThatGatherShareARequest() {
        for (int i = 0; i < 5; i++) {
            send(i, A);
        }
        CompletableFuture<ErrorCode> sixth = send(6, A);
        CompletableFuture<ErrorCode> seventh = send(7, A);
        assertThat(broker(1).asked).hasSize(5);
        broker(1).answer(ErrorCode.NONE);
        loop.runAll();
        assertThat(broker(1).asked).hasSize(6);
        assertThat(broker(1).asked.get(5).request().markers()).hasSize(2);
        broker(1).answer(ErrorCode.NONE);
        loop.runAll();
        assertThat(List.of(sixth, seventh)).allMatch(CompletableFuture::isDone);
    }

    @Test
    void aMarkerFollowsTheLeader() {
        CompletableFuture<ErrorCode> sent = send(1, A);
        leaders.put(A, 2);
        broker(1).answer(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        loop.advanceMs(100);
        broker(2).answer(ErrorCode.NOT_ENOUGH_REPLICAS);
        leaders.put(A, MarkerDelivery.NO_LEADER);
        loop.advanceMs(100);
        assertThat(broker(2).asked).hasSize(1);
        leaders.put(A, 3);
        loop.advanceMs(100);
        broker(3).answer(ErrorCode.NONE);
        loop.runAll();
        assertThat(sent).isCompletedWithValue(ErrorCode.NONE);
    }

    @Test
    void aBrokerThatHangsUpIsAskedAgain() {
        CompletableFuture<ErrorCode> sent = send(1, A);
        broker(1).asked.get(0).answer().completeExceptionally(new PeerUnreachableException("gone"));
        loop.advanceMs(100);
        assertThat(broker(1).asked).hasSize(2);
        broker(1).answer(ErrorCode.NONE);
        loop.runAll();
        assertThat(sent).isCompletedWithValue(ErrorCode.NONE);
    }

    @Test
    void aDeletedPartitionNeedsNoMarkerButAnUnknownOneMayComeYet() {
        leaders.remove(B);
        CompletableFuture<ErrorCode> late = send(1, A, B);
        broker(1).answer(ErrorCode.NONE);
        loop.advanceMs(5_000);
        leaders.put(B, 2);
        loop.advanceMs(100);
        broker(2).answer(ErrorCode.NONE);
        loop.runAll();
        assertThat(late).isCompletedWithValue(ErrorCode.NONE);
        leaders.remove(B);
        CompletableFuture<ErrorCode> deleted = send(1, B);
        loop.advanceMs(9_000);
        assertThat(deleted).isNotDone();
        loop.advanceMs(2_000);
        assertThat(deleted).isCompletedWithValue(ErrorCode.NONE);
    }

    @Test
    void aNewerCoordinatorEndsIt() {
        CompletableFuture<ErrorCode> sent = send(1, A, B);
        broker(1).answer(ErrorCode.TRANSACTION_COORDINATOR_FENCED);
        broker(2).answer(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        loop.advanceMs(1_000);
        assertThat(sent).isCompletedWithValue(ErrorCode.TRANSACTION_COORDINATOR_FENCED);
        assertThat(broker(2).asked).hasSize(1);
    }

    @Test
    void whatIsCancelledIsNotSentAgain() {
        CompletableFuture<ErrorCode> sent = send(1, A);
        sent.cancel(false);
        broker(1).answer(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        loop.advanceMs(1_000);
        assertThat(broker(1).asked).hasSize(1);
    }

    /** KAFKA-9777: no answer is lost, or looked at too early, whatever comes at the same time; a lost one would hang. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyMarkerIsSettledInWhateverOrderTheAnswersCome(long seed) {
        Random random = new Random(seed);
        List<CompletableFuture<ErrorCode>> sent = new ArrayList<>();
        for (int step = 0; step < 400; step++) {
            List<Asked> open = open();
            if (sent.size() < 60 && random.nextInt(3) == 0) {
                TreeSet<TopicPartition> partitions = new TreeSet<>(random.nextBoolean() ? List.of(A, B) : List.of(A));
                sent.add(delivery.send(new Marker(sent.size(), (short) 3, true, 5, (short) 2), partitions));
            } else if (!open.isEmpty() && random.nextInt(3) > 0) {
                disturb(random, open.get(random.nextInt(open.size())));
            } else if (random.nextBoolean()) {
                loop.runOne();
            } else {
                loop.advanceMs(random.nextInt(60));
            }
        }
        for (int round = 0; round < 200 && !sent.stream().allMatch(CompletableFuture::isDone); round++) {
            loop.advanceMs(60);
            open().forEach(asked -> FakeBroker.answer(asked, ErrorCode.NONE));
        }
        assertThat(sent).hasSize(60).allMatch(each -> each.getNow(ErrorCode.UNKNOWN_SERVER_ERROR) == ErrorCode.NONE);
    }

    private List<Asked> open() {
        return brokers.values().stream()
                .flatMap(broker -> broker.asked.stream())
                .filter(asked -> !asked.answer().isDone())
                .toList();
    }

    private void disturb(Random random, Asked asked) {
        switch (random.nextInt(6)) {
            case 0 -> FakeBroker.answer(asked, ErrorCode.NOT_ENOUGH_REPLICAS);
            case 1 -> asked.answer().completeExceptionally(new PeerUnreachableException("gone"));
            case 2 -> {
                leaders.put(A, 1 + random.nextInt(3));
                FakeBroker.answer(asked, ErrorCode.NOT_LEADER_OR_FOLLOWER);
            }
            default -> FakeBroker.answer(asked, ErrorCode.NONE);
        }
    }
}
