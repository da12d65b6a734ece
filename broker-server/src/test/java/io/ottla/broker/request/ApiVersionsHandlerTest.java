package io.ottla.broker.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.ottla.broker.cli.StartupException;
import io.ottla.broker.feature.ClusterFeatures;
import io.ottla.controller.FinalizedFeatures;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ApiVersionsRequest;
import io.ottla.protocol.message.ApiVersionsResponse;
import io.ottla.protocol.schema.MessageReader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ApiVersions says what the registry holds, and checks what clients say of themselves. */
class ApiVersionsHandlerTest {

    private static final int BROKER_ID = 7;

    private final ClusterFeatures features = new ClusterFeatures();
    private final HandlerRegistry registry = new HandlerRegistry(
            List.of(new HeldHandler(ApiKey.PRODUCE), new HeldHandler(ApiKey.METADATA)),
            new BrokerIdentity("cluster", BROKER_ID),
            features);
    private final FakeConnection connection = new FakeConnection();
    private final RequestMemory memory = new RequestMemory(1 << 20);
    private final RequestPipeline pipeline =
            new RequestPipeline(new RequestServices(registry, memory, 10), connection, connection);

    @AfterEach
    void release() {
        connection.release();
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 2, 3, 4, 5})
    void listsWhatIsRegistered(short version) {
        ApiVersionsResponse response = ask(client("client", "1.0"), version);
        assertThat(response.errorCode()).isEqualTo(ErrorCode.NONE.code());
        assertThat(response.apiKeys())
                .extracting(key -> "%d: %d-%d".formatted(key.apiKey(), key.minVersion(), key.maxVersion()))
                .containsExactly(
                        "0: 0-" + ApiKey.PRODUCE.highestVersion(),
                        "3: 0-" + ApiKey.METADATA.highestVersion(),
                        "18: 0-" + ApiKey.API_VERSIONS.highestVersion());
        assertThat(response.finalizedFeaturesEpoch()).isEqualTo(-1);
        assertThat(response.finalizedFeatures()).isEmpty();
    }

    @Test
    void offersFeaturesToThoseWhoCanReadThem() {
        ApiVersionsResponse response = ask(client("client", "1.0"), (short) 4);
        assertThat(response.supportedFeatures())
                .extracting(each -> "%s: %d-%d".formatted(each.name(), each.minVersion(), each.maxVersion()))
                .containsExactly("transaction.version: 0-2");
        assertThat(ask(client("client", "1.0"), (short) 3).supportedFeatures())
                .as("a lowest level of 0 cannot be read by clients that know no better version")
                .isEmpty();
    }

    @Test
    void followsTheFeaturesOfTheCluster() {
        features.begin(new FinalizedFeatures(3, new TreeMap<>(Map.of("transaction.version", 2))));
        assertFinalized((short) 3, 3, "transaction.version: 2-2");
        assertFinalized((short) 5, 3, "transaction.version: 2-2");
        features.update(new FinalizedFeatures(4, new TreeMap<>(Map.of("transaction.version", 3))));
        assertFinalized((short) 5, 3, "transaction.version: 2-2");
        features.update(new FinalizedFeatures(5, new TreeMap<>()));
        assertFinalized((short) 5, 5);
    }

    private void assertFinalized(short version, long epoch, String... levels) {
        ApiVersionsResponse response = ask(client("client", "1.0"), version);
        assertThat(response.finalizedFeaturesEpoch()).isEqualTo(epoch);
        assertThat(response.finalizedFeatures())
                .extracting(each -> "%s: %d-%d".formatted(each.name(), each.minVersionLevel(), each.maxVersionLevel()))
                .containsExactly(levels);
    }

    @Test
    void aBrokerDoesNotJoinAClusterWhoseFeaturesItDoesNotHave() {
        FinalizedFeatures foreign = new FinalizedFeatures(1, new TreeMap<>(Map.of("share.version", 1)));
        assertThatThrownBy(() -> features.begin(foreign))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("share.version")
                .hasMessageContaining("kafka-features.sh");
    }

    @Test
    void remembersTheClientsSoftware() {
        ask(client("apache-kafka-java", "4.4.0"), (short) 4);
        assertThat(connection.clientSoftware())
                .isEqualTo(new ClientConnection.ClientSoftware("apache-kafka-java", "4.4.0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-client", "client-", "a b", "a\nb", "é"})
    void refusesSoftwareNamesThatAreNone(String name) {
        ApiVersionsResponse byName = ask(client(name, "1.0"), (short) 3);
        assertThat(byName.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(byName.apiKeys()).isEmpty();
        assertThat(ask(client("client", name), (short) 3).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
    }

    @Test
    void tellsAClientThatMeansAnotherBrokerToBootstrapAnew() {
        assertThat(ask(client("c", "1").setClusterId("cluster").setNodeId(BROKER_ID), (short) 5)
                        .errorCode())
                .isEqualTo(ErrorCode.NONE.code());
        assertThat(ask(client("c", "1").setClusterId("cluster").setNodeId(8), (short) 5)
                        .errorCode())
                .isEqualTo(ErrorCode.REBOOTSTRAP_REQUIRED.code());
        assertThat(ask(client("c", "1").setClusterId("other").setNodeId(BROKER_ID), (short) 5)
                        .errorCode())
                .isEqualTo(ErrorCode.REBOOTSTRAP_REQUIRED.code());
        assertThat(ask(client("c", "1").setClusterId("cluster"), (short) 5).errorCode())
                .isEqualTo(ErrorCode.INVALID_REQUEST.code());
    }

    @Test
    void refusesTwoHandlersOfOneApi() {
        List<HeldHandler> twice = List.of(new HeldHandler(ApiKey.FETCH), new HeldHandler(ApiKey.FETCH));
        assertThatThrownBy(() -> new HandlerRegistry(twice, new BrokerIdentity("cluster", 1), new ClusterFeatures()))
                .hasMessage("two handlers serve FETCH");
    }

    private static ApiVersionsRequest client(String name, String version) {
        return new ApiVersionsRequest().setClientSoftwareName(name).setClientSoftwareVersion(version);
    }

    private ApiVersionsResponse ask(ApiVersionsRequest request, short version) {
        ByteBuf frame = RequestFrames.frame(version < 3 ? new ApiVersionsRequest() : request, version, 1);
        memory.tryReserve(frame.readableBytes());
        pipeline.onFrame(frame);
        frame.release();
        ByteBuf answer = connection.written.get(connection.written.size() - 1);
        answer.readInt();
        ApiVersionsResponse response = new ApiVersionsResponse();
        response.read(new MessageReader(answer), version);
        assertThat(answer.isReadable()).isFalse();
        return response;
    }
}
