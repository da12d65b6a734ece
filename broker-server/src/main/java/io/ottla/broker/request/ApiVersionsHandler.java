package io.ottla.broker.request;

import io.ottla.broker.feature.ClusterFeatures;
import io.ottla.broker.request.ClientConnection.ClientSoftware;
import io.ottla.controller.FinalizedFeatures;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ApiVersionsRequest;
import io.ottla.protocol.message.ApiVersionsResponse;
import io.ottla.protocol.schema.ApiMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells clients what is served, as the registry has it, and which features the cluster has (KIP-584). Thread-safe: answers
 * are encoded once for all, and anew when the features have changed.
 */
final class ApiVersionsHandler implements RequestHandler<ApiVersionsRequest, ApiMessage> {

    /** What a client's name and version for itself may look like (KIP-511). */
    private static final Pattern CLIENT_SOFTWARE = Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9\\-.]*[a-zA-Z0-9])?");

    /** From this version on a client says what software it is. */
    private static final short CLIENT_SOFTWARE_VERSION = 3;

    /** From this version on a client may say whom it means to talk to (KIP-1242). */
    private static final short IDENTITY_VERSION = 5;

    private static final int UNKNOWN_NODE_ID = -1;

    private final List<ApiRange> served;
    private final BrokerIdentity identity;
    private final ClusterFeatures features;
    private volatile Answers answers;

    /** The answers by version, as long as the features are these. */
    private record Answers(FinalizedFeatures features, List<CompletionStage<@Nullable ApiMessage>> byVersion) {}

    ApiVersionsHandler(List<ApiRange> othersServed, BrokerIdentity identity, ClusterFeatures features) {
        this.served = new ArrayList<>(othersServed);
        this.identity = identity;
        served.add(new ApiRange(ApiKey.API_VERSIONS, lowestVersion(), highestVersion()));
        served.sort(Comparator.comparingInt(range -> range.key().id()));
        this.features = features;
        this.answers = encode(features.finalized());
    }

    private Answers encode(FinalizedFeatures finalized) {
        List<CompletionStage<@Nullable ApiMessage>> byVersion = new ArrayList<>();
        for (short version = 0; version <= highestVersion(); version++) {
            ApiVersionsResponse response = response(ErrorCode.NONE, served);
            FeatureList.add(response, version, finalized);
            byVersion.add(CompletableFuture.completedFuture(EncodedResponse.of(response, version)));
        }
        return new Answers(finalized, byVersion);
    }

    private CompletionStage<@Nullable ApiMessage> answer(short version) {
        FinalizedFeatures now = features.finalized();
        Answers current = answers;
        if (!current.features.equals(now)) {
            current = encode(now);
            answers = current;
        }
        return current.byVersion.get(version);
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.API_VERSIONS;
    }

    @Override
    public CompletionStage<@Nullable ApiMessage> handle(RequestContext context, ApiVersionsRequest request) {
        short version = context.apiVersion();
        if (version >= CLIENT_SOFTWARE_VERSION) {
            if (!isValidSoftware(request.clientSoftwareName()) || !isValidSoftware(request.clientSoftwareVersion())) {
                return failed(ErrorCode.INVALID_REQUEST);
            }
            context.connection()
                    .setClientSoftware(
                            new ClientSoftware(request.clientSoftwareName(), request.clientSoftwareVersion()));
        }
        ErrorCode mismatch = version >= IDENTITY_VERSION ? checkIdentity(request) : ErrorCode.NONE;
        return mismatch == ErrorCode.NONE ? answer(version) : failed(mismatch);
    }

    private static boolean isValidSoftware(String name) {
        return CLIENT_SOFTWARE.matcher(name).matches();
    }

    private ErrorCode checkIdentity(ApiVersionsRequest request) {
        String clusterId = request.clusterId();
        if ((clusterId == null) != (request.nodeId() == UNKNOWN_NODE_ID)) {
            return ErrorCode.INVALID_REQUEST;
        }
        boolean isMeant = clusterId == null
                || (clusterId.equals(identity.clusterId()) && request.nodeId() == identity.brokerId());
        return isMeant ? ErrorCode.NONE : ErrorCode.REBOOTSTRAP_REQUIRED;
    }

    private CompletionStage<@Nullable ApiMessage> failed(ErrorCode error) {
        return CompletableFuture.completedFuture(response(error, List.of()));
    }

    /** The answer, at version 0, to a request of a version that is unknown here. */
    ApiMessage unsupportedVersion() {
        return response(ErrorCode.UNSUPPORTED_VERSION, served);
    }

    @Override
    public ApiMessage errorResponse(ApiVersionsRequest request, ErrorCode error, @Nullable String message) {
        return response(error, List.of());
    }

    private static ApiVersionsResponse response(ErrorCode error, List<ApiRange> ranges) {
        List<ApiVersionsResponse.ApiVersion> keys = new ArrayList<>(ranges.size());
        for (ApiRange range : ranges) {
            keys.add(new ApiVersionsResponse.ApiVersion()
                    .setApiKey(range.key().id())
                    .setMinVersion(advertisedLowest(range))
                    .setMaxVersion(range.highest()));
        }
        return new ApiVersionsResponse().setErrorCode(error.code()).setApiKeys(keys);
    }

    /** librdkafka takes codecs for unsupported unless Produce 0 is advertised, though it never sends it (KAFKA-18659). */
    private static short advertisedLowest(ApiRange range) {
        return range.key() == ApiKey.PRODUCE ? 0 : range.lowest();
    }
}
