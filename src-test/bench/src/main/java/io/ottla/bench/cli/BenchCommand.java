package io.ottla.bench.cli;

import io.ottla.bench.result.RunInfo;
import io.ottla.bench.result.RunResult;
import io.ottla.bench.scenario.Scale;
import io.ottla.bench.scenario.Scenario;
import io.ottla.bench.scenario.Scenarios;
import io.ottla.bench.scenario.Trial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs scenarios and reports them. */
@Command(
        name = "ottla-bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Gives Ottla and Apache Kafka the same work, in turns, and tells what it costs each of them.",
            "Needs Linux. Everything runs on this machine, which should have nothing else to do."
        },
        subcommands = {ReportCommand.class, JmhCommand.class})
final class BenchCommand implements Callable<Integer> {
    private static final String RESULT_FILE = "results.json";

    @Spec
    @Nullable
    CommandSpec spec;

    @Option(
            names = "--quick",
            description = "All scenarios, small and short, on brokers that are hardly warm: a quarter of an hour.")
    boolean quick;

    @Option(names = "--full", description = "Longer, and more rounds, than the default of about two hours: some hours.")
    boolean full;

    @Option(
            names = "--scenario",
            split = ",",
            paramLabel = "NAME",
            description = "Only these: ${COMPLETION-CANDIDATES}.",
            completionCandidates = ScenarioNames.class)
    List<String> scenarios = List.of();

    @Option(
            names = "--brokers",
            split = ",",
            paramLabel = "NAME",
            description = "These, in this order: ${DEFAULT-VALUE}.",
            defaultValue = "ottla,kafka-4,kafka-3.9")
    List<String> brokers = Contest.NAMES;

    @Option(names = "--rounds", description = "How often every broker takes its turn in a scenario.")
    @Nullable
    Integer rounds;

    @Option(names = "--duration", paramLabel = "SECONDS", description = "Of one measurement; half of it to warm up.")
    @Nullable
    Integer seconds;

    @Option(names = "--matrix", description = "Produce in all combinations instead of changing one thing at a time.")
    boolean wholeMatrix;

    @Option(
            names = "--no-noise-run",
            negatable = false,
            description = "Without Ottla once more, which shows by how much the same broker differs from itself.")
    boolean withoutNoiseRun;

    @Option(
            names = "--loud",
            paramLabel = "PERCENT",
            defaultValue = "10",
            description = "A measurement is loud if other processes take more of the machine: ${DEFAULT-VALUE}.")
    double loudPercent;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often a loud measurement is repeated: ${DEFAULT-VALUE}.")
    int repeats;

    @Option(
            names = "--add",
            description =
                    "To the results that are in the directory for results, in place of what they have of the same scenarios.")
    boolean add;

    @Option(names = "--out", paramLabel = "DIR", description = "For results, tables and plots.")
    @Nullable
    Path out;

    @Option(names = "--work", paramLabel = "DIR", description = "For the brokers' files meanwhile.")
    @Nullable
    Path work;

    @Override
    public Integer call() {
        Path checkout = Path.of(System.getProperty("ottla.checkout", "")).toAbsolutePath();
        Path target = checkout.resolve("src-test/bench/target");
        Path directory = out == null ? target.resolve("run") : out;
        List<Scenario> chosen;
        Contest contest;
        try {
            chosen = Scenarios.named(scenarios);
            contest = Contest.of(checkout, brokers, !withoutNoiseRun);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec == null ? new picocli.CommandLine(this) : spec.commandLine(), e.getMessage(), e);
        }
        Path resultFile = directory.resolve(RESULT_FILE);
        RunInfo info = info(contest, chosen, Machine.commit(checkout));
        RunResult result =
                add && Files.exists(resultFile) ? RunResult.read(resultFile).continuedBy(info) : RunResult.of(info);
        Run.Plan plan = new Run.Plan(
                chosen,
                contest.recipes(),
                scale(),
                new Trial.Noise(loudPercent / 100, repeats),
                work == null ? target.resolve("work") : work,
                resultFile);
        Runtime.getRuntime().addShutdownHook(new Thread(BenchCommand::endChildren, "end-children"));
        new Run(plan, result, System.out).start();
        ReportCommand.report(plan.resultFile(), directory, System.out);
        return result.incidents().stream()
                        .anyMatch(incident -> incident.message().startsWith("failed"))
                ? 1
                : 0;
    }

    private Scale scale() {
        Scale scale = Scale.standard();
        if (full || quick) {
            scale = full ? Scale.full() : Scale.quick();
        }
        scale = rounds == null ? scale : scale.withRounds(rounds);
        scale = seconds == null ? scale : scale.withSeconds(seconds);
        return wholeMatrix ? scale.withBreadth(Scale.Breadth.MATRIX) : scale;
    }

    private RunInfo info(Contest contest, List<Scenario> chosen, String commit) {
        List<String> arguments = spec == null || spec.commandLine().getParseResult() == null
                ? List.of()
                : spec.commandLine().getParseResult().originalArgs();
        return new RunInfo(
                ZonedDateTime.now(ZoneOffset.UTC)
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString(),
                commit,
                commandOf(arguments),
                Machine.jdk(),
                Machine.clientsVersion(),
                Machine.describe(),
                scale().describe(),
                contest.contestants(),
                chosen.stream().map(Scenario::name).toList());
    }

    /** The command without the directories of this machine, which change nothing of what is measured. */
    static String commandOf(List<String> arguments) {
        List<String> told = new ArrayList<>(List.of("bin/ottla-bench"));
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--out") || argument.equals("--work")) {
                i++;
            } else if (!argument.startsWith("--out=") && !argument.startsWith("--work=")) {
                told.add(argument);
            }
        }
        return String.join(" ", told);
    }

    /** However this process ends, no broker stays behind. */
    private static void endChildren() {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }

    /** For the help. */
    static final class ScenarioNames implements Iterable<String> {
        @Override
        public java.util.Iterator<String> iterator() {
            return Scenarios.all().stream().map(Scenario::name).iterator();
        }
    }
}
