package io.ottla.bench.cli;

import io.ottla.bench.report.Report;
import io.ottla.bench.result.RunResult;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes tables and plots of a result file again. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Writes README.md and the plots of a finished run.")
final class ReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RESULTS", description = "The results.json of a run.")
    Path results = Path.of("results.json");

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where to write.")
    Path out = Path.of(".");

    @Override
    public Integer call() {
        report(results, out, System.out);
        return 0;
    }

    static void report(Path results, Path out, PrintStream said) {
        RunResult result = RunResult.read(results);
        Report report = new Report(result);
        report.write(out);
        said.println(report.summary());
        said.println("Tables and plots are in " + out.resolve("README.md"));
    }
}
