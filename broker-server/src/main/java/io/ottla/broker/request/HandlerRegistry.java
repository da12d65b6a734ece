package io.ottla.broker.request;

import io.ottla.broker.feature.ClusterFeatures;
import io.ottla.protocol.api.ApiKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which handler serves which API; what is not in here is neither served nor advertised. Immutable. */
public final class HandlerRegistry {

    private final @Nullable RequestHandler<?, ?>[] byId;
    private final List<RequestHandler<?, ?>> handlers;
    private final ApiVersionsHandler apiVersions;

    /**
     * Registers the handlers, and one for ApiVersions that is derived from them.
     *
     * @param features what ApiVersions says of them
     * @throws IllegalArgumentException when two handlers serve one API, or one offers versions its schema does not have
     */
    public HandlerRegistry(
            Collection<? extends RequestHandler<?, ?>> handlers, BrokerIdentity identity, ClusterFeatures features) {
        List<RequestHandler<?, ?>> sorted = new ArrayList<>(handlers);
        List<ApiRange> served = new ArrayList<>();
        sorted.forEach(handler -> served.add(ApiRange.of(handler)));
        this.apiVersions = new ApiVersionsHandler(served, identity, features);
        sorted.add(apiVersions);
        sorted.sort(Comparator.comparingInt(handler -> handler.apiKey().id()));
        this.handlers = List.copyOf(sorted);
        this.byId =
                new RequestHandler<?, ?>[sorted.get(sorted.size() - 1).apiKey().id() + 1];
        for (RequestHandler<?, ?> handler : sorted) {
            register(handler);
        }
    }

    private void register(RequestHandler<?, ?> handler) {
        ApiKey key = handler.apiKey();
        if (byId[key.id()] != null) {
            throw new IllegalArgumentException("two handlers serve " + key);
        }
        byId[key.id()] = handler;
    }

    /** The handler of an API, or null when it is not served. The id may be any number off the wire. */
    public @Nullable RequestHandler<?, ?> handler(int apiKeyId) {
        return apiKeyId >= 0 && apiKeyId < byId.length ? byId[apiKeyId] : null;
    }

    ApiVersionsHandler apiVersions() {
        return apiVersions;
    }

    /** All handlers in the order of their API keys. */
    public List<RequestHandler<?, ?>> handlers() {
        return handlers;
    }
}
