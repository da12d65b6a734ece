package io.ottla.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Command;
import io.ottla.process.Distribution;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: the scripts in bin/ print for this broker what they print for Apache Kafka 3.9. Method: the same commands against
 * both, started side by side; ports, ids and times, which must differ, are masked before the texts are compared.
 */
class ToolsTest {
    @TempDir
    Path home;

    @Test
    void scriptsSayTheSameAsOnApacheKafka() {
        assumeFalse(BrokerProcess.isApache(), "compares with Apache Kafka already");
        try (BrokerProcess ottla = BrokerProcess.start(home.resolve("ottla"), Map.of());
                BrokerProcess apache = BrokerProcess.createApache(home.resolve("apache"), Map.of())
                        .start()) {
            assertThat(session(ottla)).isEqualTo(session(apache));
        }
    }

    private static List<String> session(BrokerProcess broker) {
        List<String> said = new ArrayList<>();
        topics(said, broker);
        records(said, broker);
        groups(said, broker);
        configs(said, broker);
        said.add(tool(broker, "kafka-topics.sh", "--delete", "--topic", "tools"));
        said.add(tool(broker, "kafka-topics.sh", "--delete", "--topic", "missing"));
        return said;
    }

    private static void topics(List<String> said, BrokerProcess broker) {
        said.add(tool(
                broker,
                "kafka-topics.sh",
                "--create",
                "--topic",
                "tools",
                "--partitions",
                "3",
                "--config",
                "retention.ms=1234567"));
        said.add(tool(broker, "kafka-topics.sh", "--create", "--topic", "tools"));
        said.add(tool(broker, "kafka-topics.sh", "--describe", "--topic", "tools"));
        said.add(tool(broker, "kafka-topics.sh", "--alter", "--topic", "tools", "--partitions", "4"));
        said.add(tool(broker, "kafka-topics.sh", "--describe", "--topic", "tools"));
        said.add(tool(broker, "kafka-topics.sh", "--list"));
    }

    private static void records(List<String> said, BrokerProcess broker) {
        Command produced = Command.run(
                "a\nb\nc\n",
                List.of(
                        Distribution.script("kafka-console-producer.sh").toString(),
                        "--bootstrap-server",
                        broker.bootstrap(),
                        "--topic",
                        "tools"));
        said.add(mask(produced, broker));
        String consumed = tool(
                broker,
                "kafka-console-consumer.sh",
                "--topic",
                "tools",
                "--from-beginning",
                "--max-messages",
                "3",
                "--timeout-ms",
                "30000");
        said.add(new TreeSet<>(consumed.lines().toList()).toString());
        said.add(tool(broker, "kafka-get-offsets.sh", "--topic", "tools", "--time", "-2"));
        String perf = tool(
                broker,
                "kafka-producer-perf-test.sh",
                "--topic",
                "tools",
                "--num-records",
                "5000",
                "--record-size",
                "100",
                "--throughput",
                "-1");
        assertThat(perf).contains("5000 records sent");
    }

    private static void groups(List<String> said, BrokerProcess broker) {
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker, Map.of("group.id", "tools-group"))) {
            consumer.commitSync(Map.of(new TopicPartition("tools", 0), new OffsetAndMetadata(0)));
        }
        // In no particular order: groups are listed shard by shard.
        said.add(new TreeSet<>(tool(broker, "kafka-consumer-groups.sh", "--list")
                        .replaceFirst("^0: ", "")
                        .lines()
                        .toList())
                .toString());
        said.add(tool(broker, "kafka-consumer-groups.sh", "--describe", "--state", "--group", "tools-group"));
        said.add(tool(
                broker,
                "kafka-consumer-groups.sh",
                "--group",
                "tools-group",
                "--reset-offsets",
                "--to-earliest",
                "--topic",
                "tools:0",
                "--execute"));
        said.add(tool(broker, "kafka-consumer-groups.sh", "--delete", "--group", "tools-group"));
    }

    private static void configs(List<String> said, BrokerProcess broker) {
        String[] topic = {"--entity-type", "topics", "--entity-name", "tools"};
        said.add(config(broker, topic, "--alter", "--add-config", "max.message.bytes=5555"));
        said.add(config(broker, topic, "--describe"));
        said.add(config(broker, topic, "--describe", "--all"));
        said.add(config(broker, topic, "--alter", "--delete-config", "max.message.bytes"));
        said.add(config(broker, topic, "--describe"));
        said.add(config(broker, topic, "--alter", "--add-config", "no.such.config=1"));
    }

    private static String config(BrokerProcess broker, String[] entity, String... arguments) {
        List<String> all = new ArrayList<>(List.of(entity));
        all.addAll(List.of(arguments));
        return tool(broker, "kafka-configs.sh", all.toArray(String[]::new));
    }

    private static String tool(BrokerProcess broker, String script, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", broker.bootstrap()));
        all.addAll(List.of(arguments));
        return mask(Command.script(script, all.toArray(String[]::new)), broker);
    }

    private static String mask(Command command, BrokerProcess broker) {
        String output = command.output()
                .replaceAll("TopicId: \\S+", "TopicId: ID")
                // Apache Kafka 3.9 has no DescribeTopicPartitions, for lack of which the tool prints N/A.
                .replaceAll("Elr: N/A\\s+LastKnownElr: N/A", "Elr: LastKnownElr: ")
                .replaceAll("console-consumer-\\d+", "console-consumer-N")
                .replaceAll("\\[[0-9]{4}-[^\\]]*\\]", "[TIME]")
                .replaceAll(Pattern.quote(broker.bootstrap()), "HOST")
                .replaceAll("(?m)^\\s*at .*\\R", "")
                .replaceAll("[ \\t]+", " ")
                .replaceAll("(?m) +$", "");
        return command.exitCode() + ": " + output;
    }
}
