package io.ottla.compat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Apache Kafka 3.9 and its ZooKeeper, as fetched by the build. */
final class Peer39 {
    private Peer39() {}

    /** A command line that runs {@code mainClass} of the peer with {@code arguments}. */
    static List<String> command(String mainClass, String... arguments) {
        Path libs = Path.of(System.getProperty("compat.peer39.libs", "(compat.peer39.libs is not set)"));
        if (!Files.isDirectory(libs)) {
            throw new IllegalStateException("Apache Kafka 3.9 is not at " + libs + ": run mvn package first");
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                "-cp",
                libs + "/*",
                mainClass));
        command.addAll(List.of(arguments));
        return command;
    }
}
