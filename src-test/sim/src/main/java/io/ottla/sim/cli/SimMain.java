package io.ottla.sim.cli;

import io.ottla.sim.cluster.Fault;
import io.ottla.sim.cluster.Incident;
import io.ottla.sim.cluster.Part;
import io.ottla.sim.cluster.Scenario;
import io.ottla.sim.world.SimulationFailure;
import io.ottla.sim.world.World;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ottla-sim}. */
@Command(
        name = "ottla-sim",
        mixinStandardHelpOptions = true,
        description = "Runs simulated clusters under faults, one per seed, and stops at the first broken promise.")
public final class SimMain implements Callable<Integer> {
    @Option(names = "--seeds", description = "How many seeds to run (default: until the time is over).")
    private long seeds = Long.MAX_VALUE;

    @Option(
            names = "--minutes",
            description = "How long to go on, in minutes of real time (default: ${DEFAULT-VALUE}).")
    private double minutes = 1;

    @Option(names = "--seed", description = "The first seed; the following ones count up (default: any).")
    private @Nullable Long seed;

    @Option(names = "--threads", description = "How many seeds to run at a time (default: one per processor).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--faulty-seconds",
            description =
                    "Virtual seconds per seed in which clients are busy and faults happen (default: ${DEFAULT-VALUE}).")
    private long faultySeconds = 300;

    @Option(
            names = "--calm-seconds",
            description = "Virtual seconds per seed, in addition, in which clients do little and few faults happen"
                    + " (default: ${DEFAULT-VALUE}).")
    private long calmSeconds;

    @Option(
            names = "--faults",
            split = ",",
            description = "Only these faults: ${COMPLETION-CANDIDATES} (default: all).")
    private Set<Fault> faults = EnumSet.allOf(Fault.class);

    @Option(
            names = "--incidents",
            split = ",",
            description = "Only the incidents of these numbers, as a failure names them (default: all).")
    private @Nullable List<Integer> incidents;

    @Option(names = "--without", split = ",", description = "Without these clients: ${COMPLETION-CANDIDATES}.")
    private Set<Part> without = EnumSet.noneOf(Part.class);

    @Option(names = "--keep-going", description = "Go on after a failure, and list the seeds that fail.")
    private boolean keepGoing;

    @Option(
            names = "--seed-minutes",
            description = "A seed that takes longer, in minutes of real time, has failed (default: ${DEFAULT-VALUE}).")
    private double seedMinutes = 20;

    @Option(
            names = "--progress-seconds",
            description = "How often to say how far it has come (default: ${DEFAULT-VALUE}).")
    private long progressSeconds = 10;

    @Option(names = "--branches", description = "Print each line that brokers have logged, and how often.")
    private boolean branches;

    @Option(
            names = "--shrink-minutes",
            description = "How long to look for fewer incidents that fail alike (default: ${DEFAULT-VALUE}).")
    private double shrinkMinutes = 5;

    @Option(
            names = "--trace",
            description = "How many of the last events to print of a failure (default: ${DEFAULT-VALUE}).")
    private int traceLines = 60;

    @Option(names = "--trace-all", description = "Print events of everything, not of the partition in question only.")
    private boolean traceAll;

    @Spec
    private @Nullable CommandSpec spec;

    private final AtomicLong nextSeed = new AtomicLong();
    private final List<SeedThread> running = new ArrayList<>();
    /** The first failure, to be shrunk; later ones would take too much memory. */
    private final AtomicReference<@Nullable Trial> firstFailed = new AtomicReference<>();
    /** Whether a thread has ended because the simulation itself is broken: then no seed counts as a success. */
    private final AtomicBoolean crashed = new AtomicBoolean();

    /** Runs one seed after the other. */
    private static final class SeedThread extends Thread {
        private volatile long seed;
        private volatile long seedBeganNs = System.nanoTime();

        SeedThread(Runnable task, String name) {
            super(task, name);
            setDaemon(true);
        }

        void begin(long next) {
            seed = next;
            seedBeganNs = System.nanoTime();
        }
    }

    public static void main(String[] arguments) {
        CommandLine command = new CommandLine(new SimMain()).setCaseInsensitiveEnumValuesAllowed(true);
        System.exit(command.execute(arguments));
    }

    private PrintWriter out() {
        CommandSpec known = spec;
        if (known == null) {
            throw new IllegalStateException("the command line has not been read");
        }
        return known.commandLine().getOut();
    }

    @Override
    public Integer call() throws InterruptedException {
        TracedLog log = TracedLog.install();
        long beganNs = System.nanoTime();
        Tally tally = new Tally(beganNs);
        long first = seed != null ? seed : new Random().nextInt(Integer.MAX_VALUE);
        long endNs = beganNs + (long) (minutes * TimeUnit.MINUTES.toNanos(1));
        nextSeed.set(first);
        for (int i = 0; i < Math.min(threads, seeds); i++) {
            SeedThread thread = new SeedThread(() -> run(first, endNs, log, tally), "seeds-" + i);
            thread.setUncaughtExceptionHandler((died, cause) -> {
                crashed.set(true);
                cause.printStackTrace(out());
                out().flush();
            });
            running.add(thread);
            thread.start();
        }
        watch(tally);
        tally.print(out(), System.nanoTime(), branches);
        if (tally.runs() < seeds && seeds < Long.MAX_VALUE) {
            out().printf("  %d of %d seeds were run.%n", tally.runs(), seeds);
        }
        Trial failed = firstFailed.get();
        if (failed != null && shrinkMinutes > 0) {
            shrink(failed, log);
        }
        return failed == null && !crashed.get() ? 0 : 1;
    }

    /** Until all threads have ended; one whose seed takes too long is given up. */
    private void watch(Tally tally) throws InterruptedException {
        while (!running.isEmpty()) {
            running.get(0).join(TimeUnit.SECONDS.toMillis(progressSeconds));
            running.removeIf(thread -> !thread.isAlive() || isStuck(thread));
            if (!running.isEmpty()) {
                out().println(tally.progress(System.nanoTime()));
                out().flush();
            }
        }
    }

    private boolean isStuck(SeedThread thread) {
        if (System.nanoTime() - thread.seedBeganNs < seedMinutes * TimeUnit.MINUTES.toNanos(1)) {
            return false;
        }
        crashed.set(true);
        out().printf(
                        "FAILURE of seed %d: it has not ended within %s minutes%n  replay:    %s%n",
                        thread.seed, seedMinutes, replay(scenario(thread.seed)));
        for (StackTraceElement frame : thread.getStackTrace()) {
            out().println("    at " + frame);
        }
        out().flush();
        return true;
    }

    private void run(long first, long endNs, TracedLog log, Tally tally) {
        while (System.nanoTime() < endNs && (keepGoing || !tally.hasFailures()) && !crashed.get()) {
            long mine = nextSeed.getAndIncrement();
            if (mine - first >= seeds) {
                return;
            }
            if (Thread.currentThread() instanceof SeedThread thread) {
                thread.begin(mine);
            }
            Trial trial = Trial.of(scenario(mine), log);
            tally.add(trial);
            if (trial.failure() != null) {
                firstFailed.compareAndSet(null, trial);
                report(trial);
            }
        }
    }

    private Scenario scenario(long number) {
        Scenario scenario = whole(number);
        List<Integer> wanted = incidents;
        if (wanted != null) {
            scenario = scenario.with(wanted::contains);
        }
        Set<Part> parts = EnumSet.noneOf(Part.class);
        parts.addAll(scenario.parts());
        parts.removeAll(without);
        return scenario.withParts(parts);
    }

    private Scenario whole(long number) {
        return Scenario.of(
                number, faults, TimeUnit.SECONDS.toMillis(faultySeconds), TimeUnit.SECONDS.toMillis(calmSeconds));
    }

    private void shrink(Trial trial, TracedLog log) {
        out().println("Looking for fewer incidents that fail alike.");
        out().flush();
        long endNs = System.nanoTime() + (long) (shrinkMinutes * TimeUnit.MINUTES.toNanos(1));
        Trial smallest = new Shrinker(trial, smaller -> Trial.of(smaller, log), endNs, line -> {
                    out().println("  " + line);
                    out().flush();
                })
                .shrink();
        if (!smallest.equals(trial)) {
            report(smallest);
        }
    }

    private synchronized void report(Trial trial) {
        SimulationFailure failure = trial.failure();
        if (failure == null) {
            return;
        }
        Scenario scenario = trial.scenario();
        World world = trial.simulation().world();
        PrintWriter out = out();
        out.printf("FAILURE of seed %d after %.3f virtual seconds%n", scenario.seed(), world.nowNs() / 1e9);
        out.println("  commit:    " + System.getProperty("ottla.commit", "unknown"));
        out.println("  invariant: " + failure.invariant());
        out.println("  " + failure.getMessage());
        out.printf(
                "  cluster:   %d brokers with %d log directories; besides producers: %s%s%n",
                scenario.shape().brokers(),
                scenario.shape().directories(),
                scenario.parts(),
                scenario.shape().cleans() ? "; internal topics are cleaned" : "");
        out.println("  replay:    " + replay(scenario));
        out.println("  incidents:");
        scenario.incidents().stream()
                .filter(incident -> incident.atMs() * 1_000_000 <= world.nowNs())
                .forEach(incident -> out.println("    " + incident));
        List<String> partition = trial.simulation().describe(failure);
        if (!partition.isEmpty()) {
            out.println("  " + failure.about() + ":");
            partition.forEach(line -> out.println("    " + line));
        }
        String about = traceAll ? "" : failure.about();
        out.println("  last events" + (about.isEmpty() ? ":" : " of " + about + ":"));
        world.trace().last(traceLines, about).forEach(line -> out.println("    " + line));
        if (failure.getCause() != null) {
            StringWriter text = new StringWriter();
            failure.getCause().printStackTrace(new PrintWriter(text));
            out.println(text);
        }
        out.flush();
    }

    private String replay(Scenario scenario) {
        StringBuilder command = new StringBuilder("bin/ottla-sim --seeds 1 --seed ").append(scenario.seed());
        command.append(" --faulty-seconds ").append(faultySeconds);
        if (calmSeconds > 0) {
            command.append(" --calm-seconds ").append(calmSeconds);
        }
        if (faults.size() < Fault.values().length) {
            command.append(" --faults ").append(faults.stream().map(Fault::name).collect(Collectors.joining(",")));
        }
        Scenario whole = whole(scenario.seed());
        if (scenario.incidents().size() < whole.incidents().size()) {
            command.append(" --incidents ")
                    .append(scenario.incidents().stream()
                            .map(Incident::number)
                            .map(String::valueOf)
                            .collect(Collectors.joining(",")));
        }
        if (scenario.parts().size() < whole.parts().size()) {
            command.append(" --without ")
                    .append(whole.parts().stream()
                            .filter(part -> !scenario.parts().contains(part))
                            .map(Part::name)
                            .collect(Collectors.joining(",")));
        }
        return command.toString();
    }
}
