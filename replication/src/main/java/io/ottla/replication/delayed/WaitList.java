package io.ottla.replication.delayed;

import org.jspecify.annotations.Nullable;

/**
 * The waits that hang on one event of one partition, such as "the high watermark has moved". Any thread may add and
 * remove; the partition's home loop signals. A wait is told of one event and is out of the list then: who has been told once
 * and has not come to look costs later events nothing, so that a place may be kept for as long as nothing happens.
 *
 * <p>The links are guarded by this list's monitor, held for a few pointer writes and never while calling out. It is the one
 * place where loops meet in a lock: handing waits over through the home loop's queue was the alternative, and costs two
 * wake-ups of another thread for each fetch that waits, mostly to say that nothing has happened. A signal without
 * waits, the common case of a busy producer, is one volatile read.
 *
 * <p>No wake-up is lost: a waiter first adds itself and then looks at the partition again, the home loop first publishes
 * the change and then looks for waiters.
 */
public final class WaitList {

    private volatile int size;
    private @Nullable Wait first;

    /** One place in one list; reusable once it is out. A wait that concerns n partitions has n of them. */
    public abstract static class Wait {
        private @Nullable WaitList list;
        private @Nullable Wait previous;
        private @Nullable Wait next;

        /**
         * Called on the partition's home loop for an event, which has taken this wait out of the list; must be short. It may
         * add itself again, to hear of the next event.
         *
         * @param bytes how many bytes have become readable by the event, or {@link #UNKNOWN_BYTES}
         */
        protected abstract void onEvent(int bytes);
    }

    /** Says that the waiter has to look for itself: leadership changed, the log was cut, or the amount is not known. */
    public static final int UNKNOWN_BYTES = -1;

    /** Adds a wait that is in no other list; nothing happens if it is in this one already. */
    public synchronized void add(Wait wait) {
        if (wait.list == this) {
            return;
        }
        if (wait.list != null) {
            throw new IllegalStateException("the wait is in another list already");
        }
        wait.list = this;
        wait.next = first;
        if (first != null) {
            first.previous = wait;
        }
        first = wait;
        size++;
    }

    /** Takes a wait out, if it is in; it may yet be called once for an event that is being signalled at this moment. */
    public synchronized void remove(Wait wait) {
        if (wait.list != this) {
            return;
        }
        if (wait.previous != null) {
            wait.previous.next = wait.next;
        } else {
            first = wait.next;
        }
        if (wait.next != null) {
            wait.next.previous = wait.previous;
        }
        unlink(wait);
        size--;
    }

    /** Tells every wait of the event, and lets it go. On the partition's home loop. */
    public void signal(int bytes) {
        if (size != 0) {
            for (Wait wait : takeAll()) {
                wait.onEvent(bytes);
            }
        }
    }

    public int size() {
        return size;
    }

    private synchronized Wait[] takeAll() {
        Wait[] waits = new Wait[size];
        int count = 0;
        Wait wait = first;
        while (wait != null) {
            Wait after = wait.next;
            unlink(wait);
            waits[count++] = wait;
            wait = after;
        }
        first = null;
        size = 0;
        return waits;
    }

    private static void unlink(Wait wait) {
        wait.list = null;
        wait.previous = null;
        wait.next = null;
    }
}
