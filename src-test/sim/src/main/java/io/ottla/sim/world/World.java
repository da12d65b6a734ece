package io.ottla.sim.world;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Time, chance, and all that is still to happen. Confined to one thread. Two worlds of one seed do the same, event by event:
 * {@link #hash} tells whether they did.
 */
public final class World {
    /** 2026-01-01T00:00:00Z. */
    private static final long EPOCH_MS = 1_767_225_600_000L;
    /** What takes more events than this for no time at all would go on for ever. */
    private static final long INSTANT_MAX_EVENTS = 5_000_000;

    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private final List<Runnable> observers = new ArrayList<>();
    private final Random random;
    private final Trace trace = new Trace(this);
    private long nowNs;
    private long sequence;
    private long events;
    /** How many there were when time went on last. */
    private long eventsBefore;

    private long hash;
    private @Nullable SimLoop current;
    private @Nullable SimulationFailure failure;
    private String running = "";
    private String lastRunning = "";

    private record Event(long atNs, long sequence, String what, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atNs != other.atNs ? Long.compare(atNs, other.atNs) : Long.compare(sequence, other.sequence);
        }
    }

    public World(long seed) {
        this.random = new Random(seed);
    }

    /** Nanoseconds since the beginning. */
    public long nowNs() {
        return nowNs;
    }

    /** What an exact wall clock shows. */
    public long nowMs() {
        return EPOCH_MS + TimeUnit.NANOSECONDS.toMillis(nowNs);
    }

    public Random random() {
        return random;
    }

    public Trace trace() {
        return trace;
    }

    /** How many events there were. */
    public long events() {
        return events;
    }

    /** Stands for all events so far and the times of all. */
    public long hash() {
        return hash;
    }

    /** Something between {@code min} and {@code max}, both in nanoseconds; small delays are more likely. */
    public long delayNs(long min, long max) {
        double x = random.nextDouble();
        return min + (long) ((max - min) * x * x * x);
    }

    /** Has something happen later; of two things at one time the one that was asked for first is first. */
    public void after(long delayNs, String what, Runnable action) {
        queue.add(new Event(nowNs + Math.max(0, delayNs), sequence++, what, action));
    }

    public void afterMs(long delayMs, String what, Runnable action) {
        after(TimeUnit.MILLISECONDS.toNanos(delayMs), what, action);
    }

    /** Called after each event. */
    public void observe(Runnable observer) {
        observers.add(observer);
    }

    /** Lets the next thing happen; false if there is nothing. */
    public boolean step() {
        Event next = queue.poll();
        if (next == null) {
            return false;
        }
        if (next.atNs > nowNs) {
            nowNs = next.atNs;
            eventsBefore = events;
        } else if (events - eventsBefore > INSTANT_MAX_EVENTS) {
            throw new SimulationFailure("time goes on", "", "it stands still at event '" + next.what + "'", null);
        }
        events++;
        lastRunning = "";
        hash = (hash * 31 + next.what.hashCode()) * 31 + nowNs;
        next.action.run();
        throwFailure();
        for (int i = 0; i < observers.size(); i++) {
            observers.get(i).run();
        }
        return true;
    }

    /**
     * Fails the simulation at the end of the present event. To be used, and thrown, where a stage of a future would swallow
     * what is only thrown.
     */
    public SimulationFailure fail(SimulationFailure failed) {
        if (failure == null) {
            failure = failed;
        }
        return failed;
    }

    private void throwFailure() {
        SimulationFailure failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    /** Lets everything happen that is due until a time. */
    public void runUntil(long untilNs) {
        for (Event next = queue.peek(); next != null && next.atNs <= untilNs; next = queue.peek()) {
            step();
        }
        nowNs = Math.max(nowNs, untilNs);
    }

    /** Whether no task of a process has run in the present event: one may, and is looked at after the event. */
    boolean isEventFree() {
        return running.isEmpty() && lastRunning.isEmpty();
    }

    /** The loop whose task runs now. */
    @Nullable
    SimLoop current() {
        return current;
    }

    /** Whose code runs now, "" outside of all processes. */
    public String running() {
        return running;
    }

    /** Whose code has run in the latest event, "" if none has. */
    public String lastRunning() {
        return lastRunning;
    }

    /** Runs a task of a process as if on this loop; on none if it is null. */
    void runOn(SimProcess process, @Nullable SimLoop loop, Runnable task) {
        SimLoop before = current;
        String runningBefore = running;
        current = loop;
        running = process.name();
        lastRunning = running;
        try {
            task.run();
        } finally {
            current = before;
            running = runningBefore;
        }
    }
}
