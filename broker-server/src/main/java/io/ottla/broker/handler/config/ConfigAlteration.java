package io.ottla.broker.handler.config;

import io.ottla.broker.config.DynamicChange;
import io.ottla.broker.config.DynamicConfig;
import io.ottla.broker.config.TopicConfigs;
import io.ottla.broker.handler.config.Outcomes.Outcome;
import io.ottla.broker.handler.config.SettingsStore.Entity;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Checks and stores a change of settings, whichever request asked for it. Any thread. */
public final class ConfigAlteration {
    private final DynamicConfig config;
    private final SettingsStore store;
    private final Predicate<String> topicExists;
    private final int brokerId;

    public ConfigAlteration(DynamicConfig config, SettingsStore store, Predicate<String> topicExists, int brokerId) {
        this.config = config;
        this.store = store;
        this.topicExists = topicExists;
        this.brokerId = brokerId;
    }

    /**
     * Applies a change to the stored settings of one resource.
     *
     * @param change makes the new settings of the old; may throw {@link ApiException}
     * @param validateOnly whether to stop before anything is stored
     */
    CompletionStage<Outcome> alter(
            ConfigResource resource, UnaryOperator<Map<String, String>> change, boolean validateOnly) {
        return Outcomes.stage(() -> {
                    Target target = target(resource);
                    UnaryOperator<Map<String, String>> checked = settings -> {
                        Map<String, String> changed = change.apply(settings);
                        target.check().accept(changed);
                        return changed;
                    };
                    if (validateOnly) {
                        return store.read(target.entity(), target.name())
                                .thenApply(checked)
                                .thenApply(settings -> Outcome.DONE);
                    }
                    return store.update(target.entity(), target.name(), checked).thenApply(stored -> Outcome.DONE);
                })
                .exceptionally(failure -> Outcomes.of(failure, "alter configs", resource));
    }

    /** Where the settings of a resource are kept and what they must fulfil. */
    private record Target(Entity entity, String name, java.util.function.Consumer<Map<String, String>> check) {}

    private Target target(ConfigResource resource) {
        String name = resource.name();
        switch (resource.type()) {
            case ConfigResource.TOPIC -> {
                if (name.isEmpty()) {
                    throw new ApiException(ErrorCode.INVALID_REQUEST, "Default topic resources are not allowed.");
                }
                if (!topicExists.test(name)) {
                    throw new ApiException(
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + name + "' does not exist.");
                }
                return new Target(Entity.TOPIC, name, settings -> checkTopic(resource, settings));
            }
            case ConfigResource.BROKER -> {
                if (name.isEmpty()) {
                    return new Target(
                            Entity.BROKER,
                            SettingsStore.DEFAULT_NAME,
                            settings -> DynamicChange.check(settings, false));
                }
                BrokerName.requireIsThis(name, brokerId);
                return new Target(Entity.BROKER, name, settings -> DynamicChange.check(settings, true));
            }
            default ->
                throw new ApiException(
                        ErrorCode.INVALID_REQUEST,
                        "AlterConfigs is only supported for topics and brokers, but resource type is "
                                + resource.typeName());
        }
    }

    private void checkTopic(ConfigResource resource, Map<String, String> settings) {
        try {
            TopicConfigs.checked(config.current(), settings);
        } catch (ApiException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith("Invalid value")
                    ? new ApiException(e.error(), "Invalid config value for resource " + resource + ": " + message)
                    : e;
        }
    }
}
