package io.ottla.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Host;
import io.ottla.process.Product;
import io.ottla.process.ZooKeeperProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a disk that dies under load costs what is on it and nothing else: its partitions are led by others if there are others,
 * the broker and its other disks go on, and what is on the disk is served again once it works. Method: two brokers, one with a
 * directory on a file system that begins to answer everything with EIO.
 */
class DyingDirectoryTest {
    private static final int PARTITIONS = 4;
    private static final int ROUNDS = 10;

    @TempDir
    Path home;

    private final Map<TopicPartition, Integer> acknowledged = new ConcurrentHashMap<>();

    @Test
    void costsItsPartitionsAndNothingElseUntilItIsMended() throws Exception {
        Path good = home.resolve("good");
        try (MortalDisk disk = MortalDisk.mount(home);
                ZooKeeperProcess zooKeeper =
                        ZooKeeperProcess.start(Product.underTest(), Host.LOOPBACK, home.resolve("zookeeper"));
                BrokerProcess broker = broker(1, zooKeeper, good + "," + dying(disk));
                BrokerProcess other = broker(2, zooKeeper, home.resolve("other").toString())) {
            broker.start();
            other.start();
            create(broker, "shared", List.of(1, 2));
            create(broker, "alone", List.of(1));
            Path dying = dying(disk);
            Awaitility.await()
                    .atMost(Clients.LIMIT)
                    .until(() -> partitionsIn(dying).size() + partitionsIn(good).size() == 2 * PARTITIONS);
            Set<TopicPartition> lost = partitionsIn(dying);
            Set<TopicPartition> kept = partitionsIn(good);
            assertThat(lost).hasSize(PARTITIONS);
            try (Writer goingOn = new Writer(other, allBut(ofTopic("alone", lost)));
                    Writer stopping = new Writer(other, ofTopic("alone", lost))) {
                goingOn.awaitRounds(ROUNDS);
                stopping.awaitRounds(ROUNDS);
                disk.die();
                Awaitility.await().atMost(Clients.LIMIT).untilAsserted(() -> assertThat(leaders(other))
                        .isEqualTo(leadersWithout(lost)));
                goingOn.awaitRounds(goingOn.rounds() + ROUNDS);
                Awaitility.await().atMost(Clients.LIMIT).until(() -> !stopping.failures.isEmpty());
            }
            assertDescribed(other, good, dying);
            assertThat(broker.isAlive()).isTrue();
            if (!BrokerProcess.isApache()) {
                assertThat(broker.output())
                        .containsOnlyOnce("log directory " + dying + " goes offline")
                        .contains("Input/output error")
                        .doesNotContain("\tat ");
            }
            assertThat(broker.stop()).isIn(0, 143);
            disk.mend();
            broker.start();
            Awaitility.await().atMost(Clients.LIMIT).untilAsserted(() -> assertThat(inSync(other))
                    .isEqualTo(replicas()));
            assertThat(partitionsIn(good)).isEqualTo(kept);
            assertThat(partitionsIn(dying)).isEqualTo(lost);
            assertEverythingAcknowledgedIsThere(broker);
        }
    }

    private static Path dying(MortalDisk disk) {
        return disk.path().resolve("logs");
    }

    private BrokerProcess broker(int id, ZooKeeperProcess zooKeeper, String logDirs) {
        Map<String, String> settings = Map.of(
                "broker.id",
                Integer.toString(id),
                "zookeeper.connect",
                zooKeeper.connect(),
                "auto.leader.rebalance.enable",
                "false",
                "log.dirs",
                logDirs);
        return BrokerProcess.create(home.resolve("broker-" + id), settings);
    }

    private static void create(BrokerProcess broker, String topic, List<Integer> replicas) {
        Map<Integer, List<Integer>> assignment = new TreeMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assignment.put(partition, replicas);
        }
        try (Admin admin = Clients.admin(broker)) {
            Awaitility.await()
                    .atMost(Clients.LIMIT)
                    .until(() -> Clients.get(admin.describeCluster().nodes()).size() == 2);
            Clients.get(
                    admin.createTopics(List.of(new NewTopic(topic, assignment))).all());
        }
    }

    /** The partitions that have a directory here. */
    private static Set<TopicPartition> partitionsIn(Path directory) throws IOException {
        Set<TopicPartition> found = ConcurrentHashMap.newKeySet();
        try (var entries = Files.newDirectoryStream(directory, "{alone,shared}-*")) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                int dash = name.indexOf('-');
                found.add(new TopicPartition(name.substring(0, dash), Integer.parseInt(name.substring(dash + 1))));
            }
        }
        return found;
    }

    private static List<TopicPartition> all() {
        return Stream.of("alone", "shared")
                .flatMap(topic ->
                        IntStream.range(0, PARTITIONS).mapToObj(partition -> new TopicPartition(topic, partition)))
                .toList();
    }

    private static List<TopicPartition> ofTopic(String topic, Set<TopicPartition> partitions) {
        return partitions.stream()
                .filter(partition -> partition.topic().equals(topic))
                .toList();
    }

    private static List<TopicPartition> allBut(List<TopicPartition> those) {
        return all().stream().filter(partition -> !those.contains(partition)).toList();
    }

    private static Map<String, TopicPartitionInfo> describe(BrokerProcess broker) {
        Map<String, TopicPartitionInfo> found = new TreeMap<>();
        try (Admin admin = Clients.admin(broker)) {
            Clients.get(admin.describeTopics(Set.of("alone", "shared")).allTopicNames())
                    .values()
                    .forEach(topic -> topic.partitions()
                            .forEach(partition -> found.put(topic.name() + "-" + partition.partition(), partition)));
        }
        return found;
    }

    /** Who leads each partition, -1 for nobody. */
    private static Map<String, Integer> leaders(BrokerProcess broker) {
        Map<String, Integer> leaders = new TreeMap<>();
        describe(broker).forEach((name, partition) -> {
            var leader = partition.leader();
            leaders.put(name, leader == null ? -1 : leader.id());
        });
        return leaders;
    }

    private static Map<String, Integer> leadersWithout(Set<TopicPartition> lost) {
        Map<String, Integer> leaders = new TreeMap<>();
        for (TopicPartition partition : all()) {
            int whoElse = partition.topic().equals("shared") ? 2 : -1;
            leaders.put(partition.toString(), lost.contains(partition) ? whoElse : 1);
        }
        return leaders;
    }

    private static Map<String, Set<Integer>> inSync(BrokerProcess broker) {
        Map<String, Set<Integer>> found = new TreeMap<>();
        describe(broker).forEach((name, partition) -> {
            Set<Integer> ids = new TreeSet<>();
            partition.isr().forEach(node -> ids.add(node.id()));
            found.put(name, partition.leader() == null ? Set.of() : ids);
        });
        return found;
    }

    private static Map<String, Set<Integer>> replicas() {
        Map<String, Set<Integer>> all = new TreeMap<>();
        all().forEach(partition ->
                all.put(partition.toString(), partition.topic().equals("shared") ? Set.of(1, 2) : Set.of(1)));
        return all;
    }

    private static void assertDescribed(BrokerProcess asked, Path good, Path dying) {
        try (Admin admin = Clients.admin(asked)) {
            Map<String, LogDirDescription> described = Clients.get(
                            admin.describeLogDirs(List.of(1)).allDescriptions())
                    .get(1);
            assertThat(described.get(dying.toString()).error()).isInstanceOf(KafkaStorageException.class);
            assertThat(described.get(good.toString()).error()).isNull();
            assertThat(described.get(good.toString()).replicaInfos()).hasSize(PARTITIONS);
        }
    }

    private void assertEverythingAcknowledgedIsThere(BrokerProcess broker) {
        Map<TopicPartition, Integer> found = new HashMap<>();
        for (String topic : List.of("alone", "shared")) {
            Clients.readAll(broker, topic)
                    .forEach(record -> found.merge(new TopicPartition(topic, record.partition()), 1, Integer::sum));
        }
        assertThat(acknowledged).hasSize(2 * PARTITIONS);
        acknowledged.forEach((partition, count) ->
                assertThat(found.get(partition)).as(partition.toString()).isGreaterThanOrEqualTo(count));
    }

    /** Writes a record to each of some partitions and waits, again and again, until that fails. */
    private final class Writer implements AutoCloseable {
        private final BrokerProcess bootstrap;
        private final List<TopicPartition> partitions;
        private final List<Exception> failures = new CopyOnWriteArrayList<>();
        private final Thread thread = new Thread(this::write, "writer");
        private volatile boolean stopped;
        private final AtomicInteger rounds = new AtomicInteger();

        Writer(BrokerProcess bootstrap, List<TopicPartition> partitions) {
            this.bootstrap = bootstrap;
            this.partitions = partitions;
            thread.start();
        }

        private void write() {
            Map<String, Object> settings =
                    Map.of("linger.ms", "0", "request.timeout.ms", "1000", "delivery.timeout.ms", "5000");
            try (KafkaProducer<byte[], byte[]> producer = Clients.producer(bootstrap, settings)) {
                while (!stopped) {
                    writeRound(producer);
                }
            } catch (ExecutionException e) {
                failures.add(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void writeRound(KafkaProducer<byte[], byte[]> producer)
                throws ExecutionException, InterruptedException {
            var sent = partitions.stream()
                    .map(partition -> producer.send(
                            new ProducerRecord<>(partition.topic(), partition.partition(), null, new byte[100])))
                    .toList();
            for (int i = 0; i < sent.size(); i++) {
                sent.get(i).get();
                acknowledged.merge(partitions.get(i), 1, Integer::sum);
            }
            rounds.incrementAndGet();
        }

        int rounds() {
            return rounds.get();
        }

        void awaitRounds(int wanted) {
            Awaitility.await().atMost(Clients.LIMIT).until(() -> rounds() >= wanted || !failures.isEmpty());
            assertThat(failures).isEmpty();
        }

        @Override
        public void close() {
            stopped = true;
            Clients.join(thread);
        }
    }
}
