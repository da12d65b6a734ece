package io.ottla.sim.cli;

import io.ottla.sim.cluster.Fault;
import io.ottla.sim.cluster.Simulation;
import io.ottla.sim.world.SimulationFailure;
import io.ottla.sim.world.World;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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
    private static final double NS_PER_HOUR = 3.6e12;
    private static final int PROGRESS_EVERY_S = 10;

    @Option(names = "--seeds", description = "How many seeds to run (default: until the time is over).")
    private long seeds = Long.MAX_VALUE;

    @Option(
            names = "--minutes",
            description = "How long to go on, in minutes of real time (default: ${DEFAULT-VALUE}).")
    private double minutes = 1;

    @Option(names = "--seed", description = "The first seed; the following ones count up (default: any).")
    private @Nullable Long seed;

    @Option(names = "--faulty-seconds", description = "Virtual seconds of faults per seed (default: ${DEFAULT-VALUE}).")
    private long faultySeconds = 300;

    @Option(
            names = "--faults",
            split = ",",
            description = "Only these faults: ${COMPLETION-CANDIDATES} (default: all).")
    private Set<Fault> faults = EnumSet.allOf(Fault.class);

    @Option(names = "--keep-going", description = "Go on after a failure, and list the seeds that fail.")
    private boolean keepGoing;

    @Option(
            names = "--trace",
            description = "How many of the last events to print of a failure (default: ${DEFAULT-VALUE}).")
    private int traceLines = 60;

    @Option(names = "--trace-all", description = "Print events of everything, not of the partition in question only.")
    private boolean traceAll;

    @Spec
    private @Nullable CommandSpec spec;

    private final Map<Fault, Integer> faultCounts = new EnumMap<>(Fault.class);
    private final Map<String, String> failures = new TreeMap<>();
    private long runs;
    private long virtualNs;
    private long events;
    private long hash;
    private long acknowledged;

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
    public Integer call() {
        TracedLog log = TracedLog.install();
        long beganNs = System.nanoTime();
        long endNs = beganNs + (long) (minutes * TimeUnit.MINUTES.toNanos(1));
        long first = seed != null ? seed : new Random().nextInt(Integer.MAX_VALUE);
        long nextProgressNs = beganNs;
        for (long i = 0; i < seeds && System.nanoTime() < endNs; i++) {
            boolean passed = run(first + i, log);
            if (System.nanoTime() >= nextProgressNs) {
                nextProgressNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PROGRESS_EVERY_S);
                progress(first + i, beganNs);
            }
            if (!passed && !keepGoing) {
                break;
            }
        }
        summary(beganNs);
        return failures.isEmpty() ? 0 : 1;
    }

    private boolean run(long number, TracedLog log) {
        Simulation simulation = new Simulation(number, faults);
        World world = simulation.world();
        log.follow(world);
        try {
            simulation.run(TimeUnit.SECONDS.toMillis(faultySeconds));
            return true;
        } catch (SimulationFailure e) {
            report(number, world, e);
            return false;
        } finally {
            runs++;
            virtualNs += world.nowNs();
            events += world.events();
            hash = hash * 31 + world.hash();
            acknowledged += simulation.acknowledged();
            simulation.faultCounts().forEach((fault, count) -> faultCounts.merge(fault, count, Integer::sum));
        }
    }

    private void report(long number, World world, SimulationFailure failure) {
        failures.put(Long.toString(number), failure.invariant());
        PrintWriter out = out();
        out.printf("FAILURE of seed %d after %.3f virtual seconds%n", number, world.nowNs() / 1e9);
        out.println("  commit:    " + System.getProperty("ottla.commit", "unknown"));
        out.println("  invariant: " + failure.invariant());
        out.println("  " + failure.getMessage());
        out.printf(
                "  replay:    bin/ottla-sim --seed %d --seeds 1 --faulty-seconds %d%s%n",
                number, faultySeconds, faults.size() == Fault.values().length ? "" : " --faults " + names());
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

    private String names() {
        return String.join(",", faults.stream().map(Fault::name).toList());
    }

    private void progress(long number, long beganNs) {
        out().printf(
                        "seed %d: %d run, %d failed, %.2f simulated hours, %.1f M events, %.0f s%n",
                        number,
                        runs,
                        failures.size(),
                        virtualNs / NS_PER_HOUR,
                        events / 1e6,
                        (System.nanoTime() - beganNs) / 1e9);
        out().flush();
    }

    private void summary(long beganNs) {
        double realMinutes = (System.nanoTime() - beganNs) / 6e10;
        PrintWriter out = out();
        out.printf(
                "%d seeds, %d failed; %.2f simulated hours in %.2f minutes (%.1f hours per minute), %.1f M events, %d"
                        + " records acknowledged, hash %016x%n",
                runs,
                failures.size(),
                virtualNs / NS_PER_HOUR,
                realMinutes,
                virtualNs / NS_PER_HOUR / realMinutes,
                events / 1e6,
                acknowledged,
                hash);
        faultCounts.forEach((fault, count) -> out.printf("  %-22s %d%n", fault, count));
        failures.forEach((number, invariant) -> out.printf("  FAILED %s: %s%n", number, invariant));
        out.flush();
    }
}
