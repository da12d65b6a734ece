package io.ottla.storage.file;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The {@link LazyFile}s of one log directory that are open, and the bounds that keep them from becoming too many. Any
 * thread.
 *
 * <p>Nobody reads a clock here: whoever works with the directory calls {@link #nextPeriod} once a second, and a file remembers
 * the period of its last use. Closing takes nothing from anybody: who is reading or writing holds a reference, and who comes
 * later opens the file again, which costs a few microseconds.
 */
public final class OpenFiles {
    /** How long a period lasts, by agreement with those who call {@link #nextPeriod}. */
    public static final long PERIOD_MS = 1_000;

    /** For directories whose files take no descriptors: keeps no account, and so serves them all. */
    static final OpenFiles UNTRACKED = new OpenFiles(new Limits(Integer.MAX_VALUE, Integer.MAX_VALUE));

    private final Limits limits;
    private final Set<LazyFile> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile int period;

    /**
     * How many files may be open.
     *
     * @param open {@code log.files.open.max}: at any time, but for those being read or written at that very moment
     * @param idle {@code log.files.idle.max}: of those that nobody has used for a whole period
     */
    public record Limits(int open, int idle) {
        public static final Limits DEFAULT = new Limits(4_096, 256);
    }

    public OpenFiles(Limits limits) {
        this.limits = limits;
    }

    /** How many are open. */
    public int count() {
        return count.get();
    }

    /** Which period it is; a file notes it at each use. */
    int period() {
        return period;
    }

    /** A file has been opened. */
    void add(LazyFile file) {
        if (limits.open < Integer.MAX_VALUE && open.add(file)) {
            count.incrementAndGet();
        }
    }

    /** A file has been closed. */
    void remove(LazyFile file) {
        if (open.remove(file)) {
            count.decrementAndGet();
        }
    }

    /** Closes the files that have not been used for longest if there are too many. Not to be called under a file's monitor. */
    void makeRoom() {
        if (count.get() > limits.open && closing.compareAndSet(false, true)) {
            try {
                // A quarter at once, so that the next openings need not look for a victim each.
                close(limits.open - limits.open / 4, period);
            } finally {
                closing.set(false);
            }
        }
    }

    /** A period is over; called by one thread. Says whether so many files are open that {@link #closeIdle} is worth a call. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // One thread calls.
    public boolean nextPeriod() {
        period = period + 1;
        return count.get() > limits.idle;
    }

    /** Closes files that were not used in the period that is over, as far as there are too many of them. Blocks. */
    public void closeIdle() {
        close(limits.idle, period - 2);
    }

    /** Closes files whose last use was in {@code latest} or before, oldest first, until {@code wanted} are open. */
    private void close(int wanted, int latest) {
        record Use(LazyFile file, int period, String name) {}
        List<Use> idle = new ArrayList<>();
        for (LazyFile file : open) {
            int used = file.lastUse();
            if (used <= latest) {
                idle.add(new Use(file, used, file.name()));
            }
        }
        idle.sort(Comparator.comparingInt(Use::period).thenComparing(Use::name));
        for (int i = 0; i < idle.size() && count.get() > wanted; i++) {
            idle.get(i).file.rest();
        }
    }
}
