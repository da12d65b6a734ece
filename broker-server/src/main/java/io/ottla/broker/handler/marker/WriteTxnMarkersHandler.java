package io.ottla.broker.handler.marker;

import io.netty.buffer.ByteBuf;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.WriteTxnMarkersRequest;
import io.ottla.protocol.message.WriteTxnMarkersRequest.WritableTxnMarker;
import io.ottla.protocol.message.WriteTxnMarkersRequest.WritableTxnMarkerTopic;
import io.ottla.protocol.message.WriteTxnMarkersResponse;
import io.ottla.protocol.message.WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult;
import io.ottla.protocol.message.WriteTxnMarkersResponse.WritableTxnMarkerResult;
import io.ottla.protocol.message.WriteTxnMarkersResponse.WritableTxnMarkerTopicResult;
import io.ottla.replication.metadata.InternalTopics;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionLocator;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * WriteTxnMarkers (key 27): ends transactions in partitions that this broker leads. Each partition has its own result, when
 * its marker is committed; the coordinator repeats what has failed. There is no deadline: a coordinator that does not wait
 * any more asks again, and a marker that was written twice does no harm.
 */
public final class WriteTxnMarkersHandler implements RequestHandler<WriteTxnMarkersRequest, WriteTxnMarkersResponse> {
    private static final Logger LOG = LoggerFactory.getLogger(WriteTxnMarkersHandler.class);

    private final PartitionLocator locator;
    private final OffsetTransactions offsets;
    private final Clock clock;

    /** @param offsets ends transactions in the partitions of {@code __consumer_offsets} */
    public WriteTxnMarkersHandler(PartitionLocator locator, OffsetTransactions offsets, Clock clock) {
        this.locator = locator;
        this.offsets = offsets;
        this.clock = clock;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.WRITE_TXN_MARKERS;
    }

    @Override
    public CompletionStage<@Nullable WriteTxnMarkersResponse> handle(
            RequestContext context, WriteTxnMarkersRequest request) {
        return write(request).thenApply(response -> response);
    }

    /** Writes what a coordinator of this very broker wants written. Any thread. */
    public CompletableFuture<WriteTxnMarkersResponse> write(WriteTxnMarkersRequest request) {
        WriteTxnMarkersResponse response = answerOf(request, ErrorCode.NONE);
        List<CompletableFuture<?>> writes = new ArrayList<>();
        for (int i = 0; i < request.markers().size(); i++) {
            TransactionMarker marker = TransactionMarker.of(request.markers().get(i));
            for (WritableTxnMarkerTopicResult topic : response.markers().get(i).topics()) {
                for (WritableTxnMarkerPartitionResult partition : topic.partitions()) {
                    writes.add(write(topic.name(), partition.partitionIndex(), marker)
                            .thenAccept(error -> partition.setErrorCode(error.code())));
                }
            }
        }
        return CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).thenApply(done -> response);
    }

    private CompletableFuture<ErrorCode> write(String topic, int index, TransactionMarker marker) {
        Partition partition = locator.find(topic, index);
        if (partition == null) {
            return CompletableFuture.completedFuture(locator.whyMissing(topic, index));
        }
        if (topic.equals(InternalTopics.CONSUMER_OFFSETS)) {
            return offsets.end(index, marker)
                    .thenApply(WriteTxnMarkersHandler::ofPartition)
                    .toCompletableFuture();
        }
        CompletableFuture<ErrorCode> written = new CompletableFuture<>();
        try {
            if (partition.loop().inEventLoop()) {
                append(partition, marker, written);
            } else {
                partition.loop().execute(() -> append(partition, marker, written));
            }
        } catch (RejectedExecutionException e) {
            written.complete(ErrorCode.NOT_LEADER_OR_FOLLOWER); // The broker is shutting down.
        }
        return written;
    }

    /** Coordinators of transactions know the errors of partitions, not those of coordinators of groups. */
    private static ErrorCode ofPartition(ErrorCode error) {
        return switch (error) {
            case NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE ->
                ErrorCode.NOT_LEADER_OR_FOLLOWER;
            default -> error;
        };
    }

    private void append(Partition partition, TransactionMarker marker, CompletableFuture<ErrorCode> written) {
        ByteBuf batch = marker.toBatch(clock.millis());
        try {
            partition.appendMarker(batch, Partition.ANY_EPOCH, marker.raisesEpoch(), result -> {
                if (!result.isSuccess()) {
                    LOG.info(
                            "{}: the {} of producer {} epoch {} was not written: {} {}",
                            partition.name(),
                            marker.marker().outcome(),
                            marker.producerId(),
                            marker.producerEpoch(),
                            result.error(),
                            result.message());
                }
                written.complete(result.error());
            });
        } catch (RuntimeException | AssertionError e) {
            LOG.error("{}: marker {} failed", partition.name(), marker, e);
            written.complete(ErrorCode.UNKNOWN_SERVER_ERROR);
        }
    }

    private static WriteTxnMarkersResponse answerOf(WriteTxnMarkersRequest request, ErrorCode error) {
        WriteTxnMarkersResponse response = new WriteTxnMarkersResponse();
        for (WritableTxnMarker marker : request.markers()) {
            WritableTxnMarkerResult result = new WritableTxnMarkerResult().setProducerId(marker.producerId());
            for (WritableTxnMarkerTopic topic : marker.topics()) {
                WritableTxnMarkerTopicResult partitions = new WritableTxnMarkerTopicResult().setName(topic.name());
                topic.partitionIndexes().forEach(index -> partitions
                        .partitions()
                        .add(new WritableTxnMarkerPartitionResult()
                                .setPartitionIndex(index)
                                .setErrorCode(error.code())));
                result.topics().add(partitions);
            }
            response.markers().add(result);
        }
        return response;
    }

    @Override
    public WriteTxnMarkersResponse errorResponse(
            WriteTxnMarkersRequest request, ErrorCode error, @Nullable String message) {
        return answerOf(request, error);
    }
}
