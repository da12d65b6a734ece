package io.ottla.broker.handler.fetch;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Ticker;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchRequest;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The fetch sessions of this broker, at most {@code max.incremental.fetch.session.cache.slots} (KIP-227). Thread-safe:
 * finding a session takes no lock, adding one takes this object's monitor.
 *
 * <p>When all slots are taken, a new session displaces one that has not been used for {@link #EVICTION_AGE_NS}, else a
 * smaller one that is older than that; a follower's session also displaces any consumer's. If there is none, the client is
 * served without a session.
 */
final class FetchSessions {

    /** How long a session is safe from its like; Kafka's constant, which has no configuration. */
    static final long EVICTION_AGE_NS = 120_000_000_000L;

    private final int slots;
    private final Ticker ticker;
    private final Random random;
    private final Map<Integer, Slot> sessions = new ConcurrentHashMap<>();

    private record Slot(FetchSession session, long createdNs) {}

    /**
     * What a request fetches.
     *
     * @param session its partitions, acquired; null on error
     * @param incremental whether the response leaves out what the client knows already
     */
    record Opening(@Nullable FetchSession session, boolean incremental, ErrorCode error) {}

    FetchSessions(int slots, Ticker ticker, Random random) {
        this.slots = slots;
        this.ticker = ticker;
        this.random = random;
    }

    int size() {
        return sessions.size();
    }

    /**
     * Finds or makes the session that the request means, with the request's changes applied.
     *
     * @param loop the connection's
     */
    Opening open(FetchRequest request, boolean usesTopicIds, boolean ofFollower, EventExecutor loop) {
        int epoch = request.sessionEpoch();
        if (epoch != FetchSession.INITIAL_EPOCH && epoch != FetchSession.FINAL_EPOCH) {
            return reopen(request, usesTopicIds, loop);
        }
        if (request.sessionId() != FetchSession.NO_ID) {
            close(sessions.remove(request.sessionId()));
        }
        FetchSession session = new FetchSession(request, usesTopicIds, ofFollower);
        if (epoch == FetchSession.INITIAL_EPOCH && session.size() > 0) {
            register(session);
        }
        return new Opening(session, false, ErrorCode.NONE);
    }

    private Opening reopen(FetchRequest request, boolean usesTopicIds, EventExecutor loop) {
        Slot slot = sessions.get(request.sessionId());
        if (slot == null) {
            return new Opening(null, true, ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        }
        FetchSession session = slot.session;
        if (session.usesTopicIds() != usesTopicIds) {
            return new Opening(null, true, ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
        }
        session.endWait(request.sessionEpoch(), loop);
        if (!session.acquire(request.sessionEpoch())) {
            return new Opening(null, true, ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        }
        session.update(request);
        session.touch(ticker.nanoTime());
        if (session.size() == 0) {
            // The client has forgotten its last partition: nothing is left to be remembered.
            sessions.remove(session.id(), slot);
            session.setId(FetchSession.NO_ID);
        }
        return new Opening(session, true, ErrorCode.NONE);
    }

    private synchronized void register(FetchSession session) {
        long nowNs = ticker.nanoTime();
        if (sessions.size() >= slots && !evictFor(session, nowNs)) {
            return;
        }
        int id;
        do {
            id = 1 + random.nextInt(Integer.MAX_VALUE - 1);
        } while (sessions.containsKey(id));
        session.setId(id);
        session.touch(nowNs);
        sessions.put(id, new Slot(session, nowNs));
    }

    private boolean evictFor(FetchSession candidate, long nowNs) {
        Slot victim = null;
        Comparator<Slot> worth = Comparator.<Slot, Boolean>comparing(slot -> slot.session.ofFollower())
                .thenComparingInt(slot -> slot.session.size())
                .thenComparingInt(slot -> slot.session.id());
        Slot wanting = new Slot(candidate, nowNs);
        for (Slot slot : sessions.values()) {
            if (nowNs - slot.session.lastUsedNs() > EVICTION_AGE_NS) {
                return evict(slot);
            }
            boolean old = nowNs - slot.createdNs > EVICTION_AGE_NS;
            boolean exposed = old || (candidate.ofFollower() && !slot.session.ofFollower());
            if (exposed && (victim == null || worth.compare(slot, victim) < 0)) {
                victim = slot;
            }
        }
        return victim != null && worth.compare(victim, wanting) < 0 && evict(victim);
    }

    private boolean evict(Slot victim) {
        boolean removed = sessions.remove(victim.session.id(), victim);
        if (removed) {
            victim.session.close();
        }
        return removed;
    }

    private static void close(@Nullable Slot removed) {
        if (removed != null) {
            removed.session.close();
        }
    }
}
