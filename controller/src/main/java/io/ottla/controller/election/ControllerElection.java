package io.ottla.controller.election;

import io.ottla.controller.zk.Node;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.NodeWatcher;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.WriteResult;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.BrokerIdNode;
import io.ottla.controller.znode.ControllerEpochNode;
import io.ottla.controller.znode.ControllerNode;
import io.ottla.protocol.error.StageFailure;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for election as controller. Stateless; called on the session's executor by one event at a time.
 *
 * <p>A {@code /controller} of this broker's own id that its present session does not own was left by a run of it that
 * was killed; it is removed at once, so that nobody waits for the session timeout, provided that this session holds the
 * broker's registration.
 */
public final class ControllerElection {

    private static final Logger LOG = LoggerFactory.getLogger(ControllerElection.class);
    private static final byte[] EPOCH_BEFORE_FIRST = ControllerEpochNode.encode(ControllerEpochNode.BEFORE_FIRST);

    private final ZooKeeperSession session;
    private final int brokerId;
    private final Clock clock;

    /** Elects this broker, over this session. */
    public ControllerElection(ZooKeeperSession session, int brokerId, Clock clock) {
        this.session = session;
        this.brokerId = brokerId;
        this.clock = clock;
    }

    /**
     * Takes the office if it is vacant.
     *
     * @param onChange told once when {@code /controller} changes after this election; its own creation is such a change
     */
    public CompletableFuture<ElectionResult> stand(NodeWatcher onChange) {
        return session.get(ControllerNode.PATH, onChange).thenCompose(node -> {
            if (node.isEmpty()) {
                return takeOffice(List.of());
            }
            ControllerNode holder = ControllerNode.decode(node.get().data());
            return holder.brokerId() == brokerId
                    ? replaceOwn(node.get(), onChange)
                    : CompletableFuture.completedFuture(lostTo(holder, node.get()));
        });
    }

    /** Not if another process is registered under this broker's id: the two would depose each other for ever. */
    private CompletableFuture<ElectionResult> replaceOwn(Node node, NodeWatcher onChange) {
        return session.exists(BrokerIdNode.path(brokerId)).thenCompose(registration -> {
            boolean registered = registration.isPresent() && registration.get().ephemeralOwner() == session.sessionId();
            return registered
                    ? takeOffice(List.of(removalOfOwn(node)))
                            .exceptionallyCompose(failure -> ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                                    ? stand(onChange)
                                    : CompletableFuture.failedFuture(failure))
                    : CompletableFuture.completedFuture(
                            new ElectionResult.Lost(brokerId, node.stat().czxid()));
        });
    }

    private WriteOperation removalOfOwn(Node node) {
        LOG.info("Replacing {} that an earlier run of broker {} has left", ControllerNode.PATH, brokerId);
        return WriteOperation.delete(ControllerNode.PATH, node.stat().version());
    }

    /** Whether the office is held by this very session; watched for the next change. */
    public CompletableFuture<Boolean> isHeldBySession(NodeWatcher onChange) {
        return session.exists(ControllerNode.PATH, onChange)
                .thenApply(stat -> stat.isPresent() && stat.get().ephemeralOwner() == session.sessionId());
    }

    /** Gives the office back, if this term still holds it. */
    public CompletableFuture<Void> resign(ControllerTerm term) {
        return session.multi(List.of(
                        WriteOperation.check(ControllerEpochNode.PATH, term.epochNodeVersion()),
                        WriteOperation.delete(ControllerNode.PATH, ZooKeeperSession.ANY_VERSION)))
                .thenApply(done -> null);
    }

    private static ElectionResult lostTo(ControllerNode holder, Node node) {
        return new ElectionResult.Lost(holder.brokerId(), node.stat().czxid());
    }

    /**
     * Vacates the office if it is still held by the very election that was lost then. The epoch's version stands for that
     * election in the write: every later one would have raised it.
     *
     * @return whether this has vacated it
     */
    public CompletableFuture<Boolean> depose(ElectionResult.Lost election) {
        return session.get(ControllerEpochNode.PATH)
                .thenCombine(session.exists(ControllerNode.PATH), (epoch, holder) -> {
                    boolean same = epoch.isPresent()
                            && holder.isPresent()
                            && holder.get().czxid() == election.czxid();
                    return same
                            ? List.of(
                                    WriteOperation.check(
                                            ControllerEpochNode.PATH,
                                            epoch.get().stat().version()),
                                    WriteOperation.delete(ControllerNode.PATH, ZooKeeperSession.ANY_VERSION))
                            : List.<WriteOperation>of();
                })
                .thenCompose(writes -> writes.isEmpty() ? CompletableFuture.completedFuture(false) : vacate(writes));
    }

    private CompletableFuture<Boolean> vacate(List<WriteOperation> writes) {
        return session.multi(writes)
                .thenApply(done -> true)
                .exceptionallyCompose(failure -> ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                                || ZooKeeperException.is(failure, ZooKeeperError.BAD_VERSION)
                        ? CompletableFuture.completedFuture(false)
                        : CompletableFuture.failedFuture(failure));
    }

    /** @param vacating what has to go in the same write, so that nobody else is elected in between */
    private CompletableFuture<ElectionResult> takeOffice(List<WriteOperation> vacating) {
        return epochNode().thenCompose(node -> {
            int epoch = ControllerEpochNode.decode(node.data()) + 1;
            ControllerNode own = new ControllerNode(brokerId, clock.millis());
            List<WriteOperation> writes = new ArrayList<>(vacating);
            writes.add(WriteOperation.create(ControllerNode.PATH, own.encode(), NodeKind.EPHEMERAL));
            writes.add(WriteOperation.set(
                    ControllerEpochNode.PATH,
                    ControllerEpochNode.encode(epoch),
                    node.stat().version()));
            return session.multi(writes)
                    .thenApply(results -> won(epoch, results))
                    .exceptionallyCompose(failure -> explainRefusal(failure, epoch));
        });
    }

    private static ElectionResult won(int epoch, List<WriteResult> results) {
        int version =
                ((WriteResult.Changed) results.get(results.size() - 1)).stat().version();
        return new ElectionResult.Won(new ControllerTerm(epoch, version));
    }

    private CompletableFuture<Node> epochNode() {
        return session.get(ControllerEpochNode.PATH).thenCompose(node -> node.map(CompletableFuture::completedFuture)
                .orElseGet(this::createEpochNode));
    }

    private CompletableFuture<Node> createEpochNode() {
        return session.create(ControllerEpochNode.PATH, EPOCH_BEFORE_FIRST, NodeKind.PERSISTENT)
                .handle((created, failure) -> {
                    if (failure != null && !ZooKeeperException.is(failure, ZooKeeperError.NODE_EXISTS)) {
                        throw (RuntimeException) StageFailure.cause(failure);
                    }
                    return ControllerEpochNode.PATH;
                })
                .thenCompose(session::get)
                .thenApply(Optional::orElseThrow);
    }

    /** A multi that was sent twice fails although it has won; another broker's election makes it fail as well. */
    private CompletableFuture<ElectionResult> explainRefusal(Throwable failure, int attemptedEpoch) {
        boolean refused = ZooKeeperException.is(failure, ZooKeeperError.NODE_EXISTS)
                || ZooKeeperException.is(failure, ZooKeeperError.BAD_VERSION);
        if (!refused) {
            return CompletableFuture.failedFuture(failure);
        }
        return session.get(ControllerNode.PATH)
                .thenCombine(
                        session.get(ControllerEpochNode.PATH),
                        (holder, epoch) -> resultOf(holder, epoch, attemptedEpoch));
    }

    private ElectionResult resultOf(Optional<Node> holder, Optional<Node> epoch, int attemptedEpoch) {
        if (holder.isEmpty() || epoch.isEmpty()) {
            // Elected and gone again; the watch on /controller leads to the next election.
            return new ElectionResult.Lost(-1, 0);
        }
        int currentEpoch = ControllerEpochNode.decode(epoch.get().data());
        boolean ours = holder.get().stat().ephemeralOwner() == session.sessionId();
        if (ours && currentEpoch == attemptedEpoch) {
            return new ElectionResult.Won(
                    new ControllerTerm(currentEpoch, epoch.get().stat().version()));
        }
        return lostTo(ControllerNode.decode(holder.get().data()), holder.get());
    }
}
