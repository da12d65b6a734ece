package io.ottla.compat;

import static io.ottla.compat.SharedBroker.uniqueName;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.process.BrokerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: what the Java producer sends is what the Java consumer gets, for every codec, size and setting that users have.
 * Method: the real clients against a broker process; runs with the newest client and with 3.9.
 */
@ExtendWith(SharedBroker.class)
class JavaClientTest {
    private final BrokerProcess broker;

    JavaClientTest(BrokerProcess broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void everyCodecComesBackAsItWasSent(String codec) {
        String topic = uniqueName("codec-" + codec);
        Clients.createTopic(broker, topic, 3, Map.of());
        List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
        Random random = new Random(codec.hashCode());
        for (int i = 0; i < 2000; i++) {
            byte[] value = new byte[random.nextInt(300)];
            Arrays.fill(value, (byte) i);
            sent.add(new ProducerRecord<>(topic, i % 3, 1_000_000L + i, bytes("key-" + i), value));
        }
        produce(sent, Map.of("compression.type", codec, "linger.ms", "5", "acks", "all"));

        List<ConsumerRecord<byte[], byte[]>> read = Clients.readAll(broker, topic);

        assertThat(read).hasSameSizeAs(sent);
        for (int partition = 0; partition < 3; partition++) {
            int p = partition;
            assertThat(read.stream().filter(r -> r.partition() == p).map(JavaClientTest::describe))
                    .containsExactlyElementsOf(sent.stream()
                            .filter(r -> r.partition() == p)
                            .map(JavaClientTest::describe)
                            .toList());
            assertThat(read.stream().filter(r -> r.partition() == p).map(ConsumerRecord::offset))
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @CsvSource({"gzip,zstd", "none,lz4", "snappy,uncompressed", "zstd,gzip", "lz4,snappy"})
    void topicThatAsksForAnotherCodecStillGivesTheSameRecords(String producerCodec, String topicCodec) {
        String topic = uniqueName("recompress");
        Clients.createTopic(broker, topic, 1, Map.of("compression.type", topicCodec));
        List<ProducerRecord<byte[], byte[]>> sent = IntStream.range(0, 500)
                .mapToObj(i -> new ProducerRecord<>(topic, 0, bytes("k" + i), bytes("value " + i)))
                .toList();
        produce(sent, Map.of("compression.type", producerCodec, "linger.ms", "5"));

        assertThat(Clients.readAll(broker, topic).stream().map(r -> new String(r.value(), UTF_8)))
                .containsExactlyElementsOf(
                        sent.stream().map(r -> new String(r.value(), UTF_8)).toList());
    }

    @Test
    void nullKeysNullValuesEmptyValuesAndHeadersSurvive() {
        String topic = uniqueName("shapes");
        Clients.createTopic(broker, topic, 1, Map.of());
        ProducerRecord<byte[], byte[]> withHeaders = new ProducerRecord<>(
                topic, 0, (byte[]) null, new byte[0], List.<Header>of(header("a", "1"), header("a", "2")));
        withHeaders.headers().add("none", null);
        produce(
                List.of(
                        new ProducerRecord<>(topic, 0, null, null),
                        new ProducerRecord<>(topic, 0, bytes("k"), null),
                        withHeaders),
                Map.of());

        List<ConsumerRecord<byte[], byte[]>> read = Clients.readAll(broker, topic);

        assertThat(read.get(0).key()).isNull();
        assertThat(read.get(0).value()).isNull();
        assertThat(read.get(1).key()).isEqualTo(bytes("k"));
        assertThat(read.get(1).value()).isNull();
        assertThat(read.get(2).value()).isEmpty();
        assertThat(read.get(2).headers().toArray()).hasSize(3);
        assertThat(read.get(2).headers().headers("a")).hasSize(2);
        assertThat(read.get(2).headers().lastHeader("none").value()).isNull();
    }

    @Test
    void recordsFromOneByteToTenMegabytesPass() {
        String topic = uniqueName("sizes");
        Clients.createTopic(broker, topic, 1, Map.of("max.message.bytes", "11000000"));
        List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
        Random random = new Random(7);
        for (int size : new int[] {1, 10, 1000, 16_384, 100_000, 1_000_000, 5_000_000, 10_000_000}) {
            byte[] value = new byte[size];
            random.nextBytes(value);
            sent.add(new ProducerRecord<>(topic, 0, null, value));
        }
        produce(sent, Map.of("max.request.size", 12_000_000, "buffer.memory", 64_000_000L));

        List<ConsumerRecord<byte[], byte[]>> read = Clients.readAll(broker, topic);

        assertThat(read).hasSameSizeAs(sent);
        for (int i = 0; i < sent.size(); i++) {
            assertThat(read.get(i).value()).isEqualTo(sent.get(i).value());
        }
    }

    @Test
    void recordLargerThanTheTopicAllowsIsRefused() {
        String topic = uniqueName("too-large");
        Clients.createTopic(broker, topic, 1, Map.of("max.message.bytes", "1000"));
        assertThatThrownBy(() -> produce(List.of(new ProducerRecord<>(topic, new byte[5000])), Map.of()))
                .hasRootCauseInstanceOf(RecordTooLargeException.class);
        assertThat(Clients.readAll(broker, topic)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void everyAcknowledgementModeWrites(String acks) {
        String topic = uniqueName("acks-" + acks);
        Clients.createTopic(broker, topic, 1, Map.of());
        List<ProducerRecord<byte[], byte[]>> sent = IntStream.range(0, 100)
                .mapToObj(i -> new ProducerRecord<byte[], byte[]>(topic, bytes("v" + i)))
                .toList();
        produce(sent, Map.of("acks", acks, "enable.idempotence", String.valueOf(acks.equals("all"))));
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker, Map.of())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            assertThat(Clients.poll(consumer, 100)).hasSize(100);
        }
    }

    @Test
    void seekByTimeFindsTheFirstRecordNotOlder() {
        String topic = uniqueName("by-time");
        Clients.createTopic(broker, topic, 1, Map.of("segment.bytes", "16384", "index.interval.bytes", "512"));
        List<ProducerRecord<byte[], byte[]>> sent = IntStream.range(0, 3000)
                .mapToObj(i -> new ProducerRecord<>(topic, 0, 1_000_000L + 10L * i, bytes("k"), bytes("value-" + i)))
                .toList();
        produce(sent, Map.of("batch.size", "1000"));
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker, Map.of())) {
            for (int i : new int[] {0, 1, 17, 1499, 2998, 2999}) {
                OffsetAndTimestamp exact = consumer.offsetsForTimes(Map.of(partition, 1_000_000L + 10L * i))
                        .get(partition);
                assertThat(exact.offset()).isEqualTo(i);
                assertThat(exact.timestamp()).isEqualTo(1_000_000L + 10L * i);
                OffsetAndTimestamp between = consumer.offsetsForTimes(Map.of(partition, 1_000_000L + 10L * i - 3))
                        .get(partition);
                assertThat(between.offset()).isEqualTo(i);
            }
            assertThat(consumer.offsetsForTimes(Map.of(partition, 2_000_000L)).get(partition))
                    .isNull();
        }
    }

    @Test
    void logAppendTimeComesFromTheBroker() {
        String topic = uniqueName("append-time");
        Clients.createTopic(broker, topic, 1, Map.of("message.timestamp.type", "LogAppendTime"));
        long before = System.currentTimeMillis();
        RecordMetadata metadata = produce(List.of(new ProducerRecord<>(topic, 0, 5L, null, bytes("v"))), Map.of())
                .get(0);
        ConsumerRecord<byte[], byte[]> read = Clients.readAll(broker, topic).get(0);
        assertThat(read.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(read.timestamp()).isBetween(before - 1000, System.currentTimeMillis() + 1000);
        assertThat(metadata.timestamp()).isEqualTo(read.timestamp());
    }

    @Test
    void timestampTooFarInTheFutureIsRefused() {
        String topic = uniqueName("future");
        Clients.createTopic(broker, topic, 1, Map.of("message.timestamp.after.max.ms", "60000"));
        long future = System.currentTimeMillis() + Duration.ofHours(1).toMillis();
        assertThatThrownBy(() -> produce(List.of(new ProducerRecord<>(topic, 0, future, null, bytes("v"))), Map.of()))
                .hasRootCauseInstanceOf(InvalidTimestampException.class);
    }

    @Test
    @SuppressWarnings("deprecation") // what both clients have
    void waitingFetchIsWokenByAnAppend() {
        String topic = uniqueName("wake");
        Clients.createTopic(broker, topic, 1, Map.of());
        try (KafkaConsumer<byte[], byte[]> consumer =
                Clients.consumer(broker, Map.of("fetch.max.wait.ms", "20000", "request.timeout.ms", "40000"))) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            consumer.poll(Duration.ofMillis(300));
            produce(List.of(new ProducerRecord<>(topic, bytes("now"))), Map.of());
            long startNs = System.nanoTime();
            assertThat(Clients.poll(consumer, 1)).hasSize(1);
            assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(10));
            consumer.close(Duration.ZERO); // It would wait for the fetch that waits now.
        }
    }

    @Test
    void producingToAnUnknownTopicCreatesIt() {
        String topic = uniqueName("auto-created");
        produce(List.of(new ProducerRecord<>(topic, bytes("v"))), Map.of());
        assertThat(Clients.readAll(broker, topic)).hasSize(1);
    }

    @Test
    void smallFetchSizesStillDeliverWholeBatches() {
        String topic = uniqueName("small-fetch");
        Clients.createTopic(broker, topic, 2, Map.of());
        List<ProducerRecord<byte[], byte[]>> sent = IntStream.range(0, 200)
                .mapToObj(i -> new ProducerRecord<byte[], byte[]>(topic, i % 2, null, new byte[3000]))
                .toList();
        produce(sent, Map.of("linger.ms", "20", "batch.size", "60000"));
        try (KafkaConsumer<byte[], byte[]> consumer =
                Clients.consumer(broker, Map.of("max.partition.fetch.bytes", "100", "fetch.max.bytes", "100"))) {
            consumer.assign(List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1)));
            assertThat(Clients.poll(consumer, 200)).hasSize(200);
        }
    }

    private List<RecordMetadata> produce(List<ProducerRecord<byte[], byte[]>> records, Map<String, ?> settings) {
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, settings)) {
            List<Future<RecordMetadata>> results = new ArrayList<>();
            for (ProducerRecord<byte[], byte[]> record : records) {
                results.add(producer.send(record));
            }
            producer.flush();
            return results.stream().map(Clients::get).toList();
        }
    }

    private static RecordHeader header(String key, String value) {
        return new RecordHeader(key, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String describe(ProducerRecord<byte[], byte[]> record) {
        return record.timestamp() + " " + Arrays.toString(record.key()) + " " + Arrays.hashCode(record.value());
    }

    private static String describe(ConsumerRecord<byte[], byte[]> record) {
        return record.timestamp() + " " + Arrays.toString(record.key()) + " " + Arrays.hashCode(record.value());
    }
}
