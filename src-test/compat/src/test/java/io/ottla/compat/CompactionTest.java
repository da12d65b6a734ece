package io.ottla.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Command;
import io.ottla.process.Host;
import io.ottla.process.Peer39;
import io.ottla.process.Product;
import io.ottla.process.ZooKeeperProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a compacted topic keeps the last value of each key and nothing else, and its files are Apache Kafka's. Method: a random
 * load with the real clients, a broker process that cleans often and is killed once; DumpLogSegments and the broker of Apache
 * Kafka 3.9 read what is left.
 */
class CompactionTest {
    private static final String TOPIC = "compacted";
    private static final int KEYS = 60;
    private static final String TICK = "tick";
    private static final String[] CODECS = {"none", "gzip", "snappy", "lz4", "zstd"};

    @TempDir
    Path home;

    private final Map<String, String> model = new TreeMap<>();
    private int ticks;

    @Test
    void onlyTheLastValuesAreLeftAndApacheKafkaReadsThem() {
        try (ZooKeeperProcess zooKeeper =
                ZooKeeperProcess.start(Product.APACHE_39, Host.LOOPBACK, home.resolve("zk"))) {
            Map<String, String> settings = Map.of(
                    "zookeeper.connect", zooKeeper.connect() + "/kafka",
                    "zookeeper.session.timeout.ms", "6000",
                    "log.cleaner.backoff.ms", "300",
                    "log.cleaner.threads", "2",
                    "log.index.interval.bytes", "1024");
            Path copy = home.resolve("apache");
            try (BrokerProcess broker = BrokerProcess.start(home.resolve("ottla"), settings)) {
                createTopic(broker);
                load(broker, 1);
                broker.kill();
                broker.start();
                load(broker, 2);
                awaitOnlyLastValues(broker);
                assertThat(broker.dataDir().resolve("cleaner-offset-checkpoint"))
                        .content()
                        .contains(TOPIC + " 0 ");
                assertThat(broker.stop()).isIn(0, 143);
                Folders.copy(broker.dataDir(), copy.resolve("data"));
            }
            dump(copy.resolve("data"));
            try (BrokerProcess apache = BrokerProcess.createApache(copy, settings)) {
                Awaitility.await().atMost(Clients.LIMIT).ignoreExceptions().until(() -> apache.start()
                        .isAlive());
                assertThat(lastValues(Clients.readAll(apache, TOPIC))).isEqualTo(model);
                apache.stop();
            }
        }
    }

    @Test
    void theTopicOfGroupsDoesNotGrowForEver() {
        Map<String, String> settings = Map.of(
                "log.cleaner.backoff.ms", "300",
                "offsets.topic.num.partitions", "1",
                "offsets.topic.segment.bytes", "50000",
                "log.cleaner.max.compaction.lag.ms", "1000",
                "log.segment.delete.delay.ms", "500");
        TopicPartition partition = new TopicPartition("plain", 0);
        try (BrokerProcess broker = BrokerProcess.start(home.resolve("ottla"), settings)) {
            Clients.createTopic(broker, "plain", 1, Map.of());
            try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker, Map.of("group.id", "busy"))) {
                for (int i = 0; i < 2000; i++) {
                    consumer.commitSync(Map.of(partition, new OffsetAndMetadata(i, "commit " + i)));
                }
                Path offsets = broker.dataDir().resolve("__consumer_offsets-0");
                Awaitility.await().atMost(Clients.LIMIT).until(() -> sizeOfLogs(offsets) < 110_000);
                assertThat(consumer.committed(java.util.Set.of(partition))
                                .get(partition)
                                .offset())
                        .isEqualTo(1999);
                broker.kill();
                broker.start();
                assertThat(consumer.committed(java.util.Set.of(partition))
                                .get(partition)
                                .metadata())
                        .isEqualTo("commit 1999");
            }
        }
    }

    private static void createTopic(BrokerProcess broker) {
        Clients.createTopic(
                broker,
                TOPIC,
                1,
                Map.of(
                        "cleanup.policy", "compact",
                        "segment.bytes", "20000",
                        "min.cleanable.dirty.ratio", "0.01",
                        "max.compaction.lag.ms", "1500",
                        "delete.retention.ms", "1000",
                        "file.delete.delay.ms", "500"));
    }

    private void load(BrokerProcess broker, int seed) {
        Random random = new Random(seed);
        for (String codec : CODECS) {
            try (KafkaProducer<byte[], byte[]> producer = Clients.producer(
                    broker, Map.of("compression.type", codec, "linger.ms", "1", "batch.size", "2000"))) {
                for (int i = 0; i < 400; i++) {
                    String key = "key" + random.nextInt(KEYS);
                    String value = random.nextInt(6) == 0 ? null : seed + codec + i + "x".repeat(random.nextInt(200));
                    producer.send(record(key, value));
                    if (value == null) {
                        model.remove(key);
                    } else {
                        model.put(key, value);
                    }
                }
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String key, String value) {
        return new ProducerRecord<>(TOPIC, 0, key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8));
    }

    /** Tombstones go with the first cleaning after their horizon, so there must always be something to clean. */
    private void awaitOnlyLastValues(BrokerProcess broker) {
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, Map.of())) {
            Awaitility.await()
                    .atMost(Clients.LIMIT)
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> {
                        Clients.get(producer.send(record(TICK, "tick" + ticks++)));
                        List<ConsumerRecord<byte[], byte[]>> left = Clients.readAll(broker, TOPIC).stream()
                                .filter(record -> !new String(record.key(), UTF_8).equals(TICK))
                                .toList();
                        assertThat(left).hasSize(model.size());
                        assertThat(lastValues(left)).isEqualTo(model);
                    });
        }
    }

    private static Map<String, String> lastValues(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<String, String> last = new TreeMap<>();
        Map<Integer, Long> offsets = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Long before = offsets.put(record.partition(), record.offset());
            assertThat(before == null ? -1 : before).isLessThan(record.offset());
            String key = new String(record.key(), UTF_8);
            if (record.value() == null) {
                last.remove(key);
            } else if (!key.equals(TICK)) {
                last.put(key, new String(record.value(), UTF_8));
            }
        }
        return last;
    }

    private static void dump(Path data) {
        String names = Folders.list(data.resolve(TOPIC + "-0")).stream()
                .filter(path -> path.toString().matches(".*\\.(log|index|timeindex|snapshot)"))
                .map(Path::toString)
                .collect(Collectors.joining(","));
        Command dump =
                Command.run("", Peer39.command("kafka.tools.DumpLogSegments", "--deep-iteration", "--files", names));
        assertThat(dump.exitCode()).as(dump.output()).isZero();
        assertThat(dump.output())
                .contains("deleteHorizonMs: OptionalLong[")
                .doesNotContain("mismatch")
                .doesNotContain("Found timestamp")
                .doesNotContain("out of order")
                .doesNotContain("isvalid: false")
                .doesNotContain("Exception");
        Command sanity = Command.run(
                "", Peer39.command("kafka.tools.DumpLogSegments", "--index-sanity-check", "--files", names));
        assertThat(sanity.output()).contains("passed sanity check").doesNotContain("Exception");
    }

    private static long sizeOfLogs(Path partition) {
        return Folders.list(partition).stream()
                .filter(path ->
                        path.toString().endsWith(".log") || path.toString().endsWith(".deleted"))
                .mapToLong(path -> path.toFile().length())
                .sum();
    }
}
