package io.ottla.broker.handler.reassignment;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest;
import io.ottla.protocol.message.AlterPartitionReassignmentsResponse;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Begins and cancels reassignments (KIP-455). */
public final class AlterPartitionReassignmentsHandler
        implements RequestHandler<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse> {
    private final Function<
                    AlterPartitionReassignmentsRequest, ? extends CompletionStage<AlterPartitionReassignmentsResponse>>
            controller;

    /** @param controller carries out the request; what is wrong with single partitions is in its response */
    public AlterPartitionReassignmentsHandler(
            Function<AlterPartitionReassignmentsRequest, ? extends CompletionStage<AlterPartitionReassignmentsResponse>>
                    controller) {
        this.controller = controller;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.ALTER_PARTITION_REASSIGNMENTS;
    }

    @Override
    public CompletionStage<@Nullable AlterPartitionReassignmentsResponse> handle(
            RequestContext context, AlterPartitionReassignmentsRequest request) {
        return controller.apply(request).thenApply(response -> response);
    }

    @Override
    public AlterPartitionReassignmentsResponse errorResponse(
            AlterPartitionReassignmentsRequest request, ErrorCode error, @Nullable String message) {
        return new AlterPartitionReassignmentsResponse()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
