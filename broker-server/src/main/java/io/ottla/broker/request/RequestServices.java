package io.ottla.broker.request;

import io.netty.util.internal.PlatformDependent;
import io.ottla.broker.config.NetworkConfig;

/**
 * What the pipelines of all connections share.
 *
 * @param maxInFlight the requests of one connection that may be in flight, {@code queued.max.requests}
 */
public record RequestServices(HandlerRegistry registry, RequestMemory memory, int maxInFlight) {

    /** The share of direct memory that requests may take when the configuration sets no bound: half. */
    private static final int UNBOUNDED_SHARE_DIVISOR = 2;

    /** The bounds of the configuration. Without one for memory, requests may take half of what the process may have. */
    public static RequestServices of(HandlerRegistry registry, NetworkConfig config) {
        long limitBytes = config.queuedMaxRequestBytes() > 0
                ? config.queuedMaxRequestBytes()
                : PlatformDependent.estimateMaxDirectMemory() / UNBOUNDED_SHARE_DIVISOR;
        return new RequestServices(registry, new RequestMemory(limitBytes), config.queuedMaxRequests());
    }
}
