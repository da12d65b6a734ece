package io.ottla.broker.request;

import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Serves one API. One instance serves all connections on all loops at once, so it keeps no state of its own that is not
 * thread-safe.
 *
 * @param <Q> the request
 * @param <S> the response
 */
public interface RequestHandler<Q extends ApiMessage, S extends ApiMessage> {

    /** The API served. */
    ApiKey apiKey();

    /** The lowest version served, inclusive; the schema's unless overridden. ApiVersions advertises it. */
    default short lowestVersion() {
        return apiKey().lowestVersion();
    }

    /** The highest version served, inclusive; the schema's unless overridden. ApiVersions advertises it. */
    default short highestVersion() {
        return apiKey().highestVersion();
    }

    /**
     * Serves a request. Called on the connection's event loop and must not block.
     *
     * <p>The stage may complete on any thread. Null means "no response" (acks=0). A failure, thrown or in the stage, is
     * answered with {@link #errorResponse}: an {@code ApiException} with its own code, anything else with
     * UNKNOWN_SERVER_ERROR and one line in the log. Record slices of the request are valid until the stage completes or
     * {@link RequestContext#releaseRequest} is called; nothing else of the request shares memory with its frame.
     */
    CompletionStage<@Nullable S> handle(RequestContext context, Q request);

    /**
     * The response to a request that failed as a whole, with the error in every place where a client looks for it. Null
     * closes the connection instead, which is how a request that expects no response (acks=0) reports its failure.
     *
     * @param message what went wrong, for responses that have a place for it
     */
    @Nullable
    S errorResponse(Q request, ErrorCode error, @Nullable String message);
}
