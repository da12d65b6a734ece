package io.ottla.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Host;
import io.ottla.process.Product;
import io.ottla.process.ZooKeeperProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: whichever of Ottla and Apache Kafka 3.9 dies while it puts cleaned segments in the place of others, the other one goes on
 * with exactly the records that are to be there. Method: one of them cleans a log with transactions; each state between its
 * files before and after becomes a partition of one topic, and the other one is started on that.
 */
class SwapTakeoverTest {
    private static final String CLEANED = "cleaned";
    private static final String STATES = "states";
    private static final int KEYS = 50;

    private static final Map<String, String> BROKER = Map.of(
            "broker.id", "1",
            "zookeeper.session.timeout.ms", "6000",
            "offsets.topic.replication.factor", "1",
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1",
            "transaction.state.log.num.partitions", "1",
            "log.index.interval.bytes", "1024",
            "log.index.size.max.bytes", "100000");

    @TempDir
    Path home;

    /** A log before and after its cleaning. */
    private record Cleaning(Version before, Version after) {
        List<String> expected(SwapStates.State state, IsolationLevel isolation) {
            List<String> records = new ArrayList<>();
            NavigableSet<Long> bases = SwapStates.baseOffsets(after.files);
            for (long base : bases) {
                Long next = bases.higher(base);
                Version version = state.replaced().contains(base) ? after : before;
                version.read
                        .get(isolation)
                        .subMap(base, next == null ? Long.MAX_VALUE : next)
                        .forEach((offset, text) -> records.add(text));
            }
            return records;
        }
    }

    /** A copy of a partition's directory, and by level and offset what consumers see. */
    private record Version(Path files, Map<IsolationLevel, TreeMap<Long, String>> read) {}

    @Test
    void apacheKafkaGoesOnWhereOttlaHasDied() {
        takeOver(Product.OTTLA, Product.APACHE_39);
    }

    @Test
    void ottlaGoesOnWhereApacheKafkaHasDied() {
        takeOver(Product.APACHE_39, Product.OTTLA);
    }

    private void takeOver(Product cleaner, Product successor) {
        try (ZooKeeperProcess zooKeeper =
                ZooKeeperProcess.start(Product.APACHE_39, Host.LOOPBACK, home.resolve("zk"))) {
            Cleaning cleaning = clean(cleaner, zooKeeper.connect() + "/cleaner");
            List<SwapStates.State> states = SwapStates.between(cleaning.before.files, cleaning.after.files);
            assertThat(states).hasSizeGreaterThan(30);
            try (BrokerProcess broker = broker(
                    "successor",
                    successor,
                    Map.of("zookeeper.connect", zooKeeper.connect() + "/successor", "log.cleaner.enable", "false"))) {
                broker.start();
                Clients.createTopic(broker, STATES, states.size(), Map.of("cleanup.policy", "compact"));
                assertThat(broker.stop()).isIn(0, 143);
                becomeDead(broker.dataDir(), states);
                broker.start();
                for (IsolationLevel isolation : IsolationLevel.values()) {
                    assertAllAreRead(broker, isolation, cleaning, states);
                }
                for (int i = 0; i < states.size(); i++) {
                    assertThat(Folders.list(broker.dataDir().resolve(STATES + "-" + i)))
                            .as(states.get(i).step())
                            .noneMatch(file -> file.toString().matches(".*\\.(cleaned|swap)"));
                }
            }
        }
    }

    private BrokerProcess broker(String name, Product product, Map<String, String> more) {
        Map<String, String> settings = new TreeMap<>(BROKER);
        settings.putAll(more);
        return BrokerProcess.create(home.resolve(name), product, Host.LOOPBACK, settings);
    }

    private Cleaning clean(Product product, String connect) {
        Map<String, String> settings = Map.of("zookeeper.connect", connect, "log.cleaner.backoff.ms", "300");
        try (BrokerProcess broker = broker("cleaner", product, settings)) {
            broker.start();
            Path files = broker.dataDir().resolve(CLEANED + "-0");
            Clients.createTopic(
                    broker,
                    CLEANED,
                    1,
                    Map.of("cleanup.policy", "delete", "retention.ms", "-1", "segment.bytes", "20000"));
            load(broker);
            Map<IsolationLevel, TreeMap<Long, String>> before = read(broker);
            assertThat(broker.stop()).isIn(0, 143);
            Folders.copy(files, home.resolve("before"));
            long end = SwapStates.baseOffsets(files).last();
            broker.start();
            compact(broker);
            Path checkpoint = broker.dataDir().resolve("cleaner-offset-checkpoint");
            Awaitility.await("for the end of the cleaning")
                    .atMost(Clients.LIMIT)
                    .until(() -> Files.exists(checkpoint)
                            && Files.readString(checkpoint).contains(CLEANED + " 0 " + end));
            Map<IsolationLevel, TreeMap<Long, String>> after = read(broker);
            assertThat(broker.stop()).isIn(0, 143);
            Folders.copy(files, home.resolve("after"));
            assertThat(after.get(IsolationLevel.READ_UNCOMMITTED))
                    .hasSizeLessThan(before.get(IsolationLevel.READ_UNCOMMITTED).size() / 2);
            return new Cleaning(new Version(home.resolve("before"), before), new Version(home.resolve("after"), after));
        }
    }

    private static void load(BrokerProcess broker) {
        Random random = new Random(5);
        Map<String, Object> settings = Map.of("transactional.id", "writer", "batch.size", "1000");
        try (KafkaProducer<byte[], byte[]> plain = Clients.producer(broker, Map.of("batch.size", "1000"));
                KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, settings)) {
            producer.initTransactions();
            for (int transaction = 0; transaction < 80; transaction++) {
                producer.beginTransaction();
                for (int i = 0; i < 8; i++) {
                    producer.send(record("in" + random.nextInt(KEYS), transaction + "/" + i, random));
                }
                plain.send(record("plain" + random.nextInt(KEYS), "plain" + transaction, random));
                if (transaction % 3 == 1) {
                    producer.flush();
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String key, String value, Random random) {
        byte[] bytes = random.nextInt(8) == 0 ? null : (value + "x".repeat(random.nextInt(300))).getBytes(UTF_8);
        return new ProducerRecord<>(CLEANED, 0, key.getBytes(UTF_8), bytes);
    }

    /** Larger segments, so that several become one; what is replaced stays. */
    private static void compact(BrokerProcess broker) {
        List<AlterConfigOp> changes = Map.of(
                        "cleanup.policy", "compact",
                        "segment.bytes", "60000",
                        "min.cleanable.dirty.ratio", "0.01",
                        "file.delete.delay.ms", "3600000")
                .entrySet()
                .stream()
                .map(each ->
                        new AlterConfigOp(new ConfigEntry(each.getKey(), each.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        Map<ConfigResource, Collection<AlterConfigOp>> all =
                Map.of(new ConfigResource(ConfigResource.Type.TOPIC, CLEANED), changes);
        try (Admin admin = Clients.admin(broker)) {
            // Apache Kafka answers before it knows its topics.
            Awaitility.await().atMost(Clients.LIMIT).ignoreExceptions().until(() -> {
                Clients.get(admin.incrementalAlterConfigs(all).all());
                return true;
            });
        }
    }

    private static Map<IsolationLevel, TreeMap<Long, String>> read(BrokerProcess broker) {
        Map<IsolationLevel, TreeMap<Long, String>> read = new TreeMap<>();
        for (IsolationLevel isolation : IsolationLevel.values()) {
            TreeMap<Long, String> byOffset = new TreeMap<>();
            Clients.readAll(broker, CLEANED, isolation).forEach(each -> byOffset.put(each.offset(), describe(each)));
            read.put(isolation, byOffset);
        }
        return read;
    }

    private static String describe(ConsumerRecord<byte[], byte[]> record) {
        return record.offset() + " " + record.timestamp() + " " + new String(record.key(), UTF_8) + "="
                + (record.value() == null ? null : new String(record.value(), UTF_8));
    }

    /** As if a broker had died with each of the partitions in another state. */
    private static void becomeDead(Path dataDir, List<SwapStates.State> states) {
        try {
            for (String name : List.of(
                    ".kafka_cleanshutdown", "recovery-point-offset-checkpoint", "replication-offset-checkpoint")) {
                Files.deleteIfExists(dataDir.resolve(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int i = 0; i < states.size(); i++) {
            states.get(i).putInto(dataDir.resolve(STATES + "-" + i));
        }
    }

    private static void assertAllAreRead(
            BrokerProcess broker, IsolationLevel isolation, Cleaning cleaning, List<SwapStates.State> states) {
        Map<Integer, List<String>> read = Clients.readAll(broker, STATES, isolation).stream()
                .collect(Collectors.groupingBy(
                        ConsumerRecord::partition,
                        Collectors.mapping(SwapTakeoverTest::describe, Collectors.toList())));
        for (int i = 0; i < states.size(); i++) {
            assertThat(read.getOrDefault(i, List.of()))
                    .as("%s after the %s", isolation, states.get(i).step())
                    .isEqualTo(cleaning.expected(states.get(i), isolation));
        }
    }
}
