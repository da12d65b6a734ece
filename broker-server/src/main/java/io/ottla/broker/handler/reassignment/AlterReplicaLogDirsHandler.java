package io.ottla.broker.handler.reassignment;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterReplicaLogDirsRequest;
import io.ottla.protocol.message.AlterReplicaLogDirsRequest.AlterReplicaLogDir;
import io.ottla.protocol.message.AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic;
import io.ottla.protocol.message.AlterReplicaLogDirsResponse;
import io.ottla.protocol.message.AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult;
import io.ottla.protocol.message.AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Moves replicas of this broker between its log directories (KIP-113); answers when the moves have begun. */
public final class AlterReplicaLogDirsHandler
        implements RequestHandler<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse> {
    private final BiFunction<TopicPartition, String, ? extends CompletionStage<ErrorCode>> mover;

    /** @param mover begins to move a replica to the log directory of that path, and says what is wrong with it */
    public AlterReplicaLogDirsHandler(BiFunction<TopicPartition, String, ? extends CompletionStage<ErrorCode>> mover) {
        this.mover = mover;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.ALTER_REPLICA_LOG_DIRS;
    }

    @Override
    public CompletionStage<@Nullable AlterReplicaLogDirsResponse> handle(
            RequestContext context, AlterReplicaLogDirsRequest request) {
        List<CompletableFuture<?>> begun = new ArrayList<>();
        AlterReplicaLogDirsResponse response = new AlterReplicaLogDirsResponse();
        for (AlterReplicaLogDir directory : request.dirs()) {
            for (AlterReplicaLogDirTopic topic : directory.topics()) {
                AlterReplicaLogDirTopicResult result = resultOf(response, topic.name());
                for (int index : topic.partitions()) {
                    AlterReplicaLogDirPartitionResult answer =
                            new AlterReplicaLogDirPartitionResult().setPartitionIndex(index);
                    result.partitions().add(answer);
                    begun.add(mover.apply(new TopicPartition(topic.name(), index), directory.path())
                            .thenAccept(error -> answer.setErrorCode(error.code()))
                            .toCompletableFuture());
                }
            }
        }
        return CompletableFuture.allOf(begun.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> response);
    }

    /** A topic with partitions for several directories is answered once. */
    private static AlterReplicaLogDirTopicResult resultOf(AlterReplicaLogDirsResponse response, String topic) {
        return response.results().stream()
                .filter(result -> result.topicName().equals(topic))
                .findFirst()
                .orElseGet(() -> {
                    AlterReplicaLogDirTopicResult added = new AlterReplicaLogDirTopicResult().setTopicName(topic);
                    response.results().add(added);
                    return added;
                });
    }

    @Override
    public AlterReplicaLogDirsResponse errorResponse(
            AlterReplicaLogDirsRequest request, ErrorCode error, @Nullable String message) {
        AlterReplicaLogDirsResponse response = new AlterReplicaLogDirsResponse();
        for (AlterReplicaLogDir directory : request.dirs()) {
            for (AlterReplicaLogDirTopic topic : directory.topics()) {
                topic.partitions().forEach(index -> resultOf(response, topic.name())
                        .partitions()
                        .add(new AlterReplicaLogDirPartitionResult()
                                .setPartitionIndex(index)
                                .setErrorCode(error.code())));
            }
        }
        return response;
    }
}
