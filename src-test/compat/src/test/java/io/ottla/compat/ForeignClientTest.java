package io.ottla.compat;

import static io.ottla.compat.SharedBroker.uniqueName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Command;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: clients that are not written in Java find nothing amiss. Method: kcat, librdkafka's Python binding and kafkajs
 * as programs of their own; on a machine without them the test is skipped, but not in CI, which installs them.
 */
@ExtendWith(SharedBroker.class)
class ForeignClientTest {
    private static final String SCRIPTS = System.getProperty("compat.scripts", "src/test");

    private final BrokerProcess broker;

    ForeignClientTest(BrokerProcess broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4"})
    void kcatReadsWhatItWrote(String codec) {
        require("kcat", Command.exists("kcat"));
        String topic = uniqueName("kcat");
        Clients.createTopic(broker, topic, 2, Map.of());
        String lines =
                IntStream.range(0, 1000).mapToObj(i -> "k" + i + ":value " + i).collect(Collectors.joining("\n"));

        Command written = Command.run(
                lines + "\n", List.of("kcat", "-b", broker.bootstrap(), "-P", "-t", topic, "-K:", "-z", codec));
        Command read = Command.run("kcat", "-b", broker.bootstrap(), "-C", "-t", topic, "-K:", "-e", "-q");

        assertThat(written.exitCode()).as(written.output()).isZero();
        assertThat(read.output().lines().sorted())
                .containsExactlyElementsOf(lines.lines().sorted().toList());
    }

    @Test
    void kcatListsTheCluster() {
        require("kcat", Command.exists("kcat"));
        Command list = Command.run("kcat", "-b", broker.bootstrap(), "-L");
        assertThat(list.exitCode()).isZero();
        assertThat(list.output()).contains("broker 1 at " + broker.bootstrap()).contains("(controller)");
    }

    @Test
    void pythonClientFindsNothingAmiss() {
        require(
                "python3-confluent-kafka",
                Command.run("/usr/bin/python3", "-c", "import confluent_kafka").exitCode() == 0);
        Command client = Command.run("/usr/bin/python3", SCRIPTS + "/python/confluent_client.py", broker.bootstrap());
        assertThat(client.exitCode()).as(client.output()).isZero();
        assertThat(client.output()).contains("python client: ok 2000 records");
    }

    @Test
    void pythonTransactionsAreAllOrNothing() {
        checkPythonTransactions(broker);
    }

    @Test
    void pythonTransactionsAreSoWhereNewerClientsUseNewerOnes(@SharedBroker.Upgraded BrokerProcess upgraded) {
        checkPythonTransactions(upgraded);
    }

    private static void checkPythonTransactions(BrokerProcess broker) {
        require(
                "python3-confluent-kafka",
                Command.run("/usr/bin/python3", "-c", "import confluent_kafka").exitCode() == 0);
        Command client =
                Command.run("/usr/bin/python3", SCRIPTS + "/python/confluent_transactions.py", broker.bootstrap());
        assertThat(client.exitCode()).as(client.output()).isZero();
        assertThat(client.output()).contains("python transactions: ok 150 records");
    }

    @Test
    void kafkajsFindsNothingAmiss() {
        Command installed = Command.run(
                "sh",
                "-c",
                "cd '" + SCRIPTS + "/js' && { [ -d node_modules/kafkajs ] || npm ci --silent --no-audit --no-fund; }");
        require("kafkajs", installed.exitCode() == 0);
        Command client = Command.run("node", SCRIPTS + "/js/client.js", broker.bootstrap());
        assertThat(client.exitCode()).as(client.output()).isZero();
        assertThat(client.output()).contains("kafkajs: ok 800 records");
    }

    private static void require(String what, boolean present) {
        boolean ci = Boolean.parseBoolean(System.getenv().getOrDefault("CI", "false"));
        assertThat(present || !ci).as("CI must install " + what).isTrue();
        assumeTrue(present, what + " is not installed on this machine");
    }
}
