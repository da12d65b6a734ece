package io.ottla.bench.cli;

import io.ottla.process.MachineMemory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.stream.Stream;

/** What a reader of the figures must know of the machine; nothing that identifies it. */
final class Machine {
    private static final double BYTES_PER_GIB = 1 << 30;

    private Machine() {}

    static String describe() {
        return Runtime.getRuntime().availableProcessors() + " × " + after("/proc/cpuinfo", "model name") + ", "
                + memory() + " GB memory, " + System.getProperty("os.name") + " " + System.getProperty("os.version");
    }

    static String jdk() {
        return System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version");
    }

    /** Of the kafka-clients on the class path. */
    static String clientsVersion() {
        Properties properties = new Properties();
        try (InputStream in = Machine.class.getResourceAsStream("/kafka/kafka-version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the version of kafka-clients is not readable", e);
        }
        return properties.getProperty("version", "unknown");
    }

    /** The commit that is checked out, or that there is none. */
    static String commit(Path checkout) {
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty", "--exclude=*")
                    .directory(checkout.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            return git.waitFor() == 0 ? said : "unknown";
        } catch (IOException e) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }

    private static String memory() {
        return Long.toString(Math.round(MachineMemory.now().totalBytes() / BYTES_PER_GIB));
    }

    private static String after(String file, String key) {
        try (Stream<String> lines = Files.lines(Path.of(file), StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse("0");
        } catch (IOException e) {
            return "0";
        }
    }
}
