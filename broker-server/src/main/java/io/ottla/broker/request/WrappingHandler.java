package io.ottla.broker.request;

import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.schema.ApiMessage;
import org.jspecify.annotations.Nullable;

/** A handler of the same API around another one, which decides what becomes of a request on its way. */
public abstract class WrappingHandler<Q extends ApiMessage, S extends ApiMessage> implements RequestHandler<Q, S> {
    /** The handler inside. */
    protected final RequestHandler<Q, S> inner;

    protected WrappingHandler(RequestHandler<Q, S> inner) {
        this.inner = inner;
    }

    @Override
    public final ApiKey apiKey() {
        return inner.apiKey();
    }

    @Override
    public final short lowestVersion() {
        return inner.lowestVersion();
    }

    @Override
    public final short highestVersion() {
        return inner.highestVersion();
    }

    @Override
    public final @Nullable S errorResponse(Q request, ErrorCode error, @Nullable String message) {
        return inner.errorResponse(request, error, message);
    }
}
