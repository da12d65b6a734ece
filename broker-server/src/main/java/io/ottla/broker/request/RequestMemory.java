package io.ottla.broker.request;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that requests of all connections may hold, {@code queued.max.request.bytes}. Thread-safe, without locks.
 *
 * <p>A frame is counted with its declared length before the first byte of it is kept. It is admitted while any of the
 * limit is free, so the sum exceeds the limit by at most one frame per loop, and a frame larger than the limit still
 * passes alone. A connection that is refused stops reading and queues up here; it is woken in turn.
 */
public final class RequestMemory {

    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    public RequestMemory(long limitBytes) {
        if (limitBytes <= 0) {
            throw new IllegalArgumentException("request memory limit " + limitBytes + " must be positive");
        }
        this.limitBytes = limitBytes;
    }

    /** Counts a frame in, or returns false when the limit is used up. */
    public boolean tryReserve(int bytes) {
        if (usedBytes.get() >= limitBytes) {
            return false;
        }
        if (usedBytes.addAndGet(bytes) < limitBytes) {
            wakeNext();
        }
        return true;
    }

    /** Counts a frame out and wakes the connection that has waited longest. */
    public void release(int bytes) {
        long used = usedBytes.addAndGet(-bytes);
        assert used >= 0 : "released more request memory than was reserved: " + used;
        if (used < limitBytes) {
            wakeNext();
        }
    }

    /**
     * Runs the task once when memory is free again, on any thread; it must try again and may be refused again. A task
     * that turns out to need nothing must call {@link #wakeNext} for the one behind it.
     */
    public void await(Runnable task) {
        waiting.add(task);
        if (usedBytes.get() < limitBytes) {
            wakeNext();
        }
    }

    /** Passes the turn to the connection that has waited longest, if any. */
    public void wakeNext() {
        if (waiting.isEmpty()) {
            return;
        }
        Runnable next = waiting.poll();
        if (next != null) {
            next.run();
        }
    }

    /** The bytes counted in at this moment. */
    public long usedBytes() {
        return usedBytes.get();
    }

    /** The limit. */
    public long limitBytes() {
        return limitBytes;
    }
}
