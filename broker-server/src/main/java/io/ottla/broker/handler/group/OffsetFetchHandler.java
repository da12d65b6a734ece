package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.coordinator.group.GroupOffsets;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.OffsetFetchRequest;
import io.ottla.protocol.message.OffsetFetchResponse;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Reads the offsets of groups. Stateless. */
public final class OffsetFetchHandler implements RequestHandler<OffsetFetchRequest, OffsetFetchResponse> {
    private final GroupCoordinator coordinator;

    public OffsetFetchHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.OFFSET_FETCH;
    }

    @Override
    public CompletionStage<@Nullable OffsetFetchResponse> handle(RequestContext context, OffsetFetchRequest request) {
        return coordinator.offsets().fetch(GroupCallers.of(context), request);
    }

    @Override
    public OffsetFetchResponse errorResponse(OffsetFetchRequest request, ErrorCode error, @Nullable String message) {
        return GroupOffsets.failed(request, error);
    }
}
