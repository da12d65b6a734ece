package io.ottla.compat;

import static io.ottla.compat.SharedBroker.uniqueName;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Command;
import io.ottla.process.Distribution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Goal: kafka-transactions.sh finds transactions and ends one that hangs. Method: the script, while a producer writes. */
@ExtendWith(SharedBroker.class)
class TransactionToolsTest {
    private final BrokerProcess broker;

    TransactionToolsTest(BrokerProcess broker) {
        this.broker = broker;
    }

    @Test
    void aTransactionIsFoundDescribedAndAborted() {
        findDescribeAndAbort(broker);
    }

    @Test
    void soIsOneOfVersionTwo(@SharedBroker.Upgraded BrokerProcess upgraded) {
        findDescribeAndAbort(upgraded);
    }

    private static void findDescribeAndAbort(BrokerProcess broker) {
        String topic = uniqueName("tool-txn");
        String id = uniqueName("tool-tx");
        Clients.createTopic(broker, topic, 1, Map.of());
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, Map.of("transactional.id", id));
                KafkaProducer<byte[], byte[]> plain = Clients.producer(broker, Map.of())) {
            producer.initTransactions();
            producer.beginTransaction();
            RecordMetadata written =
                    Clients.get(producer.send(new ProducerRecord<>(topic, 0, null, "hangs".getBytes(UTF_8))));
            Clients.get(plain.send(new ProducerRecord<>(topic, 0, null, "waits".getBytes(UTF_8))));

            assertThat(tool(broker, "list")).contains(id).contains("Ongoing");
            assertThat(tool(broker, "describe", "--transactional-id", id))
                    .contains(topic + "-0")
                    .contains("Ongoing");
            assertThat(tool(broker, "describe-producers", "--topic", topic, "--partition", "0")
                            .lines())
                    .hasSize(3);
            assertThat(tool(broker, "find-hanging", "--broker-id", "1", "--max-transaction-timeout", "15"))
                    .doesNotContain(topic);
            tool(
                    broker,
                    "abort",
                    "--topic",
                    topic,
                    "--partition",
                    "0",
                    "--start-offset",
                    Long.toString(written.offset()));

            try (KafkaConsumer<byte[], byte[]> consumer =
                    Clients.consumer(broker, Map.of("isolation.level", "read_committed"))) {
                consumer.assign(List.of(new TopicPartition(topic, 0)));
                assertThat(Clients.poll(consumer, 1).get(0).value()).isEqualTo("waits".getBytes(UTF_8));
            }
        }
    }

    private static String tool(BrokerProcess broker, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Distribution.script("kafka-transactions.sh").toString(), "--bootstrap-server", broker.bootstrap()));
        command.addAll(Arrays.asList(arguments));
        Command done = Command.run(command.toArray(new String[0]));
        assertThat(done.exitCode()).as(done.output()).isZero();
        return done.output();
    }
}
