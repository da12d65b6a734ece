package io.ottla.broker.handler.log;

import io.netty.util.concurrent.ScheduledFuture;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import io.ottla.protocol.message.DeleteRecordsRequest;
import io.ottla.protocol.message.DeleteRecordsRequest.DeleteRecordsPartition;
import io.ottla.protocol.message.DeleteRecordsRequest.DeleteRecordsTopic;
import io.ottla.protocol.message.DeleteRecordsResponse;
import io.ottla.protocol.message.DeleteRecordsResponse.DeleteRecordsPartitionResult;
import io.ottla.protocol.message.DeleteRecordsResponse.DeleteRecordsTopicResult;
import io.ottla.replication.delayed.OffsetWaits;
import io.ottla.replication.metadata.InternalTopics;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionLocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * DeleteRecords (key 21): moves the log start of partitions, each on its home loop, and answers when the live followers
 * have followed, or with REQUEST_TIMED_OUT when they have not in time (KIP-107).
 */
public final class DeleteRecordsHandler implements RequestHandler<DeleteRecordsRequest, DeleteRecordsResponse> {

    private static final long NO_LOW_WATERMARK = -1;

    private final PartitionLocator locator;

    public DeleteRecordsHandler(PartitionLocator locator) {
        this.locator = locator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.DELETE_RECORDS;
    }

    @Override
    public CompletionStage<@Nullable DeleteRecordsResponse> handle(
            RequestContext context, DeleteRecordsRequest request) {
        DeleteRecordsResponse response = new DeleteRecordsResponse();
        List<CompletableFuture<?>> deletions = new ArrayList<>();
        for (DeleteRecordsTopic topic : request.topics()) {
            List<DeleteRecordsPartitionResult> partitions =
                    new ArrayList<>(topic.partitions().size());
            for (DeleteRecordsPartition wanted : topic.partitions()) {
                DeleteRecordsPartitionResult answer = failed(wanted, ErrorCode.NONE);
                partitions.add(answer);
                deletions.add(delete(topic.name(), wanted, request.timeoutMs(), answer));
            }
            response.topics()
                    .add(new DeleteRecordsTopicResult().setName(topic.name()).setPartitions(partitions));
        }
        return CompletableFuture.allOf(deletions.toArray(CompletableFuture[]::new))
                .thenApply(done -> response);
    }

    private CompletableFuture<?> delete(
            String topic, DeleteRecordsPartition wanted, int timeoutMs, DeleteRecordsPartitionResult answer) {
        if (InternalTopics.contains(topic)) {
            answer.setErrorCode(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
            return CompletableFuture.completedFuture(null);
        }
        Partition partition = locator.find(topic, wanted.partitionIndex());
        if (partition == null) {
            answer.setErrorCode(
                    locator.whyMissing(topic, wanted.partitionIndex()).code());
            return CompletableFuture.completedFuture(null);
        }
        Deletion deletion = new Deletion(partition);
        partition.loop().execute(() -> deletion.start(wanted.offset(), timeoutMs));
        return deletion.lowWatermark.handle((lowWatermark, failure) -> failure == null
                ? answer.setLowWatermark(lowWatermark)
                : answer.setErrorCode(StageFailure.error(failure).code()));
    }

    /** The deletion of records of one partition. Confined to its home loop; ends once, by the followers or by its deadline. */
    private static final class Deletion implements OffsetWaits.Completion {
        private final Partition partition;
        final CompletableFuture<Long> lowWatermark = new CompletableFuture<>();
        private @Nullable ScheduledFuture<?> deadline;

        Deletion(Partition partition) {
            this.partition = partition;
        }

        void start(long offset, int timeoutMs) {
            try {
                long startOffset = partition.deleteRecords(offset);
                partition.awaitDeletion(startOffset, this);
            } catch (RuntimeException e) {
                lowWatermark.completeExceptionally(e);
                return;
            }
            if (!lowWatermark.isDone()) {
                deadline = partition
                        .loop()
                        .schedule(
                                () -> onFailed(ErrorCode.REQUEST_TIMED_OUT),
                                Math.max(0, timeoutMs),
                                TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void onReached() {
            lowWatermark.complete(partition.lowWatermark());
            cancelDeadline();
        }

        @Override
        public boolean isAbandoned() {
            return lowWatermark.isDone();
        }

        @Override
        public void onFailed(ErrorCode error) {
            lowWatermark.completeExceptionally(
                    new ApiException(error, "deletion of records of " + partition.name() + ": " + error.message()));
            cancelDeadline();
        }

        private void cancelDeadline() {
            if (deadline != null) {
                deadline.cancel(false);
            }
        }
    }

    private static DeleteRecordsPartitionResult failed(DeleteRecordsPartition wanted, ErrorCode error) {
        return new DeleteRecordsPartitionResult()
                .setPartitionIndex(wanted.partitionIndex())
                .setLowWatermark(NO_LOW_WATERMARK)
                .setErrorCode(error.code());
    }

    @Override
    public DeleteRecordsResponse errorResponse(
            DeleteRecordsRequest request, ErrorCode error, @Nullable String message) {
        DeleteRecordsResponse response = new DeleteRecordsResponse();
        for (DeleteRecordsTopic topic : request.topics()) {
            List<DeleteRecordsPartitionResult> partitions = new ArrayList<>();
            for (DeleteRecordsPartition partition : topic.partitions()) {
                partitions.add(failed(partition, error));
            }
            response.topics()
                    .add(new DeleteRecordsTopicResult().setName(topic.name()).setPartitions(partitions));
        }
        return response;
    }
}
