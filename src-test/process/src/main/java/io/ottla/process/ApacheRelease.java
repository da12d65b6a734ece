package io.ottla.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A release of Apache Kafka, as fetched by the build. */
public enum ApacheRelease {
    /** 3.9 with its ZooKeeper. */
    V3_9("3.9", "test.peer39.libs"),
    /** The newest 4, which has KRaft only. */
    V4("4", "test.peer4.libs");

    private final String number;
    private final String property;

    ApacheRelease(String number, String property) {
        this.number = number;
        this.property = property;
    }

    /** The folder of its jars. */
    public Path libs() {
        Path libs = Path.of(System.getProperty(property, "(" + property + " is not set)"));
        if (!Files.isDirectory(libs)) {
            throw new IllegalStateException(
                    "Apache Kafka " + number + " is not at " + libs + ": run mvn package first");
        }
        return libs;
    }

    /** A command line that runs {@code mainClass} of the release with {@code arguments}. */
    public List<String> command(Options options, String mainClass, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options.ofApacheKafka());
        command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=info", "-cp", libs() + "/*", mainClass));
        command.addAll(List.of(arguments));
        return command;
    }
}
