package io.ottla.controller;

import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.ConfigNode;
import io.ottla.controller.znode.ConfigNode.EntityType;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Reads the settings that ZooKeeper holds for topics, brokers and others. Stateless; any thread. */
public final class EntityConfigs {

    private final ZooKeeperSession session;

    /** Reads over this session. */
    public EntityConfigs(ZooKeeperSession session) {
        this.session = session;
    }

    /** Names of the topics that settings are kept for, if only empty ones. */
    public CompletableFuture<List<String>> topicNames() {
        return session.children(EntityType.TOPICS.parent());
    }

    /** Overrides of a topic, without the defaults that apply to the rest. */
    public CompletableFuture<SortedMap<String, String>> topic(String name) {
        return read(EntityType.TOPICS, name);
    }

    /** Dynamic settings of one broker. */
    public CompletableFuture<SortedMap<String, String>> broker(int brokerId) {
        return read(EntityType.BROKERS, Integer.toString(brokerId));
    }

    /** Dynamic settings of all brokers that have none of their own. */
    public CompletableFuture<SortedMap<String, String>> brokerDefaults() {
        return read(EntityType.BROKERS, ConfigNode.DEFAULT_NAME);
    }

    /** Settings of any entity, by the name in its path; none if there is no such node. */
    public CompletableFuture<SortedMap<String, String>> read(EntityType type, String name) {
        String path = ConfigNode.path(type, name);
        return session.get(path).thenApply(node -> node.map(read -> ConfigNode.decode(path, read.data()))
                .orElseGet(TreeMap::new));
    }
}
