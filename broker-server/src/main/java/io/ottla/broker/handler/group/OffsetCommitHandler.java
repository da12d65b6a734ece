package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.coordinator.group.GroupOffsets;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.OffsetCommitRequest;
import io.ottla.protocol.message.OffsetCommitResponse;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Commits the offsets of groups. Stateless. */
public final class OffsetCommitHandler implements RequestHandler<OffsetCommitRequest, OffsetCommitResponse> {
    private final GroupCoordinator coordinator;

    public OffsetCommitHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.OFFSET_COMMIT;
    }

    @Override
    public CompletionStage<@Nullable OffsetCommitResponse> handle(RequestContext context, OffsetCommitRequest request) {
        return coordinator.offsets().commit(GroupCallers.of(context), request);
    }

    @Override
    public OffsetCommitResponse errorResponse(OffsetCommitRequest request, ErrorCode error, @Nullable String message) {
        return GroupOffsets.failed(request, error);
    }
}
