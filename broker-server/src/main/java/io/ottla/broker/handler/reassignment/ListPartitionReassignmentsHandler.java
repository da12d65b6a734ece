package io.ottla.broker.handler.reassignment;

import io.ottla.broker.forward.ControllerHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ListPartitionReassignmentsRequest;
import io.ottla.protocol.message.ListPartitionReassignmentsResponse;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lists the reassignments under way (KIP-455). */
public final class ListPartitionReassignmentsHandler
        extends ControllerHandler<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse> {

    public ListPartitionReassignmentsHandler(
            Function<ListPartitionReassignmentsRequest, ? extends CompletionStage<ListPartitionReassignmentsResponse>>
                    controller) {
        super(ApiKey.LIST_PARTITION_REASSIGNMENTS, controller);
    }

    @Override
    public ListPartitionReassignmentsResponse errorResponse(
            ListPartitionReassignmentsRequest request, ErrorCode error, @Nullable String message) {
        return new ListPartitionReassignmentsResponse()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    @Override
    protected short errorCode(ListPartitionReassignmentsResponse response) {
        return response.errorCode();
    }
}
