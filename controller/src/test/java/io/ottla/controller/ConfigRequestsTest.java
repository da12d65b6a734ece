package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.znode.ConfigChangeNode;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterConfigsRequest;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.protocol.message.IncrementalAlterConfigsRequest;
import io.ottla.protocol.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.ottla.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import io.ottla.protocol.message.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings of topics and brokers: changed, refused, announced to every broker, and the announcements purged. */
class ConfigRequestsTest {

    private static final byte TOPIC = 2;
    private static final byte BROKER = 4;
    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    @TempDir
    private static Path directory;

    private static TestEnsemble ensemble;

    private final List<String> changes = new CopyOnWriteArrayList<>();
    private Node node;

    @BeforeAll
    static void startServer() throws IOException {
        ensemble = new TestEnsemble(directory);
    }

    @AfterAll
    static void stopServer() {
        ensemble.close();
    }

    @BeforeEach
    void start() {
        ensemble.begin();
        node = ensemble.node(1, new TestBrokers());
        await(node.controller()
                .createTopics(new CreateTopicsRequest()
                        .setTopics(List.of(new CreatableTopic()
                                .setName("t")
                                .setNumPartitions(1)
                                .setReplicationFactor((short) 1)))));
        await(new ConfigChanges(node.session(), Clock.systemUTC(), changes::add).start());
    }

    @AfterEach
    void stop() {
        ensemble.end();
    }

    @Test
    void setsDeletesAppendsAndSubtracts() {
        alter(TOPIC, "t", change(SET, "retention.ms", "5"), change(APPEND, "cleanup.policy", "compact"));
        assertThat(await(node.controller().topicConfigs("t")))
                .containsEntry("retention.ms", "5")
                .containsEntry("cleanup.policy", "delete,compact");
        alter(TOPIC, "t", change(DELETE, "retention.ms", null), change(SUBTRACT, "cleanup.policy", "delete"));
        assertThat(await(node.controller().topicConfigs("t"))).hasSize(1).containsEntry("cleanup.policy", "compact");
        await().untilAsserted(() -> assertThat(changes).containsExactly("topics/t", "topics/t"));
    }

    @Test
    void changesSettingsOfOneBrokerAndOfAll() {
        alter(BROKER, "1", change(SET, "log.cleaner.threads", "2"));
        alter(BROKER, "", change(SET, "log.cleaner.threads", "3"));
        EntityConfigs configs = new EntityConfigs(node.session());
        assertThat(await(configs.broker(1))).containsEntry("log.cleaner.threads", "2");
        assertThat(await(configs.brokerDefaults())).containsEntry("log.cleaner.threads", "3");
        await().untilAsserted(() -> assertThat(changes).containsExactly("brokers/1", "brokers/<default>"));
    }

    @Test
    void refusesResourceByResource() {
        assertThat(error(TOPIC, "unknown", change(SET, "retention.ms", "5")))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(error(TOPIC, "t", change(SET, "nonsense", "5"))).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(error(TOPIC, "t", change(APPEND, "retention.ms", "5"))).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(error(TOPIC, "t", change(SET, "retention.ms", null))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error(TOPIC, "t", change(SET, "retention.ms", "1"), change(SET, "retention.ms", "2")))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error(BROKER, "one", change(SET, "x", "1"))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error((byte) 77, "t", change(SET, "x", "1"))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(await(node.controller().topicConfigs("t"))).isEmpty();
    }

    @Test
    void replacesAllSettingsAtOnceAndValidatesWithoutWriting() {
        alter(TOPIC, "t", change(SET, "retention.ms", "5"));
        AlterConfigsRequest request = new AlterConfigsRequest()
                .setResources(List.of(new AlterConfigsRequest.AlterConfigsResource()
                        .setResourceType(TOPIC)
                        .setResourceName("t")
                        .setConfigs(List.of(new AlterConfigsRequest.AlterableConfig()
                                .setName("cleanup.policy")
                                .setValue("compact")))));
        await(node.controller().alterConfigs(request.setValidateOnly(true)));
        assertThat(await(node.controller().topicConfigs("t"))).containsKey("retention.ms");
        assertThat(await(node.controller().alterConfigs(request.setValidateOnly(false)))
                        .responses()
                        .get(0)
                        .errorCode())
                .isZero();
        assertThat(await(node.controller().topicConfigs("t"))).hasSize(1).containsEntry("cleanup.policy", "compact");
    }

    @Test
    void toldOfChangesOnceAndOfNoneFromBeforeTheStart() {
        alter(TOPIC, "t", change(SET, "retention.ms", "5"));
        List<String> later = new CopyOnWriteArrayList<>();
        await(new ConfigChanges(node.session(), Clock.systemUTC(), later::add).start());
        alter(BROKER, "1", change(SET, "a", "b"));
        await().untilAsserted(() -> assertThat(later).containsExactly("brokers/1"));
        await().untilAsserted(() -> assertThat(changes).containsExactly("topics/t", "brokers/1"));
    }

    @Test
    void toldOfChangesThatWereMadeWhileTheSessionWasLost() {
        ensemble.server().expireSession(node.session().sessionId());
        byte[] data = "{\"version\":2,\"entity_path\":\"topics/t\"}".getBytes(StandardCharsets.UTF_8);
        await(ensemble.session().create(ConfigChangeNode.sequencePath(), data, NodeKind.PERSISTENT_SEQUENTIAL));
        await().untilAsserted(() -> assertThat(changes).containsExactly("topics/t"));
    }

    @Test
    void purgesNotificationsAfterAQuarterOfAnHour() {
        alter(TOPIC, "t", change(SET, "retention.ms", "5"));
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(16));
        await(new ConfigChanges(node.session(), later, change -> {}).start());
        assertThat(await(node.session().children(ConfigChangeNode.PARENT))).isEmpty();
    }

    private static AlterableConfig change(byte operation, String name, @Nullable String value) {
        return new AlterableConfig().setConfigOperation(operation).setName(name).setValue(value);
    }

    private void alter(byte type, String name, AlterableConfig... changes) {
        assertThat(error(type, name, changes)).isEqualTo(ErrorCode.NONE);
    }

    private ErrorCode error(byte type, String name, AlterableConfig... changes) {
        AlterConfigsResourceResponse response = await(node.controller()
                        .incrementalAlterConfigs(new IncrementalAlterConfigsRequest()
                                .setResources(List.of(new AlterConfigsResource()
                                        .setResourceType(type)
                                        .setResourceName(name)
                                        .setConfigs(List.of(changes))))))
                .responses()
                .get(0);
        assertThat(response.resourceName()).isEqualTo(name);
        return ErrorCode.forCode(response.errorCode());
    }
}
