package io.ottla.controller;

import io.ottla.controller.event.Gather;
import io.ottla.controller.zk.CreatedNode;
import io.ottla.controller.zk.Node;
import io.ottla.controller.zk.NodeEvent;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.SessionEvent;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.BrokerIdNode;
import io.ottla.controller.znode.Endpoint;
import io.ottla.protocol.error.StageFailure;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ephemeral znode by which the cluster knows that this broker lives. State is confined to the session's executor;
 * the broker epoch can be read on any thread.
 *
 * <p>A node of this id and with exactly these endpoints was left by this broker itself, by a lost session or by a run
 * that was killed: nobody else can listen there. It is replaced at once (KAFKA-7165), instead of waiting until its
 * session times out. Registration is repeated for ever after a session is lost; while there is none, {@link
 * #brokerEpoch()} is {@link #NOT_REGISTERED}.
 */
public final class BrokerRegistration implements AutoCloseable {

    /** In place of an epoch. */
    public static final long NOT_REGISTERED = -1;

    private static final Logger LOG = LoggerFactory.getLogger(BrokerRegistration.class);
    private static final long RETRY_BACKOFF_MS = 1_000;

    private final ZooKeeperSession session;
    private final Clock clock;
    private final BrokerIdNode identity;
    private final List<Runnable> listeners = new ArrayList<>();
    private volatile long brokerEpoch = NOT_REGISTERED;
    /** The session that made the latest registration, 0 before the first. */
    private long registeredSession;

    private boolean closed;

    /**
     * Registers nothing yet.
     *
     * @param identity id, endpoints, rack; the timestamp is set at each registration
     */
    public BrokerRegistration(ZooKeeperSession session, Clock clock, BrokerIdNode identity) {
        this.session = session;
        this.clock = clock;
        this.identity = identity;
    }

    /** Another broker holds the id or an endpoint; trying again is of no use until the configuration is changed. */
    public static final class ConflictException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        ConflictException(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Registers, and from then on keeps the registration.
     *
     * @return the broker epoch; {@link ConflictException} if the id or an endpoint belongs to another broker
     */
    public CompletableFuture<Long> start() {
        return refuseForeignEndpoints().thenCompose(free -> register()).thenApply(epoch -> {
            session.addListener(this::onSessionEvent);
            return epoch;
        });
    }

    /** Epoch of the present registration, or {@link #NOT_REGISTERED}. Any thread. */
    public long brokerEpoch() {
        return brokerEpoch;
    }

    /** Adds a listener that is told, on the session's executor, whenever the epoch has changed. */
    public void onEpochChange(Runnable listener) {
        session.executor().execute(() -> listeners.add(listener));
    }

    private void onSessionEvent(SessionEvent event) {
        if (event == SessionEvent.EXPIRED) {
            become(NOT_REGISTERED);
        } else if (event == SessionEvent.ESTABLISHED) {
            registerForEver();
        }
    }

    private void become(long epoch) {
        if (brokerEpoch != epoch) {
            brokerEpoch = epoch;
            List.copyOf(listeners).forEach(Runnable::run);
        }
    }

    private void registerForEver() {
        if (closed || brokerEpoch != NOT_REGISTERED || session.sessionId() == 0) {
            return;
        }
        var unused = register().exceptionally(failure -> {
            if (!ZooKeeperException.is(failure, ZooKeeperError.SESSION_EXPIRED)) {
                LOG.error(
                        "Broker {} could not register again; next attempt in {} ms",
                        identity.id(),
                        RETRY_BACKOFF_MS,
                        StageFailure.cause(failure));
                var unusedRetry =
                        session.executor().schedule(this::registerForEver, RETRY_BACKOFF_MS, TimeUnit.MILLISECONDS);
            }
            return NOT_REGISTERED;
        });
    }

    private CompletableFuture<Long> register() {
        BrokerIdNode now = identity.at(clock.millis());
        String path = BrokerIdNode.path(identity.id());
        return session.create(path, now.encode(), NodeKind.EPHEMERAL)
                .thenApply(CreatedNode::stat)
                .thenApply(stat -> stat.czxid())
                .exceptionallyCompose(failure -> ZooKeeperException.is(failure, ZooKeeperError.NODE_EXISTS)
                        ? session.get(path).thenCompose(this::onExistingNode)
                        : CompletableFuture.failedFuture(failure))
                .thenCompose(this::watchOwnNode);
    }

    private CompletableFuture<Long> onExistingNode(Optional<Node> found) {
        if (found.isEmpty()) {
            return register();
        }
        Node node = found.get();
        if (node.stat().ephemeralOwner() == session.sessionId()) {
            return CompletableFuture.completedFuture(node.stat().czxid());
        }
        BrokerIdNode holder = BrokerIdNode.decode(identity.id(), node.data());
        boolean leftByThisRun = node.stat().ephemeralOwner() == registeredSession;
        boolean leftByAnEarlierRun =
                registeredSession == 0 && hostsAndPorts(holder).equals(hostsAndPorts(identity));
        if (!leftByThisRun && !leftByAnEarlierRun) {
            return CompletableFuture.failedFuture(new ConflictException("broker.id " + identity.id()
                    + " is in use by a broker at " + hostsAndPorts(holder) + ", this one is at "
                    + hostsAndPorts(identity) + "; give each broker an id of its own"));
        }
        LOG.info(
                "Replacing the registration that broker {} left in session 0x{}",
                identity.id(),
                Long.toHexString(node.stat().ephemeralOwner()));
        return session.delete(BrokerIdNode.path(identity.id()), node.stat().version())
                .handle((deleted, failure) -> failure)
                .thenCompose(failure -> failure == null
                                || ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                                || ZooKeeperException.is(failure, ZooKeeperError.BAD_VERSION)
                        ? register()
                        : CompletableFuture.failedFuture(failure));
    }

    /** Somebody may delete the node by hand; then it is made again, or the broker would live on unseen. */
    private CompletableFuture<Long> watchOwnNode(long epoch) {
        return session.exists(BrokerIdNode.path(identity.id()), this::onOwnNodeEvent)
                .thenApply(stat -> {
                    if (brokerEpoch != epoch) {
                        LOG.info("Registered as broker {} with epoch {}", identity.id(), epoch);
                    }
                    registeredSession = session.sessionId();
                    become(epoch);
                    return epoch;
                });
    }

    private void onOwnNodeEvent(NodeEvent event) {
        if (closed || brokerEpoch == NOT_REGISTERED) {
            return;
        }
        if (event.type() == NodeEvent.Type.DELETED) {
            LOG.warn("The registration {} of this broker was deleted; registering again", event.path());
            become(NOT_REGISTERED);
            // Not at once: if another process has taken the id over, this one gives way to it until it is gone.
            var unused = session.executor().schedule(this::registerForEver, RETRY_BACKOFF_MS, TimeUnit.MILLISECONDS);
        } else {
            var unused = session.exists(event.path(), this::onOwnNodeEvent);
        }
    }

    private CompletableFuture<Void> refuseForeignEndpoints() {
        return session.children(BrokerIdNode.PARENT)
                .thenCompose(names -> Gather.each(names, name -> session.get(BrokerIdNode.path(Integer.parseInt(name)))
                        .thenApply(node -> node.map(read -> BrokerIdNode.decode(Integer.parseInt(name), read.data())))))
                .thenApply(brokers -> {
                    brokers.forEach(broker -> broker.ifPresent(this::refuseIfSharing));
                    return null;
                });
    }

    private void refuseIfSharing(BrokerIdNode other) {
        Set<String> shared = hostsAndPorts(other);
        shared.retainAll(hostsAndPorts(identity));
        if (other.id() != identity.id() && !shared.isEmpty()) {
            throw new ConflictException("advertised.listeners " + shared + " of broker " + identity.id()
                    + " are registered by broker " + other.id() + "; two brokers cannot share an endpoint");
        }
    }

    private static Set<String> hostsAndPorts(BrokerIdNode broker) {
        return broker.endpoints().stream().map(Endpoint::hostAndPort).collect(Collectors.toSet());
    }

    /**
     * Registers no more, and takes the node away now rather than with the session. To be called while this broker still
     * listens: nobody else can have registered with its endpoints then. Completes when ZooKeeper has been told.
     */
    public CompletableFuture<Void> leave() {
        CompletableFuture<Void> left = new CompletableFuture<>();
        session.executor().execute(() -> {
            boolean registered = brokerEpoch != NOT_REGISTERED && !closed;
            closed = true;
            become(NOT_REGISTERED);
            CompletableFuture<Void> removed = registered
                    ? session.delete(BrokerIdNode.path(identity.id()), ZooKeeperSession.ANY_VERSION)
                    : CompletableFuture.completedFuture(null);
            var unused = removed.whenComplete((done, failure) -> {
                if (failure == null || ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)) {
                    left.complete(null);
                } else {
                    left.completeExceptionally(failure);
                }
            });
        });
        return left;
    }

    /** Registers no more; the node goes with the session. */
    @Override
    public void close() {
        session.executor().execute(() -> {
            closed = true;
            become(NOT_REGISTERED);
        });
    }
}
