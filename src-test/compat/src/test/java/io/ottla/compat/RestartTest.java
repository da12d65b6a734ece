package io.ottla.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a broker that is stopped cleanly and started again goes on where it was, with clients still connected.
 * Method: a broker process on its own files, restarted in the middle of the clients' work.
 */
class RestartTest {
    @TempDir
    Path home;

    @Test
    void clientsGoOnAcrossACleanRestart() {
        try (BrokerProcess broker = BrokerProcess.start(home, Map.of())) {
            Clients.createTopic(broker, "kept", 2, Map.of("retention.ms", "77777777"));
            Map<String, Object> group = Map.of("group.id", "kept-group", "session.timeout.ms", "6000");
            try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, Map.of());
                    KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker, group)) {
                consumer.subscribe(List.of("kept"));
                for (int i = 0; i < 100; i++) {
                    Clients.get(producer.send(new ProducerRecord<>("kept", i % 2, null, new byte[] {(byte) i})));
                }
                assertThat(Clients.poll(consumer, 100)).hasSize(100);
                consumer.commitSync();

                assertThat(broker.stop()).isIn(0, 143);
                assertThat(broker.dataDir().resolve(".kafka_cleanshutdown")).exists();
                broker.start();

                for (int i = 0; i < 50; i++) {
                    Clients.get(producer.send(new ProducerRecord<>("kept", i % 2, null, new byte[] {(byte) i})));
                }
                assertThat(Clients.poll(consumer, 50)).hasSize(50);
                consumer.commitSync(Duration.ofSeconds(30));
            }
            assertStateIsKept(broker);
        }
    }

    private static void assertStateIsKept(BrokerProcess broker) {
        TopicPartition first = new TopicPartition("kept", 0);
        TopicPartition second = new TopicPartition("kept", 1);
        try (Admin admin = Clients.admin(broker)) {
            Map<TopicPartition, OffsetAndMetadata> offsets =
                    Clients.get(admin.listConsumerGroupOffsets("kept-group").partitionsToOffsetAndMetadata());
            assertThat(offsets.keySet()).isEqualTo(Set.of(first, second));
            assertThat(offsets.get(first).offset()).isEqualTo(75);
            assertThat(offsets.get(second).offset()).isEqualTo(75);
        }
        assertThat(Clients.readAll(broker, "kept")).hasSize(150);
        assertThat(Files.exists(broker.dataDir().resolve(".kafka_cleanshutdown")))
                .isFalse();
    }
}
