package io.ottla.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a disk that is dead when the broker starts costs what is on it, and nothing else, and what is on it is there again
 * when the disk is. Method: one of two log directories is put aside while the broker is down, and a file takes its place.
 */
class DeadDirectoryTest {
    private static final String TOPIC = "spread";
    private static final int PARTITIONS = 6;

    @TempDir
    Path home;

    @Test
    void startsWithTheOtherDirectoryAndFindsEverythingWhenTheDiskIsBack() throws IOException {
        Path good = home.resolve("good");
        Path dying = home.resolve("dying");
        Map<String, String> settings = Map.of("log.dirs", good + "," + dying, "offsets.topic.num.partitions", "1");
        try (BrokerProcess broker = BrokerProcess.start(home.resolve("broker"), settings)) {
            Clients.createTopic(broker, TOPIC, PARTITIONS, Map.of());
            writeToEach(broker, IntStream.range(0, PARTITIONS).boxed().toList());
            assertThat(broker.stop()).isIn(0, 143);
            Set<Integer> lost = partitionsIn(dying);
            assertThat(lost).isNotEmpty().hasSizeLessThan(PARTITIONS);

            Files.move(dying, home.resolve("aside"));
            Files.writeString(dying, "a file where a directory was");
            broker.start();
            assertOfflineAre(broker, lost);
            assertThat(Command.script("kafka-log-dirs.sh", "--bootstrap-server", broker.bootstrap(), "--describe")
                            .output())
                    .contains("\"logDir\":\"" + dying + "\"", "KafkaStorageException", "\"logDir\":\"" + good + "\"");
            writeToEach(broker, partitionsIn(good).stream().toList());
            Clients.createTopic(broker, "later", 2, Map.of());
            if (!BrokerProcess.isApache()) {
                assertThat(broker.output()).contains(dying + " cannot be used", "starting without it");
            }
            assertThat(broker.stop()).isIn(0, 143);

            Files.delete(dying);
            Files.move(home.resolve("aside"), dying);
            broker.start();
            assertOfflineAre(broker, Set.of());
            assertThat(Clients.readAll(broker, TOPIC)).hasSize(2 * PARTITIONS - lost.size());
        }
    }

    private static Set<Integer> partitionsIn(Path directory) throws IOException {
        Set<Integer> found = new HashSet<>();
        try (var entries = Files.newDirectoryStream(directory, TOPIC + "-*")) {
            entries.forEach(entry -> found.add(
                    Integer.parseInt(String.valueOf(entry.getFileName()).substring(TOPIC.length() + 1))));
        }
        return found;
    }

    private static void assertOfflineAre(BrokerProcess broker, Set<Integer> lost) {
        try (Admin admin = Clients.admin(broker)) {
            Awaitility.await().atMost(Clients.LIMIT).untilAsserted(() -> {
                Set<Integer> offline = new HashSet<>();
                TopicDescription topic = Clients.get(
                                admin.describeTopics(List.of(TOPIC)).allTopicNames())
                        .get(TOPIC);
                topic.partitions().forEach(partition -> {
                    if (partition.leader() == null || partition.leader().equals(Node.noNode())) {
                        offline.add(partition.partition());
                    }
                });
                assertThat(offline).isEqualTo(lost);
            });
        }
    }

    private static void writeToEach(BrokerProcess broker, List<Integer> partitions) {
        byte[] value = "record".getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, Map.of())) {
            Clients.getAll(partitions.stream()
                    .map(partition -> producer.send(new ProducerRecord<>(TOPIC, partition, null, value)))
                    .toList());
        }
    }
}
