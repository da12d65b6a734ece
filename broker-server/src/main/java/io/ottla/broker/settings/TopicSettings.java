package io.ottla.broker.settings;

import io.ottla.broker.config.DynamicConfig;
import io.ottla.broker.config.TopicConfigs;
import io.ottla.storage.log.LogConfig;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The effective settings of the topics that this broker hosts: what the cluster keeps for each over what the broker
 * defaults to. Any thread.
 */
public final class TopicSettings {
    private final DynamicConfig brokerConfig;
    private final Function<String, CompletableFuture<? extends Map<String, String>>> source;
    private final ConcurrentMap<String, Map<String, String>> overrides = new ConcurrentHashMap<>();

    /** @param source reads a topic's own settings from the cluster, none if it has none */
    public TopicSettings(
            DynamicConfig brokerConfig, Function<String, CompletableFuture<? extends Map<String, String>>> source) {
        this.brokerConfig = brokerConfig;
        this.source = source;
    }

    /** The settings in effect for a topic, as far as its own have been read. */
    public LogConfig known(String topic) {
        return TopicConfigs.stored(brokerConfig.current(), overrides.getOrDefault(topic, Map.of()))
                .logConfig();
    }

    /** Reads a topic's own settings anew; completes with what is in effect then. */
    public CompletionStage<LogConfig> read(String topic) {
        return source.apply(topic).thenApply(own -> {
            overrides.put(topic, Map.copyOf(own));
            return known(topic);
        });
    }

    /** Reads the settings of all these topics; completes when all are known. */
    public CompletableFuture<Void> readAll(CompletableFuture<? extends Collection<String>> names) {
        return names.thenCompose(all -> CompletableFuture.allOf(
                all.stream().map(name -> read(name).toCompletableFuture()).toArray(CompletableFuture<?>[]::new)));
    }

    /** Tells the settings in effect of every topic that was read, after the broker's defaults have changed. */
    public void forEach(BiConsumer<String, LogConfig> action) {
        overrides.keySet().forEach(topic -> action.accept(topic, known(topic)));
    }

    /** Forgets a topic that has been deleted. */
    public void forget(String topic) {
        overrides.remove(topic);
    }
}
