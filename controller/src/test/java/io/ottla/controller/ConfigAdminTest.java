package io.ottla.controller;

import static io.ottla.controller.TestEnsemble.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.TestEnsemble.Node;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.znode.ConfigChangeNode;
import io.ottla.controller.znode.ConfigNode;
import io.ottla.controller.znode.ConfigNode.EntityType;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopic;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Settings of topics and brokers: changed, refused, announced to every broker, and the announcements purged. */
class ConfigAdminTest {

    @RegisterExtension
    private static final TestEnsemble ensemble = new TestEnsemble();

    private final List<String> changes = new CopyOnWriteArrayList<>();
    private Node node;
    private ConfigAdmin admin;
    private EntityConfigs configs;

    @BeforeEach
    void start() {
        node = ensemble.node(1, new TestBrokers());
        admin = new ConfigAdmin(node.session(), new TestPolicy());
        configs = new EntityConfigs(node.session());
        await(node.controller()
                .createTopics(new CreateTopicsRequest()
                        .setTopics(List.of(new CreatableTopic()
                                .setName("t")
                                .setNumPartitions(1)
                                .setReplicationFactor((short) 1)))));
        await(new ConfigChanges(node.session(), Clock.systemUTC(), changes::add).start());
    }

    @Test
    void changesTheSettingsOfATopicAndAnnouncesEachChange() {
        alter(EntityType.TOPICS, "t", settings -> settings.put("retention.ms", "5"));
        alter(EntityType.TOPICS, "t", settings -> settings.put("cleanup.policy", "compact"));
        assertThat(await(configs.topic("t"))).hasSize(2).containsEntry("retention.ms", "5");
        alter(EntityType.TOPICS, "t", settings -> settings.remove("retention.ms"));
        assertThat(await(configs.topic("t"))).hasSize(1).containsEntry("cleanup.policy", "compact");
        await().untilAsserted(() -> assertThat(changes).containsExactly("topics/t", "topics/t", "topics/t"));
    }

    @Test
    void announcesNothingThatIsNoChange() {
        alter(EntityType.TOPICS, "t", settings -> settings.remove("retention.ms"));
        alter(EntityType.BROKERS, "1", settings -> settings.put("a", "b"));
        await().untilAsserted(() -> assertThat(changes).containsExactly("brokers/1"));
    }

    @Test
    void changesSettingsOfOneBrokerAndOfAll() {
        alter(EntityType.BROKERS, "1", settings -> settings.put("log.cleaner.threads", "2"));
        alter(EntityType.BROKERS, ConfigNode.DEFAULT_NAME, settings -> settings.put("log.cleaner.threads", "3"));
        assertThat(await(configs.broker(1))).containsEntry("log.cleaner.threads", "2");
        assertThat(await(configs.brokerDefaults())).containsEntry("log.cleaner.threads", "3");
        await().untilAsserted(() -> assertThat(changes).containsExactly("brokers/1", "brokers/<default>"));
    }

    @Test
    void losesNoneOfManyChangesAtOnce() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String key = "key" + i;
            all.add(admin.alter(EntityType.BROKERS, "1", settings -> {
                settings.put(key, "x");
                return settings;
            }));
        }
        all.forEach(TestEnsemble::await);
        assertThat(await(configs.broker(1))).hasSize(20);
    }

    @Test
    void refusesWhatThePolicyRefusesAndWhatDoesNotExist() {
        assertRefused(EntityType.TOPICS, "unknown", "retention.ms", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertRefused(EntityType.TOPICS, "t", "nonsense", ErrorCode.INVALID_CONFIG);
        assertThat(await(configs.topic("t"))).isEmpty();
    }

    @Test
    void toldOfChangesOnceAndOfNoneFromBeforeTheStart() {
        alter(EntityType.TOPICS, "t", settings -> settings.put("retention.ms", "5"));
        List<String> later = new CopyOnWriteArrayList<>();
        await(new ConfigChanges(node.session(), Clock.systemUTC(), later::add).start());
        alter(EntityType.BROKERS, "1", settings -> settings.put("a", "b"));
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
        alter(EntityType.TOPICS, "t", settings -> settings.put("retention.ms", "5"));
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(16));
        await(new ConfigChanges(node.session(), later, change -> {}).start());
        assertThat(await(node.session().children(ConfigChangeNode.PARENT))).isEmpty();
    }

    private void alter(EntityType type, String name, Consumer<SortedMap<String, String>> change) {
        await(admin.alter(type, name, settings -> {
            change.accept(settings);
            return settings;
        }));
    }

    private void assertRefused(EntityType type, String name, String key, ErrorCode error) {
        assertThatThrownBy(() -> alter(type, name, settings -> settings.put(key, "1")))
                .satisfies(failure -> assertThat(StageFailure.cause(failure))
                        .isInstanceOfSatisfying(
                                ApiException.class, e -> assertThat(e.error()).isEqualTo(error)));
    }
}
