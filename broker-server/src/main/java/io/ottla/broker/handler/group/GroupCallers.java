package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.GroupCaller;
import io.ottla.broker.request.RequestContext;
import java.util.Objects;

/** Tells the coordinator who calls. */
final class GroupCallers {
    private GroupCallers() {}

    static GroupCaller of(RequestContext context) {
        return new GroupCaller(
                Objects.requireNonNullElse(context.clientId(), ""),
                "/" + context.clientAddress().getHostAddress(),
                context.apiVersion());
    }
}
