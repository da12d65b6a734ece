package io.ottla.broker.handler.controller;

import io.ottla.broker.forward.ControllerHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterPartitionRequest;
import io.ottla.protocol.message.AlterPartitionResponse;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** AlterPartition (key 56): a leader wants other replicas in sync (KIP-497). */
public final class AlterPartitionHandler extends ControllerHandler<AlterPartitionRequest, AlterPartitionResponse> {

    public AlterPartitionHandler(
            Function<AlterPartitionRequest, ? extends CompletionStage<AlterPartitionResponse>> controller) {
        super(ApiKey.ALTER_PARTITION, controller);
    }

    @Override
    public AlterPartitionResponse errorResponse(
            AlterPartitionRequest request, ErrorCode error, @Nullable String message) {
        return new AlterPartitionResponse().setErrorCode(error.code());
    }

    @Override
    protected short errorCode(AlterPartitionResponse response) {
        return response.errorCode();
    }
}
