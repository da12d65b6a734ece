package io.ottla.broker.handler.reassignment;

import io.ottla.broker.forward.ControllerHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest;
import io.ottla.protocol.message.AlterPartitionReassignmentsResponse;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Begins and cancels reassignments (KIP-455). */
public final class AlterPartitionReassignmentsHandler
        extends ControllerHandler<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse> {

    public AlterPartitionReassignmentsHandler(
            Function<AlterPartitionReassignmentsRequest, ? extends CompletionStage<AlterPartitionReassignmentsResponse>>
                    controller) {
        super(ApiKey.ALTER_PARTITION_REASSIGNMENTS, controller);
    }

    @Override
    public AlterPartitionReassignmentsResponse errorResponse(
            AlterPartitionReassignmentsRequest request, ErrorCode error, @Nullable String message) {
        return new AlterPartitionReassignmentsResponse()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    @Override
    protected short errorCode(AlterPartitionReassignmentsResponse response) {
        return response.errorCode();
    }
}
