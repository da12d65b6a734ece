package io.ottla.broker.handler.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.ConfigDescriber;
import io.ottla.broker.config.DynamicConfig;
import io.ottla.broker.request.RequestContext;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterConfigsRequest;
import io.ottla.protocol.message.AlterConfigsResponse;
import io.ottla.protocol.message.DescribeConfigsRequest;
import io.ottla.protocol.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import io.ottla.protocol.message.DescribeConfigsResponse.DescribeConfigsResult;
import io.ottla.protocol.message.IncrementalAlterConfigsRequest;
import io.ottla.protocol.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.ottla.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import io.ottla.protocol.message.IncrementalAlterConfigsResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The three handlers over settings that are kept in a map. */
class ConfigHandlersTest {
    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    private final MapStore store = new MapStore();
    private final DynamicConfig config = new DynamicConfig(BrokerConfig.of(
            Map.of("broker.id", "1", "log.retention.hours", "2", "my.secret", "x", "num.network.threads", "6")));
    private final Predicate<String> topicExists = "orders"::equals;
    private final ConfigAlteration alteration = new ConfigAlteration(config, store, topicExists, 1);
    private final DescribeConfigsHandler describe =
            new DescribeConfigsHandler(new ConfigDescriber(config), store, topicExists, 1);

    @Test
    void aTopicsSettingsNameTheirSourcesAndSynonyms() {
        store.put("TOPIC/orders", Map.of("retention.bytes", "5"));
        config.applyClusterWide(Map.of("log.retention.bytes", "7"));
        assertThat(lines(describe("orders", ConfigResource.TOPIC, "retention.bytes", "retention.ms", "flush.ms")))
                .containsExactly(
                        "flush.ms=9223372036854775807 source=5 type=5 {}",
                        "retention.bytes=5 source=1 type=5 {1:retention.bytes=5, 3:log.retention.bytes=7,"
                                + " 5:log.retention.bytes=-1}",
                        "retention.ms=7200000 source=5 type=5 {}");
        assertThat(describe("orders", ConfigResource.TOPIC).configs()).hasSize(36);
    }

    @Test
    void aBrokersSettingsAreAllOfThemWithSecretsWithheld() {
        config.applyPerBroker(Map.of("num.io.threads", "3"));
        DescribeConfigsResult all = describe("1", ConfigResource.BROKER);
        assertThat(all.configs()).hasSizeGreaterThan(300);
        assertThat(lines(describe(
                        "1",
                        ConfigResource.BROKER,
                        "num.io.threads",
                        "broker.id",
                        "my.secret",
                        "ssl.key.password",
                        "log.retention.hours",
                        "log.retention.ms",
                        "log.dirs")))
                .containsExactly(
                        "broker.id=1 source=4 type=3 read-only {4:broker.id=1, 5:broker.id=-1}",
                        "log.dirs=null source=5 type=2 read-only {}",
                        "log.retention.hours=2 source=4 type=3 read-only {4:log.retention.hours=2,"
                                + " 5:log.retention.hours=168}",
                        "log.retention.ms=null source=5 type=5 {}",
                        "my.secret=null source=4 type=0 sensitive read-only {4:my.secret=null}",
                        "num.io.threads=3 source=2 type=3 {2:num.io.threads=3, 5:num.io.threads=8}",
                        "ssl.key.password=null source=5 type=9 sensitive {}");
    }

    @Test
    void aStoredSettingThatCountsInTheFileOnlyIsToldBehindWhatIsInEffect() {
        config.applyClusterWide(Map.of("num.replica.fetchers", "4", "num.network.threads", "5"));
        config.applyPerBroker(Map.of("listeners", "PLAINTEXT://:1"));
        assertThat(config.current().listeners().bound().get(0).port()).isEqualTo(9092);
        assertThat(lines(describe("1", ConfigResource.BROKER, "num.replica.fetchers", "num.network.threads")))
                .containsExactly(
                        "num.network.threads=6 source=4 type=3 {4:num.network.threads=6, 5:num.network.threads=3,"
                                + " 3:num.network.threads=5}",
                        "num.replica.fetchers=1 source=5 type=3 {5:num.replica.fetchers=1,"
                                + " 3:num.replica.fetchers=4}");
        assertThat(lines(describe("", ConfigResource.BROKER)))
                .contains("num.replica.fetchers=4 source=3 type=3 {3:num.replica.fetchers=4}");
    }

    @Test
    void withoutABrokersIdTheDynamicDefaultsAreTold() {
        assertThat(describe("", ConfigResource.BROKER).configs()).isEmpty();
        config.applyClusterWide(Map.of("message.max.bytes", "9"));
        assertThat(lines(describe("", ConfigResource.BROKER)))
                .containsExactly("message.max.bytes=9 source=3 type=3 {3:message.max.bytes=9}");
    }

    @Test
    void whatCannotBeDescribedHasItsOwnError() {
        assertThat(error(describe("missing", ConfigResource.TOPIC))).startsWith("UNKNOWN_TOPIC_OR_PARTITION");
        assertThat(error(describe("2", ConfigResource.BROKER)))
                .isEqualTo("INVALID_REQUEST Unexpected broker id, expected 1 or empty string, but received 2");
        assertThat(error(describe("one", ConfigResource.BROKER)))
                .isEqualTo("INVALID_REQUEST Broker id must be an integer, but it is: one");
        assertThat(error(describe("g", (byte) 32))).isEqualTo("INVALID_REQUEST Unsupported resource type: GROUP");
        store.failing = true;
        assertThat(error(describe("orders", ConfigResource.TOPIC))).startsWith("UNKNOWN_SERVER_ERROR");
    }

    @Test
    void incrementalChangesLeaveTheRestAsItIs() {
        store.put("TOPIC/orders", Map.of("cleanup.policy", "delete", "flush.ms", "3", "retention.ms", "4"));
        assertThat(incremental(
                        ConfigResource.TOPIC,
                        "orders",
                        false,
                        operation(APPEND, "cleanup.policy", "compact"),
                        operation(SET, "retention.ms", "5"),
                        operation(DELETE, "flush.ms", null)))
                .isEqualTo("NONE null");
        assertThat(store.get("TOPIC/orders"))
                .containsOnly(Map.entry("cleanup.policy", "delete,compact"), Map.entry("retention.ms", "5"));
        incremental(ConfigResource.TOPIC, "orders", false, operation(SUBTRACT, "cleanup.policy", "delete"));
        assertThat(store.get("TOPIC/orders")).containsEntry("cleanup.policy", "compact");
    }

    @Test
    void whatIsOnlyValidatedIsNotStored() {
        assertThat(incremental(ConfigResource.TOPIC, "orders", true, operation(SET, "retention.ms", "5")))
                .isEqualTo("NONE null");
        assertThat(store.get("TOPIC/orders")).isEmpty();
        assertThat(incremental(ConfigResource.TOPIC, "orders", true, operation(SET, "retention.ms", "-5")))
                .isEqualTo("INVALID_CONFIG Invalid config value for resource ConfigResource(type=TOPIC, name='orders'):"
                        + " Invalid value -5 for configuration retention.ms: Value must be at least -1");
    }

    @Test
    void refusalsAreThoseOfKafka() {
        assertThat(incremental(ConfigResource.TOPIC, "orders", false, operation(APPEND, "retention.ms", "5")))
                .isEqualTo("INVALID_CONFIG Config value append is not allowed for config key: retention.ms");
        assertThat(incremental(
                        ConfigResource.TOPIC,
                        "orders",
                        false,
                        operation(SET, "flush.ms", "1"),
                        operation(SET, "flush.ms", "2")))
                .isEqualTo("INVALID_REQUEST Error due to duplicate config keys : flush.ms");
        assertThat(incremental(ConfigResource.TOPIC, "orders", false, operation(SET, "flush.ms", null)))
                .isEqualTo("INVALID_REQUEST Null value not supported for : SET:flush.ms");
        assertThat(incremental(ConfigResource.TOPIC, "", false))
                .isEqualTo("INVALID_REQUEST Default topic resources are not allowed.");
        assertThat(incremental(ConfigResource.TOPIC, "missing", false))
                .isEqualTo("UNKNOWN_TOPIC_OR_PARTITION The topic 'missing' does not exist.");
        assertThat(incremental(ConfigResource.BROKER, "1", false, operation(SET, "log.dirs", "/x")))
                .isEqualTo("INVALID_REQUEST Cannot update these configs dynamically: Set(log.dirs)");
        assertThat(incremental(ConfigResource.TOPIC, "orders", false, operation((byte) 9, "flush.ms", "1")))
                .isEqualTo("INVALID_REQUEST Unknown operation type 9");
        assertThat(store.all).isEmpty();
    }

    @Test
    void brokersSettingsGoToTheirOwnPlaces() {
        assertThat(incremental(ConfigResource.BROKER, "1", false, operation(SET, "num.io.threads", "5")))
                .isEqualTo("NONE null");
        assertThat(incremental(ConfigResource.BROKER, "", false, operation(SET, "num.io.threads", "6")))
                .isEqualTo("NONE null");
        assertThat(store.get("BROKER/1")).containsEntry("num.io.threads", "5");
        assertThat(store.get("BROKER/<default>")).containsEntry("num.io.threads", "6");
    }

    @Test
    void theOlderRequestReplacesEverything() {
        store.put("TOPIC/orders", Map.of("flush.ms", "3"));
        AlterConfigsRequest request = new AlterConfigsRequest()
                .setResources(List.of(new AlterConfigsRequest.AlterConfigsResource()
                        .setResourceType(ConfigResource.TOPIC)
                        .setResourceName("orders")
                        .setConfigs(List.of(new AlterConfigsRequest.AlterableConfig()
                                .setName("retention.ms")
                                .setValue("5")))));
        AlterConfigsResponse response = now(new AlterConfigsHandler(alteration).handle(noContext(), request));
        assertThat(response.responses().get(0).errorCode()).isZero();
        assertThat(store.get("TOPIC/orders")).containsOnly(Map.entry("retention.ms", "5"));
    }

    @Test
    void aResourceThatAppearsTwiceIsRefusedTheSecondTime() {
        AlterConfigsResource resource =
                new AlterConfigsResource().setResourceType(ConfigResource.TOPIC).setResourceName("orders");
        IncrementalAlterConfigsResponse response = now(new IncrementalAlterConfigsHandler(alteration)
                .handle(noContext(), new IncrementalAlterConfigsRequest().setResources(List.of(resource, resource))));
        assertThat(response.responses())
                .extracting(one -> ErrorCode.forCode(one.errorCode()))
                .containsExactly(ErrorCode.NONE, ErrorCode.INVALID_REQUEST);
    }

    private DescribeConfigsResult describe(String name, byte type, String... keys) {
        DescribeConfigsRequest request = new DescribeConfigsRequest()
                .setIncludeSynonyms(true)
                .setResources(List.of(new DescribeConfigsRequest.DescribeConfigsResource()
                        .setResourceType(type)
                        .setResourceName(name)
                        .setConfigurationKeys(keys.length == 0 ? null : List.of(keys))));
        return now(describe.handle(noContext(), request)).results().get(0);
    }

    private static List<String> lines(DescribeConfigsResult result) {
        List<String> lines = new ArrayList<>();
        for (DescribeConfigsResourceResult config : result.configs()) {
            String synonyms = config.synonyms().stream()
                    .map(synonym -> synonym.source() + ":" + synonym.name() + "=" + synonym.value())
                    .collect(Collectors.joining(", ", "{", "}"));
            lines.add(config.name() + "=" + config.value() + " source=" + config.configSource() + " type="
                    + config.configType() + (config.isSensitive() ? " sensitive" : "")
                    + (config.readOnly() ? " read-only" : "") + " " + synonyms);
        }
        return lines;
    }

    private static String error(DescribeConfigsResult result) {
        return ErrorCode.forCode(result.errorCode()) + " " + result.errorMessage();
    }

    private String incremental(byte type, String name, boolean validateOnly, AlterableConfig... operations) {
        IncrementalAlterConfigsRequest request = new IncrementalAlterConfigsRequest()
                .setValidateOnly(validateOnly)
                .setResources(List.of(new AlterConfigsResource()
                        .setResourceType(type)
                        .setResourceName(name)
                        .setConfigs(List.of(operations))));
        var response = now(new IncrementalAlterConfigsHandler(alteration).handle(noContext(), request))
                .responses()
                .get(0);
        return ErrorCode.forCode(response.errorCode()) + " " + response.errorMessage();
    }

    private static AlterableConfig operation(byte kind, String name, @Nullable String value) {
        return new AlterableConfig().setConfigOperation(kind).setName(name).setValue(value);
    }

    /** These handlers do not look at it. */
    @SuppressWarnings("NullAway")
    private static RequestContext noContext() {
        return null;
    }

    @SuppressWarnings("NullAway")
    private static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().getNow(null);
    }

    private static final class MapStore implements SettingsStore {
        private final Map<String, Map<String, String>> all = new TreeMap<>();
        private boolean failing;

        void put(String path, Map<String, String> settings) {
            all.put(path, settings);
        }

        Map<String, String> get(String path) {
            return all.getOrDefault(path, Map.of());
        }

        @Override
        public CompletionStage<Map<String, String>> read(Entity entity, String name) {
            return failing
                    ? CompletableFuture.failedFuture(new IllegalStateException("connection lost"))
                    : CompletableFuture.completedFuture(get(entity + "/" + name));
        }

        @Override
        public CompletionStage<Void> update(Entity entity, String name, UnaryOperator<Map<String, String>> change) {
            return read(entity, name)
                    .thenAccept(settings -> all.put(entity + "/" + name, new HashMap<>(change.apply(settings))));
        }
    }
}
