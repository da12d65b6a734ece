package io.ottla.bench.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the benchmarks of single hot paths. */
@Command(
        name = "jmh",
        mixinStandardHelpOptions = true,
        description = "Times single hot paths under JMH, with the bytes that each operation allocates.")
final class JmhCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "REGEX", description = "Only those that match.")
    List<String> includes = new ArrayList<>();

    @Option(names = "--seconds", defaultValue = "1", description = "Of an iteration: ${DEFAULT-VALUE}.")
    int seconds = 1;

    @Option(
            names = "--iterations",
            defaultValue = "5",
            description = "To warm up, and again to measure: ${DEFAULT-VALUE}.")
    int iterations;

    @Option(names = "--forks", defaultValue = "1", description = "Fresh virtual machines: ${DEFAULT-VALUE}.")
    int forks;

    @Override
    public Integer call() throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .addProfiler(GCProfiler.class)
                .warmupIterations(iterations)
                .measurementIterations(iterations)
                .warmupTime(TimeValue.seconds(seconds))
                .measurementTime(TimeValue.seconds(seconds))
                .forks(forks)
                .jvmArgs("-Xmx1g", "-XX:+UseSerialGC", "-Dio.netty.leakDetection.level=disabled");
        includes.forEach(options::include);
        new Runner(options.build()).run();
        return 0;
    }
}
