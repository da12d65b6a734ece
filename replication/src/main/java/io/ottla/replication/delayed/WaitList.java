package io.ottla.replication.delayed;

import org.jspecify.annotations.Nullable;

/**
 * The waits that hang on one event of one partition, such as "the high watermark has moved". Any thread may add and
 * remove; the partition's home loop signals.
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

    /** One place in one list; reusable after {@link WaitList#remove}. A wait that concerns n partitions has n of them. */
    public abstract static class Wait {
        private @Nullable WaitList list;
        private @Nullable Wait previous;
        private @Nullable Wait next;

        /**
         * Called on the partition's home loop for each event while in the list; must be short and must not call back into
         * the list.
         *
         * @param bytes how many bytes have become readable by the event, or {@link #UNKNOWN_BYTES}
         */
        protected abstract void onEvent(int bytes);
    }

    /** Says that the waiter has to look for itself: leadership changed, the log was cut, or the amount is not known. */
    public static final int UNKNOWN_BYTES = -1;

    /** Adds a wait that is in no list. */
    public synchronized void add(Wait wait) {
        if (wait.list != null) {
            throw new IllegalStateException("the wait is in a list already");
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
        wait.list = null;
        wait.previous = null;
        wait.next = null;
        size--;
    }

    /** Tells every wait of the event. On the partition's home loop. */
    public void signal(int bytes) {
        if (size != 0) {
            for (Wait wait : snapshot()) {
                wait.onEvent(bytes);
            }
        }
    }

    public int size() {
        return size;
    }

    private synchronized Wait[] snapshot() {
        Wait[] waits = new Wait[size];
        int count = 0;
        for (Wait wait = first; wait != null; wait = wait.next) {
            waits[count++] = wait;
        }
        return waits;
    }
}
