package io.ottla.broker.request;

/**
 * What the pipelines of all connections share.
 *
 * @param maxInFlight the requests of one connection that may be in flight, {@code queued.max.requests}
 * @param strings what was read lately, for all connections of a loop together
 */
public record RequestServices(HandlerRegistry registry, RequestMemory memory, int maxInFlight, LoopStrings strings) {

    public RequestServices(HandlerRegistry registry, RequestMemory memory, int maxInFlight) {
        this(registry, memory, maxInFlight, new LoopStrings());
    }
}
