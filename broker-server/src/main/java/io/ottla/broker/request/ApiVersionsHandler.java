package io.ottla.broker.request;

import io.ottla.broker.request.ClientConnection.ClientSoftware;
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
 * Tells clients what is served, as the registry has it. A broker on ZooKeeper has no features to offer and leaves their
 * fields at the schema's defaults (KIP-584), as Apache Kafka 3.9 does. Immutable.
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
    private final List<CompletionStage<@Nullable ApiMessage>> answersByVersion = new ArrayList<>();

    ApiVersionsHandler(List<ApiRange> othersServed, BrokerIdentity identity) {
        this.served = new ArrayList<>(othersServed);
        this.identity = identity;
        served.add(new ApiRange(ApiKey.API_VERSIONS, lowestVersion(), highestVersion()));
        served.sort(Comparator.comparingInt(range -> range.key().id()));
        for (short version = 0; version <= highestVersion(); version++) {
            ApiMessage answer = EncodedResponse.of(response(ErrorCode.NONE, served), version);
            answersByVersion.add(CompletableFuture.completedFuture(answer));
        }
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
        return mismatch == ErrorCode.NONE ? answersByVersion.get(version) : failed(mismatch);
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
