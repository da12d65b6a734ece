package io.ottla.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program run to its end by a test: what it said, and how it ended. */
public record Command(int exitCode, String output) {
    private static final long LIMIT_SECONDS = 120;
    private static final long END_LIMIT_SECONDS = 10;

    /** Runs a program with {@code stdin} as its whole input; standard error is part of the output. */
    public static Command run(String stdin, List<String> command) {
        Path out = temporary(".out");
        Path in = temporary(".in");
        try {
            Files.writeString(in, stdin);
            Process process = new ProcessBuilder(command)
                    .redirectInput(in.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(command + " did not end; it said:\n" + Files.readString(out));
            }
            return new Command(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        } finally {
            delete(out);
            delete(in);
        }
    }

    /** As {@link #run}, without input. */
    public static Command run(String... command) {
        return run("", List.of(command));
    }

    /** Runs a program that goes on for ever until it has said {@code text}, and ends it; it may end before by itself. */
    public static Command runUntil(String text, List<String> command) {
        Path out = temporary(".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
            while (process.isAlive() && !Files.readString(out).contains(text) && System.nanoTime() < deadlineNs) {
                Rest.briefly();
            }
            process.destroy();
            if (!process.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return new Command(process.waitFor(), Files.readString(out));
        } catch (IOException e) {
            throw new IllegalStateException("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        } finally {
            delete(out);
        }
    }

    /** One of the distribution's own scripts. */
    public static Command script(String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of(Distribution.script(name).toString()));
        command.addAll(List.of(arguments));
        return run("", command);
    }

    /** True when {@code program} is on the path. */
    public static boolean exists(String program) {
        return run("sh", "-c", "command -v " + program).exitCode() == 0;
    }

    private static Path temporary(String suffix) {
        try {
            return Files.createTempFile("ottla-command-", suffix);
        } catch (IOException e) {
            throw new IllegalStateException("no temporary file", e);
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new IllegalStateException("cannot delete " + path, e);
        }
    }
}
