package io.ottla.sim.world;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/** The worker threads of a simulated process: tasks begin in order, take their time, and overtake each other. */
public final class SimWorkers implements Executor {
    private static final int WORKERS = 8;
    private static final long TASK_MIN_NS = 20_000;
    private static final long TASK_MAX_NS = 5_000_000;
    private static final long STALL_MAX_NS = 800_000_000;
    private static final int STALL_ONE_IN = 400;

    private final SimProcess process;
    private final World world;
    private final String name;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private int busy;

    public SimWorkers(SimProcess process) {
        this.process = process;
        this.world = process.world();
        this.name = process.name() + "/worker";
    }

    @Override
    public void execute(Runnable task) {
        if (!process.isDead()) {
            waiting.add(task);
            beginNext();
        }
    }

    private void beginNext() {
        if (busy < WORKERS && !waiting.isEmpty()) {
            busy++;
            Runnable task = waiting.remove();
            boolean stalls = world.random().nextInt(STALL_ONE_IN) == 0;
            world.after(world.delayNs(TASK_MIN_NS, stalls ? STALL_MAX_NS : TASK_MAX_NS), name, () -> run(task));
        }
    }

    private void run(Runnable task) {
        if (process.isDead()) {
            return;
        }
        if (process.isPaused()) {
            world.after(process.pausedUntilNs() - world.nowNs(), name, () -> run(task));
            return;
        }
        try {
            world.runOn(process, null, task);
        } catch (SimulationFailure e) {
            throw e;
        } catch (RuntimeException | Error e) {
            throw new SimulationFailure("no task of a worker fails", "", name + ": " + e, e);
        }
        busy--;
        beginNext();
    }
}
