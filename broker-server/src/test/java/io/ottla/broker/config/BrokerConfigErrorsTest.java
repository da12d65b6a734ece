package io.ottla.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator is told about a configuration that cannot be used. */
class BrokerConfigErrorsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void namesFileLineKeyValueAndExpectationOfAllErrorsAtOnce() throws IOException {
        Path file = write(
                "# a comment", "num.io.threads = zero", "port=70000", "log.cleanup.policy=shrink", "broker.id=-7");
        assertThatThrownBy(() -> BrokerConfig.load(file, List.of("num.network.threads=0")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(String.join(
                        System.lineSeparator(),
                        file + ":4: log.cleanup.policy=shrink: expected a list with commas between its items, each one"
                                + " of compact, delete",
                        file + ":2: num.io.threads=zero: expected a whole number of at least 1",
                        "--override: num.network.threads=0: expected a whole number of at least 1",
                        file + ":3: port=70000: expected a whole number from 0 to 65535",
                        file + ":5: broker.id=-7: expected -1 or a number up to reserved.broker.max.id 1000"));
    }

    @Test
    void neverShowsASecret() {
        assertThat(problems(Map.of("listeners", "X", "ssl.key.password", "hunter2")))
                .noneMatch(problem -> problem.contains("hunter2"));
    }

    @Test
    void saysWhichFileIsMissing() {
        assertThatThrownBy(() -> BrokerConfig.load(directory.resolve("nowhere.properties"), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("nowhere.properties: no such file");
    }

    @Test
    void refusesAnOverrideWithoutValue() throws IOException {
        Path file = write();
        assertThatThrownBy(() -> BrokerConfig.load(file, List.of("broker.id")))
                .hasMessage("--override broker.id: expected key=value");
    }

    @Test
    void warnsOfAnUnknownKeyAndSuggestsTheNearest() throws IOException {
        Path file = write("num.netwrok.threads=3", "my.own.note=x");
        assertThat(BrokerConfig.load(file, List.of()).warnings())
                .containsExactly(
                        file + ":2: my.own.note is not a known property",
                        file + ":1: num.netwrok.threads is not a known property; did you mean num.network.threads?");
    }

    @Test
    void strictConfigurationRefusesUnknownKeys() {
        assertThat(problems(Map.of("config.strict", "true", "log.dir5", "/tmp/x")))
                .containsExactly("log.dir5=/tmp/x: expected a known property; did you mean log.dirs?");
    }

    @Test
    void warnsOfAKeyThatIsSetTwice() throws IOException {
        Path file = write("broker.id=1", "num.partitions=\\", "broker.id=3", "broker.id=2");
        assertThatThrownBy(() -> BrokerConfig.load(file, List.of())).hasMessageContaining("num.partitions=broker.id=3");
        Path valid = write("broker.id=1", "broker.id=2");
        assertThat(BrokerConfig.load(valid, List.of()).warnings())
                .containsExactly(valid + ":2: broker.id is set again and replaces " + valid + ":1");
    }

    @Test
    void reportsWhatIsAcceptedWithoutEffect() {
        BrokerConfig config =
                BrokerConfig.of(Map.of("quota.window.num", "12", "listener.name.plaintext.ssl.protocol", "TLSv1.3"));
        assertThat(config.acceptedWithoutEffect())
                .containsExactly("listener.name.plaintext.ssl.protocol", "quota.window.num");
    }

    @Test
    void refusesKraftRoles() {
        assertThat(problems(Map.of("process.roles", "broker")))
                .containsExactly("process.roles=broker: expected nothing, because this broker is coordinated through"
                        + " ZooKeeper; leave the key out");
    }

    @Test
    void listenersMustGoTogether() {
        assertThat(problems(Map.of("listeners", "PLAINTEXT://:9092,OTHER://:9093")))
                .anyMatch(problem -> problem.contains("listener.security.protocol.map gives a protocol, not OTHER"));
        assertThat(problems(Map.of(
                        "listeners", "A://:9092,B://localhost:9092",
                        "listener.security.protocol.map", "A:PLAINTEXT,B:PLAINTEXT",
                        "inter.broker.listener.name", "A")))
                .containsExactly("listeners=A://:9092,B://localhost:9092: expected each port once, not 9092 for both A"
                        + " and B");
        assertThat(problems(Map.of(
                        "inter.broker.listener.name", "PLAINTEXT", "security.inter.broker.protocol", "PLAINTEXT")))
                .containsExactly("inter.broker.listener.name=PLAINTEXT: expected only one of"
                        + " inter.broker.listener.name and security.inter.broker.protocol");
        assertThat(problems(Map.of("inter.broker.listener.name", "INSIDE")))
                .containsExactly("inter.broker.listener.name=INSIDE: expected a listener of [PLAINTEXT://:9092]");
        assertThat(problems(Map.of("advertised.listeners", "PLAINTEXT://0.0.0.0:9092")))
                .anyMatch(problem -> problem.contains("an address that clients can dial instead of 0.0.0.0"));
        assertThat(problems(Map.of("listeners", "SSL://:9093,PLAINTEXT://:9092")))
                .anyMatch(problem -> problem.contains("TLS and SASL are not available in this version"));
    }

    @Test
    void refusesAMalformedEnsemble() {
        assertThat(problems(Map.of("zookeeper.connect", "")))
                .anyMatch(problem -> problem.contains("leave the key out for an embedded server"));
        assertThat(problems(Map.of("zookeeper.connect", "a:2181 b:2181"))).hasSize(1);
    }

    private static List<String> problems(Map<String, String> settings) {
        try {
            BrokerConfig.of(settings);
        } catch (ConfigException e) {
            return e.problems().stream().map(problem -> problem.describe(null)).toList();
        }
        return List.of();
    }

    private Path write(String... lines) throws IOException {
        return Files.write(directory.resolve("server.properties"), List.of(lines));
    }
}
