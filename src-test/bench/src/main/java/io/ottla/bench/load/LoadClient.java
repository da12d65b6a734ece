package io.ottla.bench.load;

import io.ottla.bench.os.UsageMeter.Processes;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The directing end of a client process. Confined to one thread; the process ends when this is closed. */
public final class LoadClient implements AutoCloseable {
    private static final Pattern BROKER_MODULE = Pattern.compile("/ottla-(?!bench-)[^/]*\\.jar$");

    private final Process process;
    private final Writer commands;
    private final BufferedReader replies;
    private final Path errors;
    private final Json json = new Json();

    private LoadClient(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        this.replies = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts a client; what it logs goes to {@code errors}. */
    public static LoadClient start(Path errors) {
        // A fixed heap and the collector with the least work per byte: clients are to cost the brokers little.
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms1g",
                "-Xmx1g",
                "-XX:+UseParallelGC",
                "-cp",
                classPath(),
                ClientMain.class.getName());
        try {
            return new LoadClient(
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                            .start(),
                    errors);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a client process", e);
        }
    }

    /** That of this process, but without the broker's own modules: clients know Kafka's protocol and nothing of Ottla. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !BROKER_MODULE.matcher(entry).find())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Runs one load to its end; the broker's and its ZooKeeper's pid are those to be measured. */
    public LoadResult run(LoadSpec spec, long brokerPid, long zooKeeperPid) {
        Processes processes = new Processes(
                brokerPid, zooKeeperPid, process.pid(), ProcessHandle.current().pid());
        try {
            commands.write(json.write(new Command(spec, processes)) + "\n");
            commands.flush();
            String line = replies.readLine();
            if (line == null) {
                throw new IllegalStateException("the client process has died, see " + errors);
            }
            return resultOf(json.read(line, Reply.class), spec);
        } catch (IOException e) {
            throw new UncheckedIOException("no connection to the client process, see " + errors, e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private static LoadResult resultOf(Reply reply, LoadSpec spec) {
        LoadResult result = reply.result();
        if (result == null) {
            throw new IllegalStateException(spec + " has failed: " + reply.failure());
        }
        return result;
    }
}
