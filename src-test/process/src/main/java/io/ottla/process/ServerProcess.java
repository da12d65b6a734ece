package io.ottla.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A process that serves until told otherwise, and may be started again: signals, output, end. */
final class ServerProcess {
    private static final int OUTPUT_CHARS = 8000;
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

    private final String name;
    private final Path outputFile;
    private @Nullable Process process;

    /** Whatever its processes print, one after the other, is in {@code outputFile}. */
    ServerProcess(String name, Path outputFile) {
        this.name = name;
        this.outputFile = outputFile;
    }

    void launch(List<String> command, Map<String, String> environment) {
        try {
            Files.createDirectories(outputFile.toAbsolutePath().getParent());
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(outputFile.toFile()));
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new IllegalStateException("cannot start " + name + ": " + command, e);
        }
    }

    /** Waits until {@code ready}; returns false as soon as the process has ended. */
    boolean awaitReady(BooleanSupplier ready, Duration limit) {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        while (!ready.getAsBoolean()) {
            if (!running().isAlive()) {
                return false;
            }
            if (System.nanoTime() > deadlineNs) {
                throw new IllegalStateException(name + " is not ready within " + limit + "; its output:\n" + output());
            }
            Rest.briefly();
        }
        return true;
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    Process running() {
        if (process == null) {
            throw new IllegalStateException(name + " has not been started");
        }
        return process;
    }

    /** SIGKILL: what the process has not written is lost, the page cache is not. */
    void kill() {
        running().destroyForcibly();
        await(KILL_LIMIT);
    }

    /** SIGTERM; returns the exit status. */
    int stop(Duration limit) {
        running().destroy();
        await(limit);
        return running().exitValue();
    }

    /** A signal that neither ends the process nor is waited for, such as STOP and CONT. */
    void signal(String signal) {
        Command sent = Command.run("kill", "-s", signal, Long.toString(running().pid()));
        if (sent.exitCode() != 0) {
            throw new IllegalStateException("cannot send " + signal + " to " + name + ": " + sent.output());
        }
    }

    /** The end of what its processes have printed so far. */
    String output() {
        try {
            String all = Files.readString(outputFile, StandardCharsets.UTF_8);
            return all.substring(Math.max(0, all.length() - OUTPUT_CHARS));
        } catch (IOException e) {
            return "(no output: " + e + ")";
        }
    }

    void closeIfAlive() {
        if (isAlive()) {
            kill();
        }
    }

    private void await(Duration limit) {
        try {
            if (!running().waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                running().destroyForcibly();
                throw new IllegalStateException(name + " did not end within " + limit + "; its output:\n" + output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + name + " ends", e);
        }
    }
}
