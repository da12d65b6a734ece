package io.ottla.broker.settings;

import io.ottla.broker.handler.config.SettingsStore;
import io.ottla.controller.ConfigAdmin;
import io.ottla.controller.EntityConfigs;
import io.ottla.controller.znode.ConfigNode.EntityType;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** The settings of topics and brokers in ZooKeeper. Stateless; any thread. */
public final class StoredSettings implements SettingsStore {
    private final EntityConfigs configs;
    private final ConfigAdmin admin;

    public StoredSettings(EntityConfigs configs, ConfigAdmin admin) {
        this.configs = configs;
        this.admin = admin;
    }

    @Override
    public CompletionStage<Map<String, String>> read(Entity entity, String name) {
        return configs.read(type(entity), name).thenApply(settings -> settings);
    }

    @Override
    public CompletionStage<Void> update(Entity entity, String name, UnaryOperator<Map<String, String>> change) {
        return admin.alter(type(entity), name, settings -> new TreeMap<>(change.apply(settings)));
    }

    private static EntityType type(Entity entity) {
        return switch (entity) {
            case TOPIC -> EntityType.TOPICS;
            case BROKER -> EntityType.BROKERS;
        };
    }
}
