package io.ottla.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.ottla.process.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Goal: a broker that starts into a cluster of the dead does not wait for their sessions, not even for that of the controller,
 * of which nobody has told it. Method: all brokers are killed at once, while sessions last far longer than the test.
 */
@Isolated("judges the time of a start")
class ColdStartTest {
    private static final TopicPartition FIRST = new TopicPartition("load", 0);
    private static final Duration SESSION = Duration.ofMinutes(5);

    @TempDir
    Path home;

    @Test
    void oneBrokerComesBackAloneAlthoughTheDeadControllersSessionLives() {
        assumeFalse(BrokerProcess.isApache(), "Apache Kafka waits for the end of sessions");
        Map<String, String> settings = new LinkedHashMap<>(Cluster.QUICK);
        settings.put("zookeeper.session.timeout.ms", Long.toString(SESSION.toMillis()));
        try (Cluster cluster = Cluster.start(home, settings)) {
            cluster.createTopic(FIRST.topic(), 3, 3, Map.of());
            int controller = cluster.controller();
            int survivor = controller == 1 ? 2 : 1;
            String session = cluster.zooKeeper().ownerOf("/controller").orElseThrow();
            // Nobody is to see another one die.
            cluster.brokers().forEach(BrokerProcess::pause);
            cluster.brokers().forEach(BrokerProcess::kill);
            cluster.broker(survivor).start();
            assertThat(cluster.controller()).isEqualTo(survivor);
            assertThat(cluster.zooKeeper().isAlive(session)).isTrue();
            cluster.brokers().stream().filter(broker -> broker.id() != survivor).forEach(BrokerProcess::start);
            cluster.awaitFullIsr(FIRST.topic());
            write(cluster);
        }
    }

    private static void write(Cluster cluster) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            var written = Clients.get(producer.send(new ProducerRecord<>(FIRST.topic(), 0, null, new byte[10])));
            assertThat(written.offset()).isZero();
        }
    }
}
