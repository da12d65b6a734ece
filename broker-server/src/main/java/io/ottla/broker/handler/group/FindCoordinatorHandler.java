package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.CoordinatorDirectory;
import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.coordinator.runtime.Coordination;
import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FindCoordinatorRequest;
import io.ottla.protocol.message.FindCoordinatorResponse;
import io.ottla.protocol.message.FindCoordinatorResponse.Coordinator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Says which broker coordinates a group or a transactional id: the leader of its partition of the internal topic, which is
 * created when it is first asked for. Stateless. There are no coordinators of share groups yet, and the answers say so.
 *
 * <p>A broker that coordinates, but cannot commit, may have been replaced without hearing of it. No answer would help a client
 * whose only connection is to that broker, since it asks there again; so the connection is closed, and it asks another one.
 */
public final class FindCoordinatorHandler implements RequestHandler<FindCoordinatorRequest, FindCoordinatorResponse> {
    private static final byte GROUP = 0;
    private static final byte TRANSACTION = 1;
    /** From this version on a request asks for several coordinators. */
    private static final short BATCHED_VERSION = 4;

    private static final int NO_NODE = -1;

    private final Coordination groups;
    private final Coordination transactions;
    private final CoordinatorDirectory directory;

    public FindCoordinatorHandler(Coordination groups, Coordination transactions, CoordinatorDirectory directory) {
        this.groups = groups;
        this.transactions = transactions;
        this.directory = directory;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.FIND_COORDINATOR;
    }

    @Override
    public CompletionStage<@Nullable FindCoordinatorResponse> handle(
            RequestContext context, FindCoordinatorRequest request) {
        String topic = topicOf(request.keyType());
        if (topic != null && keysOf(context, request).stream().anyMatch(key -> isStalled(request.keyType(), key))) {
            context.closeConnection("another broker may know better who coordinates what this one cannot commit");
            return CompletableFuture.completedFuture(null);
        }
        if (topic == null || directory.exists(topic)) {
            return CompletableFuture.completedFuture(respond(context, request));
        }
        return directory.create(topic).handle((created, cause) -> respond(context, request));
    }

    private static List<String> keysOf(RequestContext context, FindCoordinatorRequest request) {
        return context.apiVersion() < BATCHED_VERSION ? List.of(request.key()) : request.coordinatorKeys();
    }

    private boolean isStalled(byte keyType, String key) {
        Coordination asked = coordination(keyType);
        return asked.isStalled(asked.partitionFor(key));
    }

    private Coordination coordination(byte keyType) {
        return keyType == GROUP ? groups : transactions;
    }

    private static @Nullable String topicOf(byte keyType) {
        return switch (keyType) {
            case GROUP -> GroupCoordinator.TOPIC;
            case TRANSACTION -> TransactionCoordinator.TOPIC;
            default -> null;
        };
    }

    private FindCoordinatorResponse respond(RequestContext context, FindCoordinatorRequest request) {
        if (context.apiVersion() < BATCHED_VERSION) {
            return single(find(context, request.keyType(), request.key()));
        }
        FindCoordinatorResponse response = new FindCoordinatorResponse();
        request.coordinatorKeys().forEach(key -> response.coordinators().add(find(context, request.keyType(), key)));
        return response;
    }

    private Coordinator find(RequestContext context, byte keyType, String key) {
        String topic = topicOf(keyType);
        if (topic == null) {
            return failed(key, ErrorCode.INVALID_REQUEST, "coordinator key type " + keyType + ", expected 0 or 1");
        }
        if (key.isEmpty() && keyType == TRANSACTION) {
            return failed(key, ErrorCode.INVALID_REQUEST, "a transactional id must not be empty");
        }
        int partition = coordination(keyType).partitionFor(key);
        CoordinatorDirectory.Node node = directory.leader(topic, partition, context.listenerName());
        if (node == null) {
            return failed(
                    key,
                    ErrorCode.COORDINATOR_NOT_AVAILABLE,
                    topic + "-" + partition + " has no leader on listener " + context.listenerName());
        }
        return new Coordinator()
                .setKey(key)
                .setNodeId(node.id())
                .setHost(node.host())
                .setPort(node.port());
    }

    private static Coordinator failed(String key, ErrorCode error, @Nullable String message) {
        return new Coordinator()
                .setKey(key)
                .setNodeId(NO_NODE)
                .setHost("")
                .setPort(-1)
                .setErrorCode(error.code())
                .setErrorMessage(message == null ? error.message() : message);
    }

    private static FindCoordinatorResponse single(Coordinator coordinator) {
        return new FindCoordinatorResponse()
                .setErrorCode(coordinator.errorCode())
                .setErrorMessage(coordinator.errorMessage())
                .setNodeId(coordinator.nodeId())
                .setHost(coordinator.host())
                .setPort(coordinator.port());
    }

    @Override
    public FindCoordinatorResponse errorResponse(
            FindCoordinatorRequest request, ErrorCode error, @Nullable String message) {
        List<String> keys = request.coordinatorKeys();
        if (keys.isEmpty()) {
            return single(failed(request.key(), error, message));
        }
        FindCoordinatorResponse response = new FindCoordinatorResponse();
        keys.forEach(key -> response.coordinators().add(failed(key, error, message)));
        return response;
    }
}
