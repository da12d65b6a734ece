package io.ottla.bench.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * Where one broker of one trial lives.
 *
 * @param home its directory, empty at first
 * @param port of its listener, on loopback
 * @param secondPort for its controller or its ZooKeeper, if it has one
 */
public record BrokerFiles(Path home, int port, int secondPort) {
    public Path dataDir() {
        return home.resolve("data");
    }

    /** What the process prints. */
    public Path output() {
        return home.resolve("broker.out");
    }

    public Path gcLog() {
        return home.resolve("gc.log");
    }

    Path logs() {
        return home.resolve("logs");
    }

    Path zooKeeperDir() {
        return home.resolve("zookeeper");
    }

    /** Writes a properties file and returns it. */
    Path write(String name, Map<String, String> values) {
        Properties properties = new Properties();
        properties.putAll(values);
        Path file = home.resolve(name);
        try {
            Files.createDirectories(home);
            try (var out = Files.newOutputStream(file)) {
                properties.store(out, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return file;
    }
}
