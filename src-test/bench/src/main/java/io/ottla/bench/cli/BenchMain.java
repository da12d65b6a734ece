package io.ottla.bench.cli;

import picocli.CommandLine;

/** The entry point behind {@code bin/ottla-bench}. */
public final class BenchMain {
    private BenchMain() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchCommand()).execute(arguments));
    }
}
