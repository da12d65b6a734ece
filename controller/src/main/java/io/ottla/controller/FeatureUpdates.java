package io.ottla.controller;

import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.zk.Node;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.FeatureNode;
import io.ottla.controller.znode.FeatureRange;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.UpdateFeaturesRequest;
import io.ottla.protocol.message.UpdateFeaturesRequest.FeatureUpdateKey;
import io.ottla.protocol.message.UpdateFeaturesResponse;
import io.ottla.protocol.message.UpdateFeaturesResponse.UpdatableFeatureResult;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the finalized features (KIP-584) as an operator asks, all of a request or none (KIP-1022). Confined to the
 * controller's executor, inside one event.
 *
 * <p>A broker of Apache Kafka 3.9 on ZooKeeper supports no feature, and ends when it finds one: the first level of one is
 * written only by the word of the operator that there is no such broker.
 */
final class FeatureUpdates {

    private static final Logger LOG = LoggerFactory.getLogger(FeatureUpdates.class);
    private static final int UPGRADE = 1;
    private static final int UNSAFE_DOWNGRADE = 3;
    private static final int DISABLED = 0;

    private final Office office;
    private final BooleanSupplier ottlaOnly;

    FeatureUpdates(Office office, BooleanSupplier ottlaOnly) {
        this.office = office;
        this.ottlaOnly = ottlaOnly;
    }

    /** Completes when the change is written and can be read; fails with an {@link ApiException} if it is refused. */
    CompletableFuture<UpdateFeaturesResponse> update(UpdateFeaturesRequest request) {
        ZooKeeperSession session = office.writer().session();
        return session.get(FeatureNode.PATH).thenCompose(node -> {
            SortedMap<String, Integer> before = FinalizedFeatures.of(node).levels();
            SortedMap<String, Integer> after = new TreeMap<>(before);
            for (FeatureUpdateKey update : request.featureUpdates()) {
                apply(update, before, after);
            }
            if (request.validateOnly() || after.equals(before)) {
                return CompletableFuture.completedFuture(done(request));
            }
            return write(node, after)
                    .thenCompose(written -> session.get(FeatureNode.PATH))
                    .thenApply(read -> {
                        LOG.info("The features are {} now, were {}", after, before);
                        return done(request);
                    })
                    .exceptionallyCompose(
                            failure -> isRaced(failure) ? update(request) : CompletableFuture.failedFuture(failure));
        });
    }

    private CompletableFuture<?> write(Optional<Node> node, SortedMap<String, Integer> levels) {
        byte[] data = new FeatureNode(true, levels).encode();
        WriteOperation write = node.isPresent()
                ? WriteOperation.set(FeatureNode.PATH, data, node.get().stat().version())
                : WriteOperation.create(FeatureNode.PATH, data, NodeKind.PERSISTENT);
        return office.writer().write(List.of(write));
    }

    private static boolean isRaced(Throwable failure) {
        return ZooKeeperException.is(failure, ZooKeeperError.BAD_VERSION)
                || ZooKeeperException.is(failure, ZooKeeperError.NODE_EXISTS)
                || ZooKeeperException.is(failure, ZooKeeperError.NO_NODE);
    }

    private void apply(FeatureUpdateKey update, SortedMap<String, Integer> before, SortedMap<String, Integer> after) {
        String name = update.feature();
        int level = update.maxVersionLevel();
        int current = before.getOrDefault(name, DISABLED);
        if (after.getOrDefault(name, DISABLED) != current) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "The request names feature " + name + " twice.");
        }
        checkDirection(update, current);
        if (level == DISABLED) {
            requireKnown(name, current);
            after.remove(name);
            return;
        }
        office.cluster().brokers().forEach(broker -> requireSupport(broker, name, level));
        if (level > current && !ottlaOnly.getAsBoolean()) {
            throw refused(name + " cannot be raised to level " + level + ": brokers of Apache Kafka on ZooKeeper do not"
                    + " start where a feature is enabled. Set cluster.ottla.only=true to say that none is part of this"
                    + " cluster.");
        }
        after.put(name, level);
    }

    private static void checkDirection(FeatureUpdateKey update, int current) {
        int level = update.maxVersionLevel();
        int type = update.allowDowngrade() ? UNSAFE_DOWNGRADE : update.upgradeType();
        if (type < UPGRADE || type > UNSAFE_DOWNGRADE) {
            throw refused("Upgrade type " + type + " of feature " + update.feature() + " is not known.");
        }
        if (level < DISABLED) {
            throw refused("Level " + level + " of feature " + update.feature() + " is lower than 0.");
        }
        if (level < current && type == UPGRADE) {
            throw refused(update.feature() + " is at level " + current + ": level " + level
                    + " takes a downgrade, not an upgrade.");
        }
        if (level > current && type != UPGRADE) {
            throw refused(update.feature() + " is at level " + current + ": level " + level
                    + " takes an upgrade, not a downgrade.");
        }
    }

    /** What nobody supports can be disabled only if it is enabled. */
    private void requireKnown(String name, int current) {
        boolean known = current > DISABLED
                || office.cluster().brokers().stream()
                        .anyMatch(broker -> broker.node().features().containsKey(name));
        if (!known) {
            throw refused("No broker supports feature " + name + ".");
        }
    }

    private static void requireSupport(LiveBroker broker, String name, int level) {
        FeatureRange supported = broker.node().features().get(name);
        if (supported == null) {
            throw refused("Broker " + broker.id() + " does not support feature " + name + ".");
        }
        if (!supported.contains(level)) {
            throw refused("Broker " + broker.id() + " supports levels " + supported + " of feature " + name + ", not "
                    + level + ".");
        }
    }

    private static ApiException refused(String message) {
        return new ApiException(ErrorCode.INVALID_UPDATE_VERSION, message);
    }

    private static UpdateFeaturesResponse done(UpdateFeaturesRequest request) {
        UpdateFeaturesResponse response = new UpdateFeaturesResponse();
        request.featureUpdates()
                .forEach(update -> response.results().add(new UpdatableFeatureResult().setFeature(update.feature())));
        return response;
    }
}
