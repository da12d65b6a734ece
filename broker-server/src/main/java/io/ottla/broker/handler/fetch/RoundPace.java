package io.ottla.broker.handler.fetch;

/**
 * How fast a follower's rounds may follow each other. Confined to the request that holds the session.
 *
 * <p>What a round costs on both sides, wake-ups and system calls, hardly depends on how much it carries. Producers that send
 * batch after batch would have each of them fetched by itself, since a follower is as quick as they are. So a follower that has just
 * been sent some batches, but not many, gets the next ones a moment later, together. Not so where there is little to send, as
 * to a producer that awaits each acknowledgement, nor where there is much, as while a follower catches up.
 */
final class RoundPace {

    /** The shortest time between two answers that carry {@link #LITTLE_BYTES} to {@link #MUCH_BYTES}. */
    static final long PAUSE_NS = 1_000_000;

    static final int LITTLE_BYTES = 8 << 10;
    static final int MUCH_BYTES = 64 << 10;

    private boolean paces;
    private long servedNs;

    /** The follower is sent so many bytes of records. */
    void onServed(long bytes, long nowNs) {
        paces = bytes >= LITTLE_BYTES && bytes < MUCH_BYTES;
        servedNs = nowNs;
    }

    /** How long the next answer that is not urgent should wait; not positive if not at all. */
    long pauseNs(long nowNs) {
        return paces ? servedNs + PAUSE_NS - nowNs : 0;
    }
}
