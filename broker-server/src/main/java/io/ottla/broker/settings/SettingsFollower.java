package io.ottla.broker.settings;

import io.ottla.broker.config.DynamicConfig;
import io.ottla.controller.ConfigChanges;
import io.ottla.controller.EntityConfigs;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.ConfigNode;
import io.ottla.controller.znode.ConfigNode.EntityType;
import io.ottla.storage.log.LogConfig;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings changes of settings from the cluster to this broker. Confined to the session's executor, but for {@link #start}.
 */
public final class SettingsFollower {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsFollower.class);

    private final int brokerId;
    private final EntityConfigs stored;
    private final DynamicConfig brokerConfig;
    private final TopicSettings topics;
    private final BiConsumer<String, LogConfig> onTopicConfig;
    private final ConfigChanges changes;

    /**
     * Follows nothing yet.
     *
     * @param onTopicConfig told the settings in effect of a topic when they may have changed; any thread
     */
    public SettingsFollower(
            int brokerId,
            ZooKeeperSession session,
            Clock clock,
            DynamicConfig brokerConfig,
            TopicSettings topics,
            BiConsumer<String, LogConfig> onTopicConfig) {
        this.brokerId = brokerId;
        this.stored = new EntityConfigs(session);
        this.brokerConfig = brokerConfig;
        this.topics = topics;
        this.onTopicConfig = onTopicConfig;
        this.changes = new ConfigChanges(session, clock, this::onChange);
    }

    /** Reads the broker's settings and follows all changes from then on. */
    public CompletableFuture<Void> start() {
        brokerConfig.addListener((before, after) -> topics.forEach(onTopicConfig));
        return changes.start().thenCompose(following -> readClusterWide()).thenCompose(read -> readOwn());
    }

    private CompletableFuture<Void> readClusterWide() {
        return stored.brokerDefaults().thenAccept(settings -> {
            if (!settings.isEmpty() || !brokerConfig.isUntouched()) {
                brokerConfig.applyClusterWide(settings);
            }
        });
    }

    private CompletableFuture<Void> readOwn() {
        return stored.broker(brokerId).thenAccept(settings -> {
            if (!settings.isEmpty() || !brokerConfig.isUntouched()) {
                brokerConfig.applyPerBroker(settings);
            }
        });
    }

    private void onChange(String entityPath) {
        int slash = entityPath.indexOf('/');
        String type = entityPath.substring(0, Math.max(0, slash));
        String name = entityPath.substring(slash + 1);
        if (type.equals(EntityType.TOPICS.pathName())) {
            report(entityPath, topics.read(name).thenAccept(config -> onTopicConfig.accept(name, config)));
        } else if (type.equals(EntityType.BROKERS.pathName()) && name.equals(ConfigNode.DEFAULT_NAME)) {
            report(entityPath, readClusterWide());
        } else if (type.equals(EntityType.BROKERS.pathName()) && name.equals(Integer.toString(brokerId))) {
            report(entityPath, readOwn());
        }
    }

    private static void report(String entityPath, CompletionStage<?> application) {
        var unused = application.whenComplete((done, failure) -> {
            if (failure == null) {
                LOG.info("the settings of {} have changed", entityPath);
            } else {
                LOG.warn("the changed settings of {} could not be applied", entityPath, failure);
            }
        });
    }
}
