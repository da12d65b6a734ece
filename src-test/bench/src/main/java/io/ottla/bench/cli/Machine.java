package io.ottla.bench.cli;

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
    private static final double KIB_PER_GIB = 1 << 20;

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

    private static String memory() {
        String kib = after("/proc/meminfo", "MemTotal").replace(" kB", "");
        return Long.toString(Math.round(Long.parseLong(kib) / KIB_PER_GIB));
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
