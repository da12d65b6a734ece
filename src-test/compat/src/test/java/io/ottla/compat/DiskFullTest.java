package io.ottla.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Command;
import io.ottla.process.Host;
import io.ottla.process.Product;
import io.ottla.process.ZooKeeperProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a broker whose disk is filled by a producer stays up, refuses, and recovers by itself. Method: log.dirs on a small file
 * system in memory, which only root may mount.
 */
class DiskFullTest {
    private static final TopicPartition FULL = new TopicPartition("full", 0);
    private static final int RECORD_BYTES = 100_000;

    @TempDir
    Path home;

    private Path small;

    @BeforeEach
    void mount() throws Exception {
        small = home.resolve("small");
        Files.createDirectories(small);
        Command mount = Command.run("", List.of("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", small.toString()));
        Assumptions.assumeTrue(mount.exitCode() == 0, "a file system cannot be mounted here: " + mount.output());
    }

    @AfterEach
    void unmount() {
        Command.run("", List.of("umount", "-l", small.toString()));
    }

    @Test
    void refusesProducersGoesOnOtherwiseAndRecovers() throws Exception {
        Map<String, String> settings = Map.of(
                "log.dirs", small.resolve("logs").toString(),
                "log.segment.bytes", "4000000",
                "log.retention.check.interval.ms", "500",
                "log.segment.delete.delay.ms", "200",
                "offsets.topic.num.partitions", "1");
        try (BrokerProcess broker = BrokerProcess.start(home.resolve("broker"), settings)) {
            Clients.createTopic(broker, FULL.topic(), 1, Map.of());
            long written = fill(broker);
            assertThat(broker.isAlive()).isTrue();
            assertThat(broker.output())
                    .containsOnlyOnce("produce requests are refused until")
                    .doesNotContain("goes offline");
            assertThat(Clients.readAll(broker, FULL.topic())).hasSize((int) written);
            try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker, Map.of("group.id", "going-on"))) {
                consumer.commitSync(Map.of(FULL, new OffsetAndMetadata(7)));
                assertThat(consumer.committed(Set.of(FULL)).get(FULL).offset()).isEqualTo(7);
            }
            try (Admin admin = Clients.admin(broker);
                    KafkaProducer<byte[], byte[]> producer =
                            Clients.producer(broker, Map.of("delivery.timeout.ms", "60000"))) {
                var waiting = producer.send(new ProducerRecord<>(FULL.topic(), 0, null, new byte[10]));
                Clients.get(admin.deleteRecords(Map.of(FULL, RecordsToDelete.beforeOffset(written / 2)))
                        .all());
                assertThat(waiting.get(60, TimeUnit.SECONDS).offset()).isEqualTo(written);
            }
            assertThat(broker.output()).contains("produce requests are accepted");
            assertThat(broker.stop()).isIn(0, 143);
            assertThat(small.resolve("logs").resolve(".kafka_cleanshutdown")).exists();
        }
    }

    @Test
    void survivesADiskThatOthersHaveFilledToTheLastByte() throws Exception {
        try (ZooKeeperProcess zooKeeper =
                        ZooKeeperProcess.start(Product.underTest(), Host.LOOPBACK, home.resolve("zookeeper"));
                BrokerProcess broker = BrokerProcess.create(
                        home.resolve("broker"),
                        Map.of(
                                "zookeeper.connect",
                                zooKeeper.connect(),
                                "log.dirs",
                                small.resolve("logs").toString(),
                                "log.dir.reserve.bytes",
                                "0",
                                "offsets.topic.num.partitions",
                                "1"))) {
            broker.start();
            Clients.createTopic(broker, FULL.topic(), 1, Map.of());
            long written = 0;
            for (; written < 20; written++) {
                send(broker);
            }
            Path foreign = small.resolve("foreign");
            Command.run("dd", "if=/dev/zero", "of=" + foreign, "bs=64k");
            assertThatThrownBy(() -> send(broker))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(RetriableException.class);
            assertThat(broker.output()).doesNotContain("goes offline");
            assertThat(Clients.readAll(broker, FULL.topic())).hasSize((int) written);
            assertThat(broker.stop()).isIn(0, 143);
            assertThat(small.resolve("logs").resolve(".kafka_cleanshutdown")).doesNotExist();
            Files.delete(foreign);
            broker.start();
            assertThat(Clients.readAll(broker, FULL.topic())).hasSize((int) written);
            assertThat(send(broker)).isEqualTo(written);
        }
    }

    /** Writes one record, or tells why not; returns its offset. */
    private static long send(BrokerProcess broker) throws ExecutionException, InterruptedException {
        Map<String, Object> settings =
                Map.of("request.timeout.ms", "2000", "linger.ms", "0", "delivery.timeout.ms", "3000");
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, settings)) {
            return producer.send(new ProducerRecord<>(FULL.topic(), 0, null, new byte[RECORD_BYTES]))
                    .get()
                    .offset();
        }
    }

    /** Writes until the broker refuses; how many records are in the log. */
    private static long fill(BrokerProcess broker) throws InterruptedException {
        long written = 0;
        Map<String, Object> settings =
                Map.of("acks", "all", "request.timeout.ms", "2000", "linger.ms", "0", "delivery.timeout.ms", "3000");
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, settings)) {
            while (true) {
                try {
                    written = producer.send(new ProducerRecord<>(FULL.topic(), 0, null, new byte[RECORD_BYTES]))
                                    .get()
                                    .offset()
                            + 1;
                } catch (ExecutionException e) {
                    break;
                }
            }
        }
        Awaitility.await().until(broker::isAlive);
        return written;
    }
}
