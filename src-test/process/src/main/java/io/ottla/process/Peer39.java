package io.ottla.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Apache Kafka 3.9 and its ZooKeeper, as fetched by the build. */
public final class Peer39 {
    /** Small and quick to start: for tests that ask what it does, not how fast. */
    public static final List<String> LIGHT = List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    /** Those of Apache Kafka's own start script: for figures. */
    public static final List<String> AS_SHIPPED = List.of(
            "-Xmx1G",
            "-Xms1G",
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent",
            "-XX:MaxInlineLevel=15",
            "-Djava.awt.headless=true");

    private Peer39() {}

    /** The folder of its jars. */
    public static Path libs() {
        Path libs = Path.of(System.getProperty("test.peer39.libs", "(test.peer39.libs is not set)"));
        if (!Files.isDirectory(libs)) {
            throw new IllegalStateException("Apache Kafka 3.9 is not at " + libs + ": run mvn package first");
        }
        return libs;
    }

    /** A command line that runs {@code mainClass} of the peer with {@code arguments}, on a light virtual machine. */
    public static List<String> command(String mainClass, String... arguments) {
        return command(LIGHT, mainClass, arguments);
    }

    /** As {@link #command(String, String...)} with these options of the virtual machine. */
    public static List<String> command(List<String> options, String mainClass, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=info", "-cp", libs() + "/*", mainClass));
        command.addAll(List.of(arguments));
        return command;
    }
}
