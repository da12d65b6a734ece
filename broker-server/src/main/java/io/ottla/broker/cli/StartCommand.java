package io.ottla.broker.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What an operator asked for.
 *
 * @param file the properties file to start from; null if there is nothing to start
 * @param overrides {@code key=value} settings, in the order given
 * @param status the exit status where there is nothing to start
 */
record StartCommand(@Nullable Path file, List<String> overrides, int status) {
    private static final int USAGE_ERROR = 1;

    /** Reads the arguments of a start script; help, version and complaints are printed at once. */
    static StartCommand parse(Syntax syntax, String[] arguments, PrintWriter out, PrintWriter err) {
        StartCommand plain = plain(syntax, arguments);
        if (plain != null) {
            return plain;
        }
        CommandLine commandLine = new CommandLine(syntax.spec());
        try {
            ParseResult result = commandLine.parseArgs(arguments);
            if (result.isUsageHelpRequested()) {
                commandLine.usage(out);
                return nothing(0);
            }
            if (result.isVersionHelpRequested()) {
                out.println("Ottla " + BuildVersion.text());
                return nothing(0);
            }
            Path file = Path.of(result.matchedPositionalValue(0, ""));
            return new StartCommand(file, result.matchedOptionValue("--override", List.of()), 0);
        } catch (ParameterException e) {
            err.println(e.getMessage());
            commandLine.usage(err);
            return nothing(USAGE_ERROR);
        }
    }

    /**
     * The command of a start as it happens every day, or null for anything else. picocli's classes are of a version that
     * class-data sharing leaves out, and loading them would be a quarter of the time that a start may take.
     */
    private static @Nullable StartCommand plain(Syntax syntax, String[] arguments) {
        if (arguments.length % 2 == 0 || arguments[0].startsWith("-")) {
            return null;
        }
        List<String> overrides = new ArrayList<>();
        for (int i = 1; i < arguments.length; i += 2) {
            if (!syntax.overrides || !arguments[i].equals("--override")) {
                return null;
            }
            overrides.add(arguments[i + 1]);
        }
        return new StartCommand(Path.of(arguments[0]), overrides, 0);
    }

    private static StartCommand nothing(int status) {
        return new StartCommand(null, List.of(), status);
    }

    /** What a start script accepts. */
    enum Syntax {
        BROKER("kafka-server-start.sh [-daemon]", "Starts a broker.", "server.properties", true),
        ZOOKEEPER("zookeeper-server-start.sh [-daemon]", "Starts a ZooKeeper server.", "zookeeper.properties", false);

        private final String command;
        private final String description;
        private final String file;
        private final boolean overrides;

        Syntax(String command, String description, String file, boolean overrides) {
            this.command = command;
            this.description = description;
            this.file = file;
            this.overrides = overrides;
        }

        private CommandSpec spec() {
            CommandSpec spec = CommandSpec.create().name(command);
            spec.usageMessage().description(description).sortOptions(false);
            spec.addPositional(PositionalParamSpec.builder()
                    .paramLabel(file)
                    .index("0")
                    .required(true)
                    .arity("1")
                    .type(String.class)
                    .description("The properties file, such as config/" + file + ".")
                    .build());
            if (overrides) {
                spec.addOption(OptionSpec.builder("--override")
                        .paramLabel("key=value")
                        .arity("1")
                        .type(List.class)
                        .auxiliaryTypes(String.class)
                        .description("A setting that goes before the file's; may be given several times.")
                        .build());
            }
            spec.addOption(OptionSpec.builder("-h", "--help")
                    .usageHelp(true)
                    .description("Prints this help.")
                    .build());
            spec.addOption(OptionSpec.builder("-V", "--version")
                    .versionHelp(true)
                    .description("Prints the version.")
                    .build());
            return spec;
        }
    }
}
