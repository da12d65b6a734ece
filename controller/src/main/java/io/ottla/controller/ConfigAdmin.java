package io.ottla.controller;

import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.ConfigChangeNode;
import io.ottla.controller.znode.ConfigNode;
import io.ottla.controller.znode.ConfigNode.EntityType;
import io.ottla.controller.znode.TopicNode;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes the settings of topics and brokers, and notifies all brokers. Stateless; any thread.
 *
 * <p>As in Apache Kafka this is nothing for the controller alone: any broker may do it. Each change is conditional on the
 * settings it was computed from, and computed anew if they have changed.
 */
public final class ConfigAdmin {

    private final ZooKeeperSession session;
    private final TopicPolicy policy;

    /** Writes over this session. */
    public ConfigAdmin(ZooKeeperSession session, TopicPolicy policy) {
        this.session = session;
        this.policy = policy;
    }

    /** Whose settings they are: the type and name of the znode, and the broker's id if they are those of one broker. */
    private record Resource(
            EntityType type, String node, @Nullable Integer brokerId) {}

    /**
     * Replaces the settings of a topic, of a broker by its id, or of all brokers by {@link ConfigNode#DEFAULT_NAME}.
     *
     * @param change throws {@link ApiException} if it cannot be applied
     */
    public CompletableFuture<Void> alter(
            EntityType type, String name, UnaryOperator<SortedMap<String, String>> change) {
        boolean ofOneBroker = type == EntityType.BROKERS && !name.equals(ConfigNode.DEFAULT_NAME);
        Resource resource = new Resource(type, name, ofOneBroker ? Integer.valueOf(name) : null);
        return requireExistence(resource).thenCompose(exists -> attempt(resource, change));
    }

    private CompletableFuture<Void> requireExistence(Resource resource) {
        if (resource.type != EntityType.TOPICS) {
            return CompletableFuture.completedFuture(null);
        }
        return session.exists(TopicNode.path(resource.node)).thenApply(stat -> {
            if (stat.isEmpty()) {
                throw new ApiException(
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + resource.node + "' does not exist.");
            }
            return null;
        });
    }

    private CompletableFuture<Void> attempt(Resource resource, UnaryOperator<SortedMap<String, String>> change) {
        String path = ConfigNode.path(resource.type, resource.node);
        return session.get(path).thenCompose(node -> {
            SortedMap<String, String> before =
                    node.map(read -> ConfigNode.decode(path, read.data())).orElseGet(TreeMap::new);
            SortedMap<String, String> after = change.apply(new TreeMap<>(before));
            validate(resource, after);
            if (node.isPresent() && after.equals(before)) {
                return CompletableFuture.completedFuture(null);
            }
            byte[] data = ConfigNode.encode(after);
            CompletableFuture<?> written = node.isPresent()
                    ? session.set(path, data, node.get().stat().version())
                    : session.create(path, data, NodeKind.PERSISTENT);
            return written.thenCompose(done -> announce(resource)).exceptionallyCompose(failure -> {
                boolean raced = ZooKeeperException.is(failure, ZooKeeperError.BAD_VERSION)
                        || ZooKeeperException.is(failure, ZooKeeperError.NODE_EXISTS);
                return raced ? attempt(resource, change) : CompletableFuture.failedFuture(failure);
            });
        });
    }

    private void validate(Resource resource, SortedMap<String, String> settings) {
        if (resource.type == EntityType.TOPICS) {
            policy.validateTopic(resource.node, settings);
        } else {
            policy.validateBroker(resource.brokerId, settings);
        }
    }

    private CompletableFuture<Void> announce(Resource resource) {
        byte[] data = ConfigChangeNode.encode(ConfigNode.entityPath(resource.type, resource.node));
        return session.create(ConfigChangeNode.sequencePath(), data, NodeKind.PERSISTENT_SEQUENTIAL)
                .thenApply(created -> null);
    }
}
