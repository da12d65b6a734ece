package io.ottla.bench.broker;

import io.ottla.bench.os.GcLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The jars of one release of Apache Kafka, and the command lines that its scripts make of them: those of kafka-run-class
 * ({@code KAFKA_JVM_PERFORMANCE_OPTS}, {@code KAFKA_JMX_OPTS}), kafka-server-start and zookeeper-server-start (heaps).
 *
 * @param directory the folder with the jars
 */
record ApacheLibs(Path directory) {
    private static final String CLIENTS = "kafka-clients-";
    private static final List<String> PERFORMANCE = List.of(
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent",
            "-Djava.awt.headless=true",
            "-Dcom.sun.management.jmxremote",
            "-Dcom.sun.management.jmxremote.authenticate=false",
            "-Dcom.sun.management.jmxremote.ssl=false");
    private static final List<String> BROKER_HEAP = List.of("-Xmx1G", "-Xms1G");
    private static final List<String> ZOOKEEPER_HEAP = List.of("-Xmx512M", "-Xms512M");

    /** The release, from the name of its clients' jar. */
    String version() {
        try (Stream<Path> jars = Files.list(directory)) {
            return jars.map(jar -> jar.getFileName().toString())
                    .filter(name -> name.startsWith(CLIENTS) && name.endsWith(".jar"))
                    .map(name -> name.substring(CLIENTS.length(), name.length() - ".jar".length()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no Apache Kafka in " + directory));
        } catch (IOException e) {
            throw new UncheckedIOException("no Apache Kafka at " + directory + ": build src-test first", e);
        }
    }

    List<String> broker(BrokerFiles files, Path properties) {
        List<String> options = new ArrayList<>(BROKER_HEAP);
        options.addAll(PERFORMANCE);
        options.add(GcLog.option(files.gcLog()));
        return java(options, "kafka.Kafka", properties.toString());
    }

    List<String> zooKeeper(Path properties) {
        List<String> options = new ArrayList<>(ZOOKEEPER_HEAP);
        options.addAll(PERFORMANCE);
        return java(options, "org.apache.zookeeper.server.quorum.QuorumPeerMain", properties.toString());
    }

    List<String> tool(String mainClass, String... arguments) {
        return java(List.of("-Xmx256M"), mainClass, arguments);
    }

    private List<String> java(List<String> options, String mainClass, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-cp");
        command.add(directory + "/*");
        command.add(mainClass);
        command.addAll(List.of(arguments));
        return command;
    }
}
