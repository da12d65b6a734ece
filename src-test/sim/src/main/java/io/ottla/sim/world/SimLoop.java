package io.ottla.sim.world;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Ticker;
import io.ottla.loop.EndlessLoop;
import java.util.ArrayDeque;

/**
 * An event loop of a simulated process: one task is one event of the world, in the order in which they came. A task that
 * throws fails the simulation.
 */
public final class SimLoop extends EndlessLoop {
    private static final long NOT_ARMED = Long.MAX_VALUE;
    private static final long LATENCY_MIN_NS = 500;
    private static final long LATENCY_MAX_NS = 60_000;

    private final SimProcess process;
    private final World world;
    private final String name;
    private final Ticker ticker;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean turnPosted;
    private long armedForNs = NOT_ARMED;

    public SimLoop(SimProcess process, String name) {
        this.process = process;
        this.world = process.world();
        this.name = process.name() + "/" + name;
        this.ticker = process.ticker();
    }

    @Override
    public Ticker ticker() {
        return ticker;
    }

    @Override
    public void execute(Runnable task) {
        if (!process.isDead()) {
            tasks.add(task);
            postTurn();
        }
    }

    /**
     * For what comes from outside of a process, after its time on the way: runs now, as part of the present event, if nothing else
     * is to be done before.
     *
     * @param loop of a simulated process
     */
    public static void deliver(EventExecutor loop, Runnable task) {
        if (loop instanceof SimLoop simulated) {
            simulated.arrive(task);
        } else {
            loop.execute(task);
        }
    }

    private void arrive(Runnable task) {
        if (turnPosted || !world.isEventFree()) {
            execute(task);
        } else if (!process.isDead()) {
            tasks.add(task);
            turn();
        }
    }

    private void postTurn() {
        if (!turnPosted) {
            turnPosted = true;
            world.after(world.delayNs(LATENCY_MIN_NS, LATENCY_MAX_NS), name, this::turn);
        }
    }

    private void turn() {
        turnPosted = false;
        if (process.isDead()) {
            tasks.clear();
            return;
        }
        if (process.isPaused()) {
            turnPosted = true;
            world.after(process.pausedUntilNs() - world.nowNs(), name, this::turn);
            return;
        }
        world.runOn(process, this, this::runNext);
        if (!tasks.isEmpty()) {
            postTurn();
        }
        armTimer();
    }

    /** As a real loop does, timers that are due queue up behind what is there already. */
    private void runNext() {
        for (Runnable due = pollScheduledTask(ticker.nanoTime());
                due != null;
                due = pollScheduledTask(ticker.nanoTime())) {
            tasks.add(due);
        }
        Runnable task = tasks.poll();
        if (task != null) {
            try {
                task.run();
            } catch (SimulationFailure e) {
                throw e;
            } catch (RuntimeException | Error e) {
                throw new SimulationFailure("no task of a loop fails", "", name + ": " + e, e);
            }
        }
    }

    private void armTimer() {
        long deadlineNs = nextScheduledTaskDeadlineNanos();
        if (deadlineNs >= 0 && deadlineNs < armedForNs) {
            armedForNs = deadlineNs;
            world.after(deadlineNs - world.nowNs(), name, () -> onTimer(deadlineNs));
        }
    }

    private void onTimer(long deadlineNs) {
        if (armedForNs == deadlineNs) {
            armedForNs = NOT_ARMED;
        }
        if (process.isDead() || turnPosted) {
            return;
        }
        long next = nextScheduledTaskDeadlineNanos();
        if (next >= 0 && next <= world.nowNs()) {
            turn();
        } else {
            armTimer(); // What was due now has been cancelled.
        }
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return world.current() == this;
    }

    @Override
    public String toString() {
        return name;
    }
}
