package io.ottla.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scripts in bin/, run by bash in a distribution of their own, whose path has a blank in it. The JDK that they find
 * is one that prints what it was asked to run.
 */
class ScriptsTest {
    private static final Path SCRIPTS = Path.of("../bin");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path home;

    @SuppressWarnings("NullAway.Init")
    private Path jdk;

    @BeforeEach
    void layOut() throws IOException {
        home = directory.resolve("a home");
        jdk = directory.resolve("jdk");
        copyScripts(home);
        write(home.resolve("libs/ottla-broker-server-1.jar"), "");
        write(home.resolve("tools/kafka-tools.jar"), "");
        write(jdk.resolve("release"), "JAVA_VERSION=\"17.0.1\"\nJAVA_RUNTIME_VERSION=\"17.0.1+2\"\n");
        program(jdk.resolve("bin/java"), "printf '%s\\n' \"$@\"");
    }

    @Test
    void aStartPassesArgumentsAndOptionsOn() throws Exception {
        Run run = run(
                Map.of("KAFKA_HEAP_OPTS", "-Xmx99m -Xms9m", "KAFKA_OPTS", "-Da=b", "KAFKA_LOGBACK_OPTS", "-Dc=d"),
                "kafka-server-start.sh",
                "my server.properties",
                "--override",
                "broker.id=4");
        assertThat(run.lines)
                .startsWith("-Xmx99m", "-Xms9m")
                .contains("-Da=b", "-Dc=d")
                .endsWith(
                        "-cp",
                        home + "/libs/ottla-broker-server-1.jar",
                        "io.ottla.broker.bootstrap.Main",
                        "my server.properties",
                        "--override",
                        "broker.id=4");
        assertThat(run.lines).noneMatch(line -> line.contains("SharedArchiveFile") || line.contains("jmxremote"));
    }

    @Test
    void theArchiveOfThisJdkIsUsedAndJmxIsOpenedOnDemand() throws Exception {
        write(home.resolve("cds/ottla-17.0.1+2.jsa"), "");
        Run run = run(Map.of("JMX_PORT", "9999"), "kafka-server-start.sh", "x");
        assertThat(run.lines)
                .contains(
                        "-XX:SharedArchiveFile=" + home + "/cds/ottla-17.0.1+2.jsa",
                        "-Dcom.sun.management.jmxremote.port=9999",
                        "-Dcom.sun.management.jmxremote");
    }

    @Test
    void aDaemonsOutputGoesToTheLogDirectory() throws Exception {
        Path logs = directory.resolve("logs");
        assertThat(run(Map.of("LOG_DIR", logs.toString()), "kafka-server-start.sh", "-daemon", "some.properties").lines)
                .isEmpty();
        Awaitility.await()
                .untilAsserted(() ->
                        assertThat(logs.resolve("kafkaServer.out")).content().contains("some.properties"));
    }

    @Test
    void zooKeeperAndTheToolsStartLikewise() throws Exception {
        assertThat(run(Map.of(), "zookeeper-server-start.sh", "z.properties").lines)
                .endsWith("io.ottla.broker.cli.ZooKeeperServerStart", "z.properties");
        assertThat(run(Map.of(), "kafka-topics.sh", "--list").lines)
                .contains("-cp", home + "/tools/*")
                .endsWith("org.apache.kafka.tools.TopicCommand", "--list");
        assertThat(run(Map.of(), "kafka-run-class.sh", "a.Class", "b").lines).endsWith("a.Class", "b");
    }

    @Test
    void everyToolNamesAClassOnce() throws IOException {
        try (Stream<Path> scripts = Files.list(SCRIPTS)) {
            List<Path> all =
                    scripts.filter(script -> script.toString().endsWith(".sh")).toList();
            assertThat(all).hasSizeGreaterThan(30).allMatch(Files::isReadable);
            assertThat(all.stream().filter(script -> !script.endsWith("ottla-env.sh")))
                    .allMatch(Files::isExecutable);
        }
    }

    @Test
    void sayWhatIsWrongWithTheJdk() throws Exception {
        Run none = run(Map.of("JAVA_HOME", "/nowhere"), "kafka-server-start.sh", "x");
        assertThat(none.status).isEqualTo(1);
        assertThat(none.lines).containsExactly("JAVA_HOME is /nowhere, but /nowhere/bin/java is not a program.");
        write(jdk.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        Run old = run(Map.of(), "kafka-server-start.sh", "x");
        assertThat(old.status).isEqualTo(1);
        assertThat(old.lines).containsExactly(jdk + "/bin/java is Java 11.0.2: Ottla needs 17 or newer.");
    }

    @Test
    void stopEndsTheServerThatWasStartedFromAFile() throws Exception {
        Path file = directory.resolve("to-stop.properties");
        program(jdk.resolve("bin/java"), "trap 'exit 0' TERM\necho up\nwhile :; do sleep 0.05; done");
        Process server = process(Map.of(), "kafka-server-start.sh", file.toString());
        Awaitility.await().until(() -> server.inputReader().ready());
        assertThat(run(Map.of(), "kafka-server-stop.sh", file.toString()).status)
                .isZero();
        assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
        Run again = run(Map.of(), "kafka-server-stop.sh", file.toString());
        assertThat(again.status).isEqualTo(1);
        assertThat(again.lines).containsExactly("No kafka server to stop");
    }

    @Test
    void aCheckoutIsBuiltWhenTheBuildIsMissingOrStaleAndOnlyThen() throws Exception {
        Path checkout = directory.resolve("checkout");
        copyScripts(checkout);
        write(checkout.resolve("pom.xml"), "");
        for (String module : List.of("config", "protocol", "storage", "replication", "controller", "broker-server")) {
            write(checkout.resolve(module).resolve("pom.xml"), "");
        }
        Path maven = directory.resolve("maven");
        program(
                maven.resolve("bin/mvn"),
                "echo '[INFO] Building Ottla :: Broker 1 [9/9]'\nmkdir -p broker-server/target\nprintf '%s\\n' '" + home
                        + "' >broker-server/target/distribution.built");
        Map<String, String> environment = Map.of("MAVEN_HOME", maven.toString());
        assertThat(runIn(checkout, environment, "kafka-server-start.sh", "x").lines)
                .contains("  Building Ottla :: Broker 1 [9/9]", "io.ottla.broker.bootstrap.Main");
        Path built = checkout.resolve("broker-server/target/distribution.built");
        Files.setLastModifiedTime(built, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(runIn(checkout, environment, "kafka-server-start.sh", "x").lines)
                .noneMatch(line -> line.contains("Building"))
                .contains("io.ottla.broker.bootstrap.Main");
        Path source = checkout.resolve("storage/src/main/java/Changed.java");
        write(source, "");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(120)));
        assertThat(runIn(checkout, environment, "kafka-server-start.sh", "x").lines)
                .contains(
                        "Ottla has changed since it was built (storage/src/main/java/Changed.java): building it again.");
    }

    private record Run(int status, List<String> lines) {}

    private Run run(Map<String, String> environment, String... command) throws Exception {
        return runIn(home, environment, command);
    }

    private Run runIn(Path base, Map<String, String> environment, String... command) throws Exception {
        Process process = processIn(base, environment, command);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output.lines().toList());
    }

    private Process process(Map<String, String> environment, String... command) throws IOException {
        return processIn(home, environment, command);
    }

    private Process processIn(Path base, Map<String, String> environment, String... command) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.set(0, base.resolve("bin").resolve(command[0]).toString());
        ProcessBuilder builder = new ProcessBuilder(arguments).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("KAFKA_") || name.equals("JMX_PORT"));
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().put("OTTLA_CDS", environment.containsKey("JMX_PORT") ? "" : "off");
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static void copyScripts(Path base) throws IOException {
        Files.createDirectories(base.resolve("bin"));
        try (Stream<Path> scripts = Files.list(SCRIPTS)) {
            for (Path script : scripts.toList()) {
                Files.copy(script, base.resolve("bin").resolve(script.getFileName()));
            }
        }
    }

    private static void program(Path file, String body) throws IOException {
        write(file, "#!/usr/bin/env bash\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
