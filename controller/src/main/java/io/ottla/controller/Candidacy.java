package io.ottla.controller;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.controller.election.ControllerElection;
import io.ottla.controller.election.ControllerTerm;
import io.ottla.controller.election.ElectionResult;
import io.ottla.controller.event.EventQueue;
import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.state.ClusterLoader;
import io.ottla.controller.zk.SessionEvent;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.protocol.error.StageFailure;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for election whenever the controller's office is vacant, holds the term while this broker is in office, and knows who
 * is in office otherwise. State is confined to the session's executor, but for what any thread may read.
 */
final class Candidacy implements ClusterEvents.OfficeDoubts {

    static final int NOBODY = -1;

    private static final Logger LOG = LoggerFactory.getLogger(Candidacy.class);
    private static final long RETRY_BACKOFF_MS = 500;
    /** Within it a client of ZooKeeper has tried to connect at least once. */
    private static final long RETURN_PATIENCE_MS = 2_000;

    private final int brokerId;
    private final ZooKeeperSession session;
    private final EventExecutor executor;
    private final EventQueue events;
    private final ControllerElection election;
    private final TermFactory terms;

    private @Nullable Term term;
    private boolean closed;
    /**
     * From the end of a session until {@link #RETURN_PATIENCE_MS} after the begin of the next one. If ZooKeeper was away for
     * everybody, all others come back in this time; whoever took office before they are registered again would take them for
     * dead. If it was not, one of them has the office already.
     */
    private boolean returning;
    /** The latest election that this broker has not won. */
    private ElectionResult.@Nullable Lost lost;
    /** Whom this broker has deposed, as long as nobody else has been elected since. */
    private int deposed = NOBODY;

    private volatile int activeControllerId = NOBODY;
    private volatile @Nullable LiveBroker activeController;
    private volatile Runnable onControllerFound = () -> {};
    private volatile int epoch;

    /** Makes what a controller holds from its election on. */
    interface TermFactory {

        /**
         * A term that has not begun yet.
         *
         * @param doubts told when it may be over
         */
        Term create(ControllerTerm elected, ClusterEvents.OfficeDoubts doubts);
    }

    Candidacy(
            int brokerId, ZooKeeperSession session, EventQueue events, ControllerElection election, TermFactory terms) {
        this.brokerId = brokerId;
        this.session = session;
        this.executor = session.executor();
        this.events = events;
        this.election = election;
        this.terms = terms;
    }

    /** Completes when the first election is over. */
    CompletableFuture<Void> start() {
        session.addListener(this::onSessionEvent);
        return events.submitAlways("start", this::stand);
    }

    /** The term of this broker, null while it is not in office. */
    @Nullable
    Term term() {
        return term;
    }

    /** See {@link Controller#activeControllerId}. */
    int activeControllerId() {
        return activeControllerId;
    }

    /** See {@link Controller#activeController}. */
    @Nullable
    LiveBroker activeController() {
        return activeController;
    }

    /** See {@link Controller#onControllerFound}. */
    void onControllerFound(Runnable listener) {
        onControllerFound = listener;
    }

    /** Epoch of this broker's latest term, 0 before the first. Any thread. */
    int epoch() {
        return epoch;
    }

    private void onSessionEvent(SessionEvent event) {
        if (event == SessionEvent.EXPIRED) {
            returning = true;
            resign("its ZooKeeper session has expired");
            activeControllerId = NOBODY;
        } else if (event == SessionEvent.ESTABLISHED) {
            long sessionId = session.sessionId();
            var unused = executor.schedule(() -> returned(sessionId), RETURN_PATIENCE_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void returned(long sessionId) {
        if (sessionId == session.sessionId()) {
            returning = false;
            standAgain();
        }
    }

    private void standAgain() {
        if (closed || session.sessionId() == 0) {
            return;
        }
        var unused = events.submitAlways("election", this::stand).exceptionally(failure -> {
            if (!closed && !ZooKeeperException.is(failure, ZooKeeperError.SESSION_EXPIRED)) {
                LOG.error(
                        "Broker {} could not stand for election; next attempt in {} ms",
                        brokerId,
                        RETRY_BACKOFF_MS,
                        StageFailure.cause(failure));
                resign("it could not take office");
                var unusedRetry = executor.schedule(this::standAgain, RETRY_BACKOFF_MS, TimeUnit.MILLISECONDS);
            }
            return null;
        });
    }

    private CompletableFuture<Void> stand() {
        if (term != null || closed || returning) {
            return CompletableFuture.completedFuture(null);
        }
        return election.stand(event -> officeChanged()).thenCompose(result -> {
            if (result instanceof ElectionResult.Won won) {
                return takeOffice(won.term());
            }
            lost = (ElectionResult.Lost) result;
            int elected = lost.controllerId();
            if (elected != deposed) {
                deposed = NOBODY;
            }
            // Under this broker's own id another process holds the office: that one is not this.
            int now = elected == brokerId ? NOBODY : elected;
            if (activeControllerId != now) {
                activeControllerId = now;
                LOG.info("Broker {} is the controller", elected);
            }
            return findController(now);
        });
    }

    private CompletableFuture<Void> findController(int id) {
        CompletableFuture<Optional<LiveBroker>> found = id == NOBODY
                ? CompletableFuture.completedFuture(Optional.empty())
                : new ClusterLoader(session).broker(id);
        // Who cannot be found out tells of itself, if it lives.
        return found.exceptionally(failure -> {
                    LOG.warn("Could not read the registration of controller {}", id, StageFailure.cause(failure));
                    return Optional.empty();
                })
                .thenAccept(this::controllerIs);
    }

    private void controllerIs(Optional<LiveBroker> found) {
        LiveBroker now = found.orElse(null);
        if (!Objects.equals(activeController, now)) {
            activeController = now;
            onControllerFound.run();
        }
    }

    /** The watch on /controller: somebody has taken the office, or left it. */
    private void officeChanged() {
        var unused = events.submitAlways("office changed", this::checkOffice).exceptionally(failure -> {
            if (!closed && !ZooKeeperException.is(failure, ZooKeeperError.SESSION_EXPIRED)) {
                LOG.error("Could not find out who the controller is", StageFailure.cause(failure));
                resign("it does not know whether it is still the controller");
                var unusedRetry = executor.schedule(this::standAgain, RETRY_BACKOFF_MS, TimeUnit.MILLISECONDS);
            }
            return null;
        });
    }

    private CompletableFuture<Void> checkOffice() {
        if (closed) {
            return CompletableFuture.completedFuture(null);
        }
        Term current = term;
        if (current == null) {
            return stand();
        }
        return election.isHeldBySession(event -> officeChanged()).thenCompose(held -> {
            if (held) {
                return CompletableFuture.completedFuture(null);
            }
            resign("another broker was elected, or its election was undone");
            return stand();
        });
    }

    /** See {@link Controller#onControllerRefused}. */
    void onControllerRefused(int controllerId) {
        var unused = events.submitAlways("controller refused", () -> depose(controllerId))
                .exceptionally(failure -> {
                    LOG.warn("Could not depose controller {}", controllerId, StageFailure.cause(failure));
                    return null;
                });
    }

    private CompletableFuture<Void> depose(int controllerId) {
        ElectionResult.Lost election = lost;
        boolean meant = election != null && election.controllerId() == controllerId && term == null && !closed;
        if (election == null || !meant || controllerId == brokerId || controllerId == deposed) {
            return CompletableFuture.completedFuture(null);
        }
        deposed = controllerId;
        return this.election.depose(election).thenCompose(vacated -> {
            // One that has left on purpose refuses connections as well.
            if (vacated) {
                LOG.warn("Controller {} is dead: its host refuses connections; standing for election", controllerId);
            }
            return stand();
        });
    }

    private CompletableFuture<Void> takeOffice(ControllerTerm elected) {
        LOG.info("Broker {} is elected controller, epoch {}", brokerId, elected.epoch());
        lost = null;
        deposed = NOBODY;
        Term begun = terms.create(elected, this);
        term = begun;
        return begun.cluster().takeOffice().thenRun(() -> {
            epoch = elected.epoch();
            activeControllerId = brokerId;
            controllerIs(Optional.empty());
        });
    }

    @Override
    public void check() {
        officeChanged();
    }

    /** An event of the term has failed: start over with a new term, on what ZooKeeper holds. */
    @Override
    public void lose() {
        Term current = term;
        if (current == null || closed) {
            return;
        }
        resign("an event failed");
        var unused = election.resign(current.office().writer().term()).whenComplete((done, failure) -> {
            var unusedRetry = executor.schedule(this::standAgain, RETRY_BACKOFF_MS, TimeUnit.MILLISECONDS);
        });
    }

    private void resign(String why) {
        Term ended = term;
        if (ended == null) {
            return;
        }
        LOG.info("Broker {} is no longer the controller: {}", brokerId, why);
        term = null;
        activeControllerId = NOBODY;
        ended.end();
    }

    /** Leaves the office for good, if it is held, and does not stand again; completes when ZooKeeper has been told. */
    CompletableFuture<Void> leave() {
        closed = true;
        Term current = term;
        resign("it shuts down");
        return current == null
                ? CompletableFuture.completedFuture(null)
                : election.resign(current.office().writer().term());
    }
}
