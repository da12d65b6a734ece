package io.ottla.broker.coordinator.transaction;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.coordinator.transaction.MarkerSender.Marker;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.WriteTxnMarkersRequest;
import io.ottla.protocol.message.WriteTxnMarkersRequest.WritableTxnMarker;
import io.ottla.protocol.message.WriteTxnMarkersRequest.WritableTxnMarkerTopic;
import io.ottla.protocol.message.WriteTxnMarkersResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Markers on their way to one broker, a few requests at a time; what comes meanwhile shares the next one. Confined to the
 * loop of its {@link MarkerDelivery}. The queue is bounded by the transactions that are prepared, one per transactional id.
 */
final class MarkerChannel {
    private static final Logger log = LoggerFactory.getLogger(MarkerChannel.class);

    private static final int MAX_IN_FLIGHT = 5;
    private static final int MAX_MARKERS_PER_REQUEST = 500;
    /** Apache Kafka 3.9 reads it; the next one tells partitions of transactions of version 2 (KIP-1228). */
    private static final short CLASSIC_VERSION = 1;

    private static final short TRANSACTION_VERSION = 2;

    private final int brokerId;
    private final EventExecutor loop;
    private final PeerChannel peer;
    private final Consumer<MarkerPart> onUnwritten;
    private final ArrayDeque<MarkerPart> queued = new ArrayDeque<>();
    private int inFlight;
    private boolean flushAsked;

    /** @param onUnwritten gets what this broker has not written */
    MarkerChannel(int brokerId, EventExecutor loop, PeerChannel peer, Consumer<MarkerPart> onUnwritten) {
        this.brokerId = brokerId;
        this.loop = loop;
        this.peer = peer;
        this.onUnwritten = onUnwritten;
    }

    void add(MarkerPart part) {
        queued.add(part);
        askFlush();
    }

    private void askFlush() {
        if (!flushAsked && inFlight < MAX_IN_FLIGHT) {
            flushAsked = true;
            loop.execute(this::flush);
        }
    }

    private void flush() {
        flushAsked = false;
        List<MarkerPart> parts = new ArrayList<>();
        while (!queued.isEmpty() && parts.size() < MAX_MARKERS_PER_REQUEST) {
            MarkerPart part = queued.remove();
            if (part.task().isWanted()) {
                parts.add(part);
            }
        }
        if (parts.isEmpty()) {
            return;
        }
        inFlight++;
        boolean classic =
                parts.stream().allMatch(part -> part.task().marker().transactionVersion() < TRANSACTION_VERSION);
        CompletableFuture<WriteTxnMarkersResponse> answer =
                peer.send(requestOf(parts), classic ? CLASSIC_VERSION : TRANSACTION_VERSION);
        CompletableFuture<WriteTxnMarkersResponse> unused = answer.whenComplete((response, cause) -> {
            if (loop.inEventLoop()) {
                onAnswer(parts, response, cause);
            } else {
                loop.execute(() -> onAnswer(parts, response, cause));
            }
        });
        if (!queued.isEmpty()) {
            askFlush();
        }
    }

    private static WriteTxnMarkersRequest requestOf(List<MarkerPart> parts) {
        WriteTxnMarkersRequest request = new WriteTxnMarkersRequest();
        for (MarkerPart part : parts) {
            Marker marker = part.task().marker();
            Map<String, WritableTxnMarkerTopic> topics = new LinkedHashMap<>();
            for (TopicPartition partition : part.partitions()) {
                topics.computeIfAbsent(partition.topic(), name -> new WritableTxnMarkerTopic().setName(name))
                        .partitionIndexes()
                        .add(partition.partition());
            }
            request.markers()
                    .add(new WritableTxnMarker()
                            .setProducerId(marker.producerId())
                            .setProducerEpoch(marker.producerEpoch())
                            .setTransactionResult(marker.commit())
                            .setCoordinatorEpoch(marker.coordinatorEpoch())
                            .setTransactionVersion((byte) marker.transactionVersion())
                            .setTopics(new ArrayList<>(topics.values())));
        }
        return request;
    }

    private void onAnswer(
            List<MarkerPart> parts, @Nullable WriteTxnMarkersResponse response, @Nullable Throwable cause) {
        inFlight--;
        if (response == null) {
            log.debug("markers for broker {} are sent again: {}", brokerId, String.valueOf(cause));
            parts.forEach(onUnwritten);
        } else {
            Map<Long, Map<TopicPartition, ErrorCode>> results = resultsOf(response);
            for (MarkerPart part : parts) {
                settle(part, results.getOrDefault(part.task().marker().producerId(), Map.of()));
            }
        }
        if (!queued.isEmpty()) {
            askFlush();
        }
    }

    private static Map<Long, Map<TopicPartition, ErrorCode>> resultsOf(WriteTxnMarkersResponse response) {
        Map<Long, Map<TopicPartition, ErrorCode>> results = new HashMap<>();
        response.markers().forEach(marker -> {
            Map<TopicPartition, ErrorCode> errors = results.computeIfAbsent(marker.producerId(), id -> new HashMap<>());
            marker.topics().forEach(topic -> topic.partitions()
                    .forEach(partition -> errors.put(
                            new TopicPartition(topic.name(), partition.partitionIndex()),
                            ErrorCode.forCode(partition.errorCode()))));
        });
        return results;
    }

    private void settle(MarkerPart part, Map<TopicPartition, ErrorCode> results) {
        List<TopicPartition> unwritten = new ArrayList<>();
        for (TopicPartition partition : part.partitions()) {
            ErrorCode error = results.getOrDefault(partition, ErrorCode.UNKNOWN_SERVER_ERROR);
            switch (error) {
                case NONE -> part.task().settled(partition);
                case INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED ->
                    part.task().refused(error);
                default -> unwritten.add(partition);
            }
        }
        if (!unwritten.isEmpty()) {
            onUnwritten.accept(new MarkerPart(part.task(), unwritten));
        }
    }

    void close() {
        queued.clear();
        peer.close();
    }
}
