package io.ottla.broker.handler.config;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** Where the settings of topics and brokers are kept for the whole cluster. Any thread; stages complete on any thread. */
public interface SettingsStore {
    /** What settings can be for. */
    enum Entity {
        TOPIC,
        BROKER
    }

    /** The name under which settings for all brokers are kept. */
    String DEFAULT_NAME = "<default>";

    /** The settings of a topic, of a broker by its id, or of all brokers by {@link #DEFAULT_NAME}; empty if none. */
    CompletionStage<Map<String, String>> read(Entity entity, String name);

    /**
     * Replaces settings by what {@code change} makes of them, and tells all brokers. If another broker writes in
     * between, {@code change} is asked again with what that one has written; what it throws fails the stage, and
     * nothing is written.
     */
    CompletionStage<Void> update(Entity entity, String name, UnaryOperator<Map<String, String>> change);
}
