package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static io.ottla.controller.znode.ConfigNode.EntityType.BROKERS;
import static io.ottla.controller.znode.ConfigNode.EntityType.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.znode.ConfigChangeNode;
import io.ottla.controller.znode.ConfigNode.EntityType;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings of topics and brokers: changed, refused, announced to every broker, and the announcements purged. */
class ConfigAdminTest {

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
    void changesAreComputedFromWhatIsStored() {
        set(TOPICS, "t", "retention.ms", "5");
        alter(TOPICS, "t", settings -> {
            assertThat(settings).containsEntry("retention.ms", "5");
            settings.clear();
            settings.put("cleanup.policy", "compact");
            return settings;
        });
        assertThat(await(node.controller().topicConfigs("t"))).hasSize(1).containsEntry("cleanup.policy", "compact");
        await().untilAsserted(() -> assertThat(changes).containsExactly("topics/t", "topics/t"));
    }

    @Test
    void changesSettingsOfOneBrokerAndOfAll() {
        set(BROKERS, "1", "log.cleaner.threads", "2");
        set(BROKERS, "<default>", "log.cleaner.threads", "3");
        EntityConfigs configs = new EntityConfigs(node.session());
        assertThat(await(configs.broker(1))).containsEntry("log.cleaner.threads", "2");
        assertThat(await(configs.brokerDefaults())).containsEntry("log.cleaner.threads", "3");
        await().untilAsserted(() -> assertThat(changes).containsExactly("brokers/1", "brokers/<default>"));
    }

    @Test
    void refusesUnknownTopicsAndInvalidSettings() {
        assertThat(error("unknown", "retention.ms", "5")).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(error("t", "nonsense", "5")).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(await(node.controller().topicConfigs("t"))).isEmpty();
    }

    @Test
    void toldOfChangesOnceAndOfNoneFromBeforeTheStart() {
        set(TOPICS, "t", "retention.ms", "5");
        List<String> later = new CopyOnWriteArrayList<>();
        await(new ConfigChanges(node.session(), Clock.systemUTC(), later::add).start());
        set(BROKERS, "1", "a", "b");
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
        set(TOPICS, "t", "retention.ms", "5");
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(16));
        await(new ConfigChanges(node.session(), later, change -> {}).start());
        assertThat(await(node.session().children(ConfigChangeNode.PARENT))).isEmpty();
    }

    private void set(EntityType type, String name, String key, String value) {
        alter(type, name, settings -> {
            settings.put(key, value);
            return settings;
        });
    }

    private void alter(EntityType type, String name, UnaryOperator<SortedMap<String, String>> change) {
        await(new ConfigAdmin(node.session(), new TestPolicy()).alter(type, name, change));
    }

    private ErrorCode error(String topic, String key, String value) {
        CompletableFuture<Void> refused = new ConfigAdmin(node.session(), new TestPolicy())
                .alter(TOPICS, topic, settings -> {
                    settings.put(key, value);
                    return settings;
                });
        return await(
                refused.handle((done, failure) -> Refusals.translate(failure).error()));
    }
}
