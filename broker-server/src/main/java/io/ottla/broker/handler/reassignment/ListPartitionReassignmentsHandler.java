package io.ottla.broker.handler.reassignment;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ListPartitionReassignmentsRequest;
import io.ottla.protocol.message.ListPartitionReassignmentsResponse;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lists the reassignments under way (KIP-455). */
public final class ListPartitionReassignmentsHandler
        implements RequestHandler<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse> {
    private final Function<
                    ListPartitionReassignmentsRequest, ? extends CompletionStage<ListPartitionReassignmentsResponse>>
            controller;

    /** @param controller knows what is under way */
    public ListPartitionReassignmentsHandler(
            Function<ListPartitionReassignmentsRequest, ? extends CompletionStage<ListPartitionReassignmentsResponse>>
                    controller) {
        this.controller = controller;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.LIST_PARTITION_REASSIGNMENTS;
    }

    @Override
    public CompletionStage<@Nullable ListPartitionReassignmentsResponse> handle(
            RequestContext context, ListPartitionReassignmentsRequest request) {
        return controller.apply(request).thenApply(response -> response);
    }

    @Override
    public ListPartitionReassignmentsResponse errorResponse(
            ListPartitionReassignmentsRequest request, ErrorCode error, @Nullable String message) {
        return new ListPartitionReassignmentsResponse()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
