package io.ottla.process;

import java.nio.file.Path;
import java.util.List;

/** The tools of Apache Kafka 3.9. */
public final class Peer39 {
    private Peer39() {}

    /** The folder of its jars. */
    public static Path libs() {
        return ApacheRelease.V3_9.libs();
    }

    /** A command line that runs {@code mainClass} of the peer with {@code arguments}, on a light virtual machine. */
    public static List<String> command(String mainClass, String... arguments) {
        return ApacheRelease.V3_9.command(Options.LIGHT, mainClass, arguments);
    }
}
