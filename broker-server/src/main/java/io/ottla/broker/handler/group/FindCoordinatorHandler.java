package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.CoordinatorDirectory;
import io.ottla.broker.coordinator.group.GroupCoordinator;
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
 * Says which broker coordinates a group: the leader of its partition of the offsets topic, which is created when it is first
 * asked for. Stateless. There are no coordinators of transactions and of share groups yet, and the answers say so.
 */
public final class FindCoordinatorHandler implements RequestHandler<FindCoordinatorRequest, FindCoordinatorResponse> {
    private static final byte GROUP = 0;
    private static final byte TRANSACTION = 1;
    /** From this version on a request asks for several coordinators. */
    private static final short BATCHED_VERSION = 4;

    private static final int NO_NODE = -1;

    private final GroupCoordinator groups;
    private final CoordinatorDirectory directory;

    public FindCoordinatorHandler(GroupCoordinator groups, CoordinatorDirectory directory) {
        this.groups = groups;
        this.directory = directory;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.FIND_COORDINATOR;
    }

    @Override
    public CompletionStage<@Nullable FindCoordinatorResponse> handle(
            RequestContext context, FindCoordinatorRequest request) {
        if (request.keyType() != GROUP || directory.exists(GroupCoordinator.TOPIC)) {
            return CompletableFuture.completedFuture(respond(context, request));
        }
        return directory.create(GroupCoordinator.TOPIC).handle((created, cause) -> respond(context, request));
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
        if (keyType == TRANSACTION) {
            return failed(
                    key, ErrorCode.COORDINATOR_NOT_AVAILABLE, "transactions are not coordinated by this broker yet");
        }
        if (keyType != GROUP) {
            return failed(key, ErrorCode.INVALID_REQUEST, "coordinator key type " + keyType + ", expected 0 or 1");
        }
        int partition = groups.partitionFor(key);
        CoordinatorDirectory.Node node = directory.leader(GroupCoordinator.TOPIC, partition, context.listenerName());
        if (node == null) {
            return failed(
                    key,
                    ErrorCode.COORDINATOR_NOT_AVAILABLE,
                    GroupCoordinator.TOPIC + "-" + partition + " has no leader on listener " + context.listenerName());
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
