package io.ottla.bench.os;

/** Reads the clocks of all processes of the benchmark at the start and at the end of an interval. Confined to one thread. */
public final class UsageMeter {
    private static final double NS_PER_SECOND = 1e9;

    private final Processes processes;
    private final Sample start;

    private UsageMeter(Processes processes) {
        this.processes = processes;
        this.start = Sample.of(processes);
    }

    /**
     * The processes that belong to the benchmark; all others are foreign.
     *
     * @param broker pid of the broker under test
     * @param zooKeeper pid of the broker's own ZooKeeper, or {@link #NONE}
     * @param client pid of the process that makes the load
     * @param harness pid of the process that directs the run, or {@link #NONE}
     */
    public record Processes(long broker, long zooKeeper, long client, long harness) {
        public static final long NONE = -1;
    }

    /** Begins an interval. */
    public static UsageMeter start(Processes processes) {
        return new UsageMeter(processes);
    }

    /** What has happened since the start. */
    public Usage stop() {
        Sample end = Sample.of(processes);
        double own = end.own() - start.own();
        double busy = (double) (end.machine.busyTicks() - start.machine.busyTicks()) / ProcessTimes.TICKS_PER_SECOND;
        double all = (double) (end.machine.allTicks() - start.machine.allTicks()) / ProcessTimes.TICKS_PER_SECOND;
        double stolen =
                (double) (end.machine.stolenTicks() - start.machine.stolenTicks()) / ProcessTimes.TICKS_PER_SECOND;
        return new Usage(
                (end.ns - start.ns) / NS_PER_SECOND,
                end.broker.cpuSeconds() - start.broker.cpuSeconds(),
                end.broker.systemSeconds() - start.broker.systemSeconds(),
                end.zooKeeper.cpuSeconds() - start.zooKeeper.cpuSeconds(),
                end.client.cpuSeconds() - start.client.cpuSeconds(),
                all <= 0 ? 0 : Math.max(0, busy - own) / all,
                all <= 0 ? 0 : stolen / all,
                start.wallMs,
                end.wallMs);
    }

    private record Sample(
            long ns,
            long wallMs,
            ProcessTimes broker,
            ProcessTimes zooKeeper,
            ProcessTimes client,
            ProcessTimes harness,
            MachineTimes machine) {
        static Sample of(Processes processes) {
            return new Sample(
                    System.nanoTime(),
                    System.currentTimeMillis(),
                    timesOf(processes.broker()),
                    timesOf(processes.zooKeeper()),
                    timesOf(processes.client()),
                    timesOf(processes.harness()),
                    ProcFs.machine());
        }

        double own() {
            return broker.cpuSeconds() + zooKeeper.cpuSeconds() + client.cpuSeconds() + harness.cpuSeconds();
        }

        private static ProcessTimes timesOf(long pid) {
            return pid == Processes.NONE ? new ProcessTimes(0, 0) : ProcFs.times(pid);
        }
    }
}
