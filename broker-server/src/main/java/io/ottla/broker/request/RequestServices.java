package io.ottla.broker.request;

/**
 * What the pipelines of all connections share.
 *
 * @param maxInFlight the requests of one connection that may be in flight, {@code queued.max.requests}
 */
public record RequestServices(HandlerRegistry registry, RequestMemory memory, int maxInFlight) {}
