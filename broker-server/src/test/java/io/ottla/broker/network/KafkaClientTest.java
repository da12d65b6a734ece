package io.ottla.broker.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.request.AnsweringHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.message.DescribeClusterResponse;
import io.ottla.protocol.message.MetadataResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Apache Kafka's own client negotiates versions with the server and understands its answers. */
class KafkaClientTest {

    private static final int BROKER_ID = 1;
    private static final int TIMEOUT_MS = 20_000;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void negotiatesVersionsAndDescribesTheCluster(boolean nio) throws Exception {
        AtomicInteger port = new AtomicInteger();
        TestServer.Builder builder = TestServer.with(
                new AnsweringHandler(ApiKey.METADATA, request -> metadata(port.get())),
                new AnsweringHandler(ApiKey.DESCRIBE_CLUSTER, request -> cluster(port.get())));
        try (TestServer server = (nio ? builder.nio() : builder).start()) {
            port.set(server.port());
            Map<String, Object> config = Map.of(
                    AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                    "127.0.0.1:" + server.port(),
                    AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                    TIMEOUT_MS,
                    AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                    TIMEOUT_MS / 2);
            try (Admin admin = Admin.create(config)) {
                DescribeClusterResult described = admin.describeCluster();
                assertThat(described.clusterId().get(TIMEOUT_MS, TimeUnit.MILLISECONDS))
                        .isEqualTo("cluster");
                assertThat(described.nodes().get(TIMEOUT_MS, TimeUnit.MILLISECONDS))
                        .singleElement()
                        .satisfies(node -> assertThat(node.id()).isEqualTo(BROKER_ID));
                FeatureMetadata features =
                        admin.describeFeatures().featureMetadata().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
                assertThat(features.supportedFeatures().keySet()).containsExactly("transaction.version");
                assertThat(features.finalizedFeaturesEpoch()).isEmpty();
            }
            assertThat(server.log).isEmpty();
        }
    }

    private static MetadataResponse metadata(int port) {
        return new MetadataResponse()
                .setClusterId("cluster")
                .setControllerId(BROKER_ID)
                .setBrokers(List.of(new MetadataResponse.MetadataResponseBroker()
                        .setNodeId(BROKER_ID)
                        .setHost("127.0.0.1")
                        .setPort(port)));
    }

    private static DescribeClusterResponse cluster(int port) {
        return new DescribeClusterResponse()
                .setClusterId("cluster")
                .setControllerId(BROKER_ID)
                .setBrokers(List.of(new DescribeClusterResponse.DescribeClusterBroker()
                        .setBrokerId(BROKER_ID)
                        .setHost("127.0.0.1")
                        .setPort(port)));
    }
}
