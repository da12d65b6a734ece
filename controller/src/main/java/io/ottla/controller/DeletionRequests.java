package io.ottla.controller;

import io.ottla.controller.event.Gather;
import io.ottla.controller.state.TopicState;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DeleteTopicsRequest;
import io.ottla.protocol.message.DeleteTopicsRequest.DeleteTopicState;
import io.ottla.protocol.message.DeleteTopicsResponse;
import io.ottla.protocol.message.DeleteTopicsResponse.DeletableTopicResult;
import io.ottla.protocol.schema.Base64Uuid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Answers DeleteTopics, by name or by id. Confined to the controller's executor, inside one event. */
final class DeletionRequests {

    private final Office office;
    private final TopicDeletion deletion;
    private final boolean enabled;

    DeletionRequests(Office office, TopicDeletion deletion, boolean enabled) {
        this.office = office;
        this.deletion = deletion;
        this.enabled = enabled;
    }

    /** An answer, and when the topics it reports as deleted will be gone. */
    record Deleting(DeleteTopicsResponse response, CompletableFuture<?> gone) {}

    CompletableFuture<Deleting> delete(DeleteTopicsRequest request) {
        DeleteTopicsResponse response = new DeleteTopicsResponse();
        List<TopicState> doomed = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (DeleteTopicState wanted : wanted(request)) {
            DeletableTopicResult result =
                    new DeletableTopicResult().setName(wanted.name()).setTopicId(wanted.topicId());
            response.responses().add(result);
            TopicState topic = find(wanted, result);
            if (topic == null) {
                continue;
            }
            result.setName(topic.name()).setTopicId(topic.id());
            if (!seen.add(topic.name())) {
                fail(result, ErrorCode.INVALID_REQUEST, "Duplicate topic in the request.");
            } else if (!enabled) {
                fail(result, ErrorCode.TOPIC_DELETION_DISABLED, "Topic deletion is disabled.");
            } else {
                doomed.add(topic);
            }
        }
        return Gather.each(doomed, topic -> deletion.request(topic.name())).thenApply(written -> {
            Map<String, CompletableFuture<Void>> gone = deletion.begin(doomed);
            return new Deleting(response, CompletableFuture.allOf(gone.values().toArray(CompletableFuture<?>[]::new)));
        });
    }

    private static List<DeleteTopicState> wanted(DeleteTopicsRequest request) {
        List<DeleteTopicState> wanted = new ArrayList<>(request.topics());
        request.topicNames().forEach(name -> wanted.add(new DeleteTopicState().setName(name)));
        return wanted;
    }

    private @Nullable TopicState find(DeleteTopicState wanted, DeletableTopicResult result) {
        String name = wanted.name();
        boolean byId = !wanted.topicId().equals(Base64Uuid.ZERO);
        if (name != null && byId) {
            return fail(result, ErrorCode.INVALID_REQUEST, "You may not specify both topic name and topic id.");
        }
        if (name == null && !byId) {
            return fail(result, ErrorCode.INVALID_REQUEST, "Neither topic name nor id were specified.");
        }
        TopicState topic = name == null
                ? office.cluster().topic(wanted.topicId())
                : office.cluster().topic(name);
        if (topic == null) {
            return fail(
                    result,
                    byId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    byId ? ErrorCode.UNKNOWN_TOPIC_ID.message() : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.message());
        }
        return topic;
    }

    private static @Nullable TopicState fail(DeletableTopicResult result, ErrorCode error, String message) {
        result.setErrorCode(error.code()).setErrorMessage(message);
        return null;
    }

    /** The wait was cut short: deletion goes on, but the client is told that it may not be over. */
    static DeleteTopicsResponse timedOut(DeleteTopicsResponse response) {
        response.responses().stream()
                .filter(result -> result.errorCode() == ErrorCode.NONE.code())
                .forEach(result -> fail(result, ErrorCode.REQUEST_TIMED_OUT, "The deletion is still going on."));
        return response;
    }
}
