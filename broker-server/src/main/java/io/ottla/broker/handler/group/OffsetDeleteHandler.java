package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.OffsetDeleteRequest;
import io.ottla.protocol.message.OffsetDeleteResponse;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Deletes offsets of groups. Stateless. */
public final class OffsetDeleteHandler implements RequestHandler<OffsetDeleteRequest, OffsetDeleteResponse> {
    private final GroupCoordinator coordinator;

    public OffsetDeleteHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.OFFSET_DELETE;
    }

    @Override
    public CompletionStage<@Nullable OffsetDeleteResponse> handle(RequestContext context, OffsetDeleteRequest request) {
        return coordinator.offsets().delete(request);
    }

    @Override
    public OffsetDeleteResponse errorResponse(OffsetDeleteRequest request, ErrorCode error, @Nullable String message) {
        return new OffsetDeleteResponse().setErrorCode(error.code());
    }
}
