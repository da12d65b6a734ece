package io.ottla.compat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Hostile frames ({@code -Dfuzz.broker.frames}) against a broker process, as anyone on the
 * network could send them: a healthy client produces and consumes all along, and the process does not grow.
 */
@Execution(ExecutionMode.SAME_THREAD) // Computes all the time, as do some others: one of them at a time.
class BrokerFuzzTest {

    private static final long SEED = 20260102;
    private static final long FRAMES = Long.getLong("fuzz.broker.frames", 1_000_000);

    /** After so many of them the broker has grown to its size. */
    private static final long WARM_UP = FRAMES / 5;

    private static final int CLIENTS = 16;
    private static final String TOPIC = "healthy-topic-of-the-fuzz";
    private static final long MAX_RESIDENT_GROWTH_KIB = 200 << 10;
    private static final Duration SLOWEST_ANSWER = Duration.ofSeconds(15);

    /**
     * What a broker without authorization rightly obeys, and what would fill the disk: new topics with as many partitions
     * as a mutated number says.
     */
    private static final Set<ApiMessageType> OBEYED =
            Set.of(ApiMessageType.CREATE_TOPICS, ApiMessageType.CREATE_PARTITIONS);

    @TempDir
    Path home;

    @Test
    void servesAHealthyClientAllAlongAndDoesNotGrow() throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(home, Map.of("auto.create.topics.enable", "false"))) {
            InetSocketAddress address = new InetSocketAddress("127.0.0.1", broker.port());
            try (ProducingClient healthy = new ProducingClient(broker.bootstrap())) {
                FrameFuzz.run(new FrameFuzz.Plan(address, SEED - 1, WARM_UP, CLIENTS, OBEYED), healthy);
                long residentBefore = residentKib(broker.pid());
                FrameFuzz.Report report =
                        FrameFuzz.run(new FrameFuzz.Plan(address, SEED, FRAMES - WARM_UP, CLIENTS, OBEYED), healthy);
                long residentAfter = residentKib(broker.pid());
                System.out.printf("%s%nresident %d KiB before, %d KiB after%n", report, residentBefore, residentAfter);
                assertThat(report.frames()).isGreaterThanOrEqualTo(FRAMES - WARM_UP);
                assertThat(report.healthyAnswers()).isPositive();
                assertThat(report.slowestAnswer()).isLessThan(SLOWEST_ANSWER);
                assertThat(residentAfter - residentBefore).isLessThan(MAX_RESIDENT_GROWTH_KIB);
                assertThat(broker.isAlive()).isTrue();
            }
        }
    }

    private static long residentKib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** Produces a record and reads it back. */
    private static final class ProducingClient implements FrameFuzz.Probe {

        private static final int TIMEOUT_S = 30;

        private final KafkaProducer<byte[], byte[]> producer;
        private final KafkaConsumer<byte[], byte[]> consumer;
        private long produced;

        ProducingClient(String bootstrap) throws Exception {
            try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
                admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1)))
                        .all()
                        .get(TIMEOUT_S, TimeUnit.SECONDS);
            }
            producer = new KafkaProducer<>(
                    Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap, ProducerConfig.ACKS_CONFIG, "all"),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
            consumer = new KafkaConsumer<>(
                    Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer());
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
        }

        @Override
        public void ask() throws Exception {
            byte[] value = Long.toString(produced++).getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(TOPIC, value)).get(TIMEOUT_S, TimeUnit.SECONDS);
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(TIMEOUT_S))) {
                if (!new String(record.value(), StandardCharsets.UTF_8).equals(Long.toString(record.offset()))) {
                    throw new IllegalStateException("offset " + record.offset() + " holds another record");
                }
            }
        }

        @Override
        public void close() {
            producer.close(Duration.ZERO);
            consumer.close();
        }
    }
}
