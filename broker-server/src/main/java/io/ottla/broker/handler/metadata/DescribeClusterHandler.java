package io.ottla.broker.handler.metadata;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DescribeClusterRequest;
import io.ottla.protocol.message.DescribeClusterResponse;
import io.ottla.protocol.message.DescribeClusterResponse.DescribeClusterBroker;
import io.ottla.replication.metadata.MetadataCache;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** DescribeCluster (key 60, KIP-700). Brokers are never fenced here: who is not live is not listed. */
public final class DescribeClusterHandler implements RequestHandler<DescribeClusterRequest, DescribeClusterResponse> {

    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final MetadataCache metadata;
    private final String clusterId;

    public DescribeClusterHandler(MetadataCache metadata, String clusterId) {
        this.metadata = metadata;
        this.clusterId = clusterId;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.DESCRIBE_CLUSTER;
    }

    @Override
    public CompletionStage<@Nullable DescribeClusterResponse> handle(
            RequestContext context, DescribeClusterRequest request) {
        if (request.endpointType() == CONTROLLERS) {
            throw new ApiException(
                    ErrorCode.MISMATCHED_ENDPOINT_TYPE, "This is a broker's listener, not a controller's.");
        }
        if (request.endpointType() != BROKERS) {
            throw new ApiException(
                    ErrorCode.UNSUPPORTED_ENDPOINT_TYPE,
                    "Endpoint type " + request.endpointType() + " is neither 1 (brokers) nor 2 (controllers).");
        }
        ListenerView view = new ListenerView(metadata.image(), context.listenerName());
        DescribeClusterResponse response = new DescribeClusterResponse()
                .setEndpointType(BROKERS)
                .setClusterId(clusterId)
                .setControllerId(view.reachableControllerId());
        view.forEachBroker((broker, endpoint) -> response.brokers()
                .add(new DescribeClusterBroker()
                        .setBrokerId(broker.id())
                        .setHost(endpoint.host())
                        .setPort(endpoint.port())
                        .setRack(broker.rack())));
        if (request.includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.ALL_OF_CLUSTER);
        }
        return CompletableFuture.completedFuture(response);
    }

    @Override
    public DescribeClusterResponse errorResponse(
            DescribeClusterRequest request, ErrorCode error, @Nullable String message) {
        return new DescribeClusterResponse()
                .setErrorCode(error.code())
                .setErrorMessage(message)
                .setEndpointType(request.endpointType())
                .setClusterId(clusterId);
    }
}
