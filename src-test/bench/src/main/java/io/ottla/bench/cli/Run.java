package io.ottla.bench.cli;

import io.ottla.bench.broker.BrokerRecipe;
import io.ottla.bench.result.Incident;
import io.ottla.bench.result.RunResult;
import io.ottla.bench.scenario.Scale;
import io.ottla.bench.scenario.Scenario;
import io.ottla.bench.scenario.Trial;
import io.ottla.process.FullMemory;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The order of a run: scenario by scenario, in each of them round by round, in each of those broker by broker. So what changes
 * slowly on the machine hits all brokers alike. Every trial has a fresh broker, fresh clients and fresh directories.
 */
final class Run {
    private final Plan plan;
    private final RunResult result;
    private final PrintStream progress;

    /**
     * What to run.
     *
     * @param scenarios in their order
     * @param recipes in the order of their turns
     * @param work where brokers live meanwhile
     * @param resultFile rewritten after every trial, so that a run cut short is not lost
     */
    record Plan(
            List<Scenario> scenarios,
            List<BrokerRecipe> recipes,
            Scale scale,
            Trial.Noise noise,
            Path work,
            Path resultFile) {}

    Run(Plan plan, RunResult result, PrintStream progress) {
        this.plan = plan;
        this.result = result;
        this.progress = progress;
    }

    void start() {
        try (FullMemory memory = new FullMemory(made(plan.work()).resolve("memory"))) {
            scenarios(memory);
        }
    }

    private void scenarios(FullMemory memory) {
        for (Scenario scenario : plan.scenarios()) {
            Scale.Rounds rounds = plan.scale().rounds();
            for (int round = 1; round <= rounds.of(scenario.weight()); round++) {
                for (BrokerRecipe recipe : plan.recipes()) {
                    if (!recipe.name().equals(Contest.NOISE) || rounds.measuresNoise(scenario.weight(), round)) {
                        trial(scenario, recipe, round, memory);
                        result.write(plan.resultFile());
                    }
                }
            }
        }
    }

    private void trial(Scenario scenario, BrokerRecipe recipe, int round, FullMemory memory) {
        Path home = plan.work().resolve(scenario.name() + "-" + round + "-" + recipe.name());
        long startNs = System.nanoTime();
        int before = result.figures().size();
        progress.printf("%-14s round %d  %-14s ", scenario.name(), round, recipe.name());
        progress.flush();
        boolean failed = false;
        memory.fill();
        Trial.Place place = new Trial.Place(scenario.name(), recipe, round, fresh(home));
        try (Trial trial = new Trial(place, plan.scale(), plan.noise(), memory, result)) {
            scenario.run(trial);
        } catch (RuntimeException e) {
            // One broker that fails in one scenario is a result, and no reason to lose the others.
            failed = true;
            result.incidents().add(new Incident(scenario.name(), recipe.name(), round, "failed: " + describe(e)));
            progress.printf("%n  failed: %s%n  its files are kept in %s%n", describe(e), home);
        }
        if (!failed) {
            delete(home);
        }
        progress.printf(
                "%3d figures in %d s%n",
                result.figures().size() - before,
                Duration.ofNanos(System.nanoTime() - startNs).toSeconds());
    }

    private static String describe(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? String.valueOf(failure.getMessage()) : failure.getMessage() + ": " + describe(cause);
    }

    private static Path fresh(Path home) {
        delete(home);
        return made(home);
    }

    private static Path made(Path directory) {
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + directory, e);
        }
    }

    private static void delete(Path home) {
        if (!Files.exists(home)) {
            return;
        }
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + home, e);
        }
    }
}
