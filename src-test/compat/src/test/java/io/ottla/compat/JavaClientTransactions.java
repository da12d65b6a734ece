package io.ottla.compat;

import static io.ottla.compat.SharedBroker.uniqueName;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.process.BrokerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.Test;

/**
 * Goal: what a transaction wrote is seen by read_committed consumers all at once or never. Method: the real clients against a
 * broker process; runs with the newest client and with 3.9, in a cluster of each version of transactions.
 */
abstract class JavaClientTransactions {
    private static final Map<String, String> COMMITTED = Map.of("isolation.level", "read_committed");

    final BrokerProcess broker;

    JavaClientTransactions(BrokerProcess broker) {
        this.broker = broker;
    }

    KafkaProducer<byte[], byte[]> producer(String transactionalId) {
        return producer(transactionalId, Map.of());
    }

    private KafkaProducer<byte[], byte[]> producer(String transactionalId, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("transactional.id", transactionalId);
        KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, settings);
        producer.initTransactions();
        return producer;
    }

    private List<String> read(String topic, Map<String, String> settings, int count) {
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker, settings)) {
            consumer.assign(consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList());
            return texts(Clients.poll(consumer, count));
        }
    }

    private static List<String> texts(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(record -> new String(record.value(), UTF_8)).toList();
    }

    static ProducerRecord<byte[], byte[]> record(String topic, int partition, String value) {
        return new ProducerRecord<>(topic, partition, null, value.getBytes(UTF_8));
    }

    @Test
    void committedTransactionsAreSeenAndAbortedOnesAreNot() {
        String topic = uniqueName("txn");
        Clients.createTopic(broker, topic, 3, Map.of());
        List<String> expected = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = producer(uniqueName("tx"))) {
            for (int i = 0; i < 30; i++) {
                producer.beginTransaction();
                boolean commit = i % 3 != 1;
                for (int partition = 0; partition < 3; partition++) {
                    String value = i + "/" + partition;
                    producer.send(record(topic, partition, value));
                    if (commit) {
                        expected.add(value);
                    }
                }
                if (commit) {
                    producer.commitTransaction();
                } else {
                    producer.flush();
                    producer.abortTransaction();
                }
            }
        }
        assertThat(read(topic, COMMITTED, expected.size())).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(read(topic, Map.of(), 90)).hasSize(90);
    }

    @Test
    void anOpenTransactionHoldsReadersOfCommittedRecordsBack() {
        String topic = uniqueName("open");
        Clients.createTopic(broker, topic, 1, Map.of());
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaProducer<byte[], byte[]> producer = producer(uniqueName("tx"));
                KafkaProducer<byte[], byte[]> plain = Clients.producer(broker, Map.of());
                KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker, COMMITTED)) {
            producer.beginTransaction();
            Clients.get(producer.send(record(topic, 0, "in transaction")));
            Clients.get(plain.send(record(topic, 0, "behind it")));
            consumer.assign(List.of(partition));
            assertThat(consumer.poll(Duration.ofMillis(500))).isEmpty();
            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 0L);
            producer.commitTransaction();
            assertThat(texts(Clients.poll(consumer, 2))).containsExactly("in transaction", "behind it");
        }
    }

    @Test
    void consumeTransformProduceHappensExactlyOnce() {
        String in = uniqueName("in");
        String out = uniqueName("out");
        String group = uniqueName("group");
        String id = uniqueName("tx");
        Clients.createTopic(broker, in, 1, Map.of());
        Clients.createTopic(broker, out, 1, Map.of());
        try (KafkaProducer<byte[], byte[]> plain = Clients.producer(broker, Map.of())) {
            for (int i = 0; i < 300; i++) {
                plain.send(record(in, 0, "v" + i));
            }
        }
        int rounds = 0;
        int done = 0;
        while (done < 300) {
            done = transform(in, out, group, id, rounds++ % 3 == 1);
        }
        assertThat(rounds).isGreaterThan(3);
        assertThat(read(out, COMMITTED, 300))
                .containsExactlyElementsOf(
                        IntStream.range(0, 300).mapToObj(i -> "V" + i).toList());
    }

    /** One life of a transforming process, which ends after some records, with an abort or not; returns what is done. */
    private int transform(String in, String out, String group, String id, boolean abort) {
        Map<String, Object> settings =
                Map.of("group.id", group, "max.poll.records", 50, "isolation.level", "read_committed");
        try (KafkaProducer<byte[], byte[]> producer = producer(id);
                KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker, settings)) {
            consumer.subscribe(List.of(in));
            List<ConsumerRecord<byte[], byte[]>> batch = Clients.poll(consumer, 50);
            TopicPartition partition = new TopicPartition(in, 0);
            producer.beginTransaction();
            for (ConsumerRecord<byte[], byte[]> each : batch) {
                producer.send(record(out, 0, new String(each.value(), UTF_8).replace('v', 'V')));
            }
            long next = batch.get(batch.size() - 1).offset() + 1;
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(next)), consumer.groupMetadata());
            if (abort) {
                producer.abortTransaction();
            } else {
                producer.commitTransaction();
            }
            try (Admin admin = Clients.admin(broker)) {
                OffsetAndMetadata committed = Clients.get(
                                admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                        .get(partition);
                return committed == null ? 0 : (int) committed.offset();
            }
        }
    }

    @Test
    void aZombieIsFenced() {
        String topic = uniqueName("fence");
        String id = uniqueName("tx");
        Clients.createTopic(broker, topic, 1, Map.of());
        try (KafkaProducer<byte[], byte[]> zombie = producer(id)) {
            zombie.beginTransaction();
            Clients.get(zombie.send(record(topic, 0, "zombie")));
            try (KafkaProducer<byte[], byte[]> successor = producer(id)) {
                successor.beginTransaction();
                Clients.get(successor.send(record(topic, 0, "successor")));
                assertThatThrownBy(zombie::commitTransaction)
                        .isInstanceOfAny(ProducerFencedException.class, InvalidProducerEpochException.class);
                successor.commitTransaction();
            }
        }
        assertThat(read(topic, COMMITTED, 1)).containsExactly("successor");
    }

    @Test
    void anAbandonedTransactionEndsByItself() {
        String topic = uniqueName("timeout");
        Clients.createTopic(broker, topic, 1, Map.of());
        try (KafkaProducer<byte[], byte[]> producer =
                        producer(uniqueName("tx"), Map.of("transaction.timeout.ms", 1000));
                KafkaProducer<byte[], byte[]> plain = Clients.producer(broker, Map.of())) {
            producer.beginTransaction();
            Clients.get(producer.send(record(topic, 0, "abandoned")));
            Clients.get(plain.send(record(topic, 0, "behind it")));
            assertThat(read(topic, COMMITTED, 1)).containsExactly("behind it");
            assertThatThrownBy(() -> {
                        producer.send(record(topic, 0, "too late"));
                        producer.commitTransaction();
                    })
                    .isInstanceOf(KafkaException.class);
        }
    }

    @Test
    void operatorsSeeTransactions() {
        String topic = uniqueName("seen");
        String id = uniqueName("tx-seen");
        Clients.createTopic(broker, topic, 2, Map.of());
        try (KafkaProducer<byte[], byte[]> producer = producer(id);
                Admin admin = Clients.admin(broker)) {
            producer.beginTransaction();
            Clients.get(producer.send(record(topic, 1, "x")));
            TransactionDescription described =
                    Clients.get(admin.describeTransactions(List.of(id)).description(id));
            assertThat(described.state()).isEqualTo(TransactionState.ONGOING);
            assertThat(described.topicPartitions()).containsExactly(new TopicPartition(topic, 1));
            assertThat(Clients.get(admin.listTransactions().all()))
                    .extracting(TransactionListing::transactionalId)
                    .contains(id);
            producer.abortTransaction();
        }
    }
}
