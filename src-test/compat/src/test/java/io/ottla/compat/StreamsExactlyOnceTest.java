package io.ottla.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a Kafka Streams application with exactly_once_v2 counts every record once, though its broker is killed. Method: a
 * topology with a repartition topic and a store with a changelog sums numbers by key; in the middle, transaction.version is
 * raised and the broker killed;
 * every record makes one update, so the updates of a key must be exactly its records' running sums.
 */
class StreamsExactlyOnceTest {
    private static final int RECORDS = 3000;
    private static final int KEYS = 20;
    private static final String IN = "streams-in";
    private static final String OUT = "streams-out";

    @TempDir
    Path home;

    @Test
    void everyRecordIsSummedOnceThoughTheBrokerDies() {
        Map<String, String> settings = Map.of("group.initial.rebalance.delay.ms", "0", "cluster.ottla.only", "true");
        try (BrokerProcess broker = BrokerProcess.start(home.resolve("broker"), settings)) {
            Clients.createTopic(broker, IN, 3, Map.of());
            Clients.createTopic(broker, OUT, 2, Map.of());
            try (KafkaStreams streams = new KafkaStreams(topology().build(), config(broker))) {
                streams.setUncaughtExceptionHandler(failure -> StreamThreadExceptionResponse.REPLACE_THREAD);
                streams.start();
                Map<String, Long> expected = new TreeMap<>();
                write(broker, 0, RECORDS / 2, expected);
                assertThat(updates(broker, RECORDS / 4)).isNotEmpty();
                if (!BrokerProcess.isApache()) {
                    Features.raiseTransactionVersion(broker, 2);
                }
                broker.kill();
                broker.start();
                write(broker, RECORDS / 2, RECORDS, expected);
                Map<String, List<Long>> updates = updates(broker, RECORDS);
                updates.forEach((key, sums) ->
                        assertThat(sums).as("updates of %s", key).isSorted().doesNotHaveDuplicates());
                Map<String, Long> last = new TreeMap<>();
                updates.forEach((key, sums) -> last.put(key, sums.get(sums.size() - 1)));
                assertThat(last).isEqualTo(expected);
                assertThat(updates.values().stream().mapToInt(List::size).sum()).isEqualTo(RECORDS);
            }
        }
    }

    private static StreamsBuilder topology() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(IN, Consumed.with(Serdes.String(), Serdes.Long()))
                .groupBy((key, value) -> "key-" + value % KEYS, Grouped.with(Serdes.String(), Serdes.Long()))
                .reduce(
                        Long::sum,
                        Materialized.<String, Long>as(Stores.inMemoryKeyValueStore("sums"))
                                .withKeySerde(Serdes.String())
                                .withValueSerde(Serdes.Long()))
                .toStream()
                .to(OUT, Produced.with(Serdes.String(), Serdes.Long()));
        return builder;
    }

    private Properties config(BrokerProcess broker) {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "sums");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap());
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        config.put(StreamsConfig.STATE_DIR_CONFIG, home.resolve("state").toString());
        config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
        config.put("auto.offset.reset", "earliest");
        return config;
    }

    private static void write(BrokerProcess broker, int from, int to, Map<String, Long> expected) {
        Random random = new Random(from);
        Map<String, Object> settings = new HashMap<>();
        settings.put("enable.idempotence", true);
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, settings)) {
            for (int i = from; i < to; i++) {
                long value = 1 + random.nextInt(1000);
                byte[] bytes = Serdes.Long().serializer().serialize(IN, value);
                producer.send(new ProducerRecord<>(IN, i % 3, ("r" + i).getBytes(UTF_8), bytes));
                expected.merge("key-" + value % KEYS, value, Long::sum);
            }
        }
    }

    /** The committed updates by key, in order: at least {@code count} and all that come soon after. */
    private static Map<String, List<Long>> updates(BrokerProcess broker, int count) {
        Map<String, List<Long>> updates = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                Clients.consumer(broker, Map.of("isolation.level", "read_committed"))) {
            consumer.assign(List.of(new TopicPartition(OUT, 0), new TopicPartition(OUT, 1)));
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(Clients.poll(consumer, count));
            consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
            records.forEach(record -> updates.computeIfAbsent(new String(record.key(), UTF_8), key -> new ArrayList<>())
                    .add(Serdes.Long().deserializer().deserialize(OUT, record.value())));
        }
        return updates;
    }
}
