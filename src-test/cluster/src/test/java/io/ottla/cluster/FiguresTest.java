package io.ottla.cluster;

import io.ottla.check.History;
import io.ottla.process.BrokerProcess;
import io.ottla.process.Host;
import io.ottla.process.Peer39;
import io.ottla.process.Product;
import io.ottla.process.Rest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: figures, not a verdict; {@code -Dcluster.figures=true} runs it, on an otherwise quiet machine, in half an hour,
 * {@code -Dcluster.figures.rounds} changes the ten rounds. Method: brokers and producer at their defaults, with the
 * options of their own start scripts; Ottla and Apache Kafka 3.9 with its ZooKeeper one after the other in one run.
 */
@EnabledIfSystemProperty(named = "cluster.figures", matches = "true")
class FiguresTest {
    private static final int ROUNDS = Integer.getInteger("cluster.figures.rounds", 10);
    private static final int CPU_ROUNDS = Math.min(3, ROUNDS);
    private static final String TOPIC = "figures";
    private static final TopicPartition FIRST = new TopicPartition(TOPIC, 0);
    private static final int PARTITIONS = 6;
    private static final int RECORD_BYTES = 1024;
    private static final long WARM_UP_BYTES = 200L << 20;
    private static final long MEASURED_BYTES = 600L << 20;
    private static final Duration PROGRESS_LIMIT = Duration.ofSeconds(90);
    private static final Map<String, String> DEFAULTS =
            Map.of("default.replication.factor", "3", "min.insync.replicas", "2");

    @TempDir
    Path home;

    @Test
    void timeWithoutProgress() {
        Map<Product, Map<String, List<Long>>> figures = new HashMap<>();
        for (Product product : Product.values()) {
            try (Cluster cluster = start(product)) {
                cluster.createTopic(TOPIC, PARTITIONS, 3, Map.of());
                Map<String, List<Long>> ms = new HashMap<>();
                ms.put("kill -9 of a leader", rounds(cluster, any -> lossMs(any, leaderNotController(any), true)));
                ms.put("kill -9 of the controller", rounds(cluster, any -> lossMs(any, any.controller(), true)));
                ms.put("controlled shutdown", rounds(cluster, any -> lossMs(any, any.leader(FIRST), false)));
                figures.put(product, ms);
            }
        }
        System.out.printf("%-28s %-10s %8s %8s%n", "time without progress, ms", "broker", "median", "worst");
        for (String what : List.of("kill -9 of a leader", "kill -9 of the controller", "controlled shutdown")) {
            for (Product product : Product.values()) {
                List<Long> sorted =
                        figures.get(product).get(what).stream().sorted().toList();
                long median = sorted.get(sorted.size() / 2);
                System.out.printf("%-28s %-10s %8d %8d%n", what, product, median, sorted.get(sorted.size() - 1));
            }
        }
    }

    @Test
    void processorTimePerGigabyte() {
        System.out.printf("%-10s %14s %10s%n", "broker", "CPU-s per GB", "MB/s");
        for (int round = 0; round < CPU_ROUNDS; round++) {
            for (Product product : Product.values()) {
                Path own = home.resolve(product + "-" + round);
                try (Cluster cluster = Cluster.start(own, product, DEFAULTS, Peer39.AS_SHIPPED, any -> Host.LOOPBACK)) {
                    cluster.createTopic(TOPIC, PARTITIONS, 3, Map.of());
                    produce(cluster, WARM_UP_BYTES);
                    Duration before = cpuTime(cluster);
                    long startNs = System.nanoTime();
                    produce(cluster, MEASURED_BYTES);
                    double seconds = (System.nanoTime() - startNs) / 1e9;
                    double cpuSeconds = cpuTime(cluster).minus(before).toMillis() / 1e3;
                    double gigabytes = MEASURED_BYTES / 1e9;
                    System.out.printf(
                            "%-10s %14.2f %10.1f%n", product, cpuSeconds / gigabytes, 1000 * gigabytes / seconds);
                }
            }
        }
    }

    private Cluster start(Product product) {
        return Cluster.start(
                home.resolve(product.toString()), product, DEFAULTS, Peer39.AS_SHIPPED, any -> Host.LOOPBACK);
    }

    private static List<Long> rounds(Cluster cluster, ToLongFunction<Cluster> round) {
        List<Long> figures = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            figures.add(round.applyAsLong(cluster));
        }
        return figures;
    }

    /** How long the worst partition had no acknowledgement when this broker went; it is back in the end. */
    private static long lossMs(Cluster cluster, int broker, boolean kill) {
        ProgressMeter meter = new ProgressMeter(PARTITIONS);
        BrokerProcess victim = cluster.broker(broker);
        Map<String, Object> settings = Map.of("bootstrap.servers", cluster.bootstrap());
        try (Writer writer = new KafkaWriter(
                settings, TOPIC, PARTITIONS, 2, new History().producer("figures"), meter::acknowledged)) {
            writer.start();
            Awaitility.await().atMost(PROGRESS_LIMIT).until(() -> progresses(meter));
            meter.reset();
            if (kill) {
                victim.kill();
            } else {
                victim.stop();
            }
            Awaitility.await().atMost(PROGRESS_LIMIT).until(() -> progresses(meter));
            long worstMs = meter.worstMs();
            victim.start();
            cluster.awaitFullIsr(TOPIC);
            cluster.admin().electLeaders(ElectionType.PREFERRED, null);
            Awaitility.await().atMost(PROGRESS_LIMIT).until(() -> progresses(meter));
            return worstMs;
        }
    }

    /** True when every partition has been acknowledged something within the last moment, and again a moment later. */
    private static boolean progresses(ProgressMeter meter) {
        if (meter.silentMs() > 100) {
            return false;
        }
        Rest.ofMs(500);
        return meter.silentMs() <= 100;
    }

    private static int leaderNotController(Cluster cluster) {
        int controller = cluster.controller();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            int leader = cluster.leader(new TopicPartition(TOPIC, partition));
            if (leader != controller) {
                return leader;
            }
        }
        throw new IllegalStateException("the controller leads everything");
    }

    private static void produce(Cluster cluster, long bytes) {
        Map<String, Object> settings = Map.of("bootstrap.servers", cluster.bootstrap());
        byte[] value = new byte[RECORD_BYTES];
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long sent = 0; sent < bytes; sent += RECORD_BYTES) {
                int partition = (int) (sent / RECORD_BYTES / 16 % PARTITIONS);
                producer.send(new ProducerRecord<>(TOPIC, partition, null, value));
            }
        }
    }

    private static Duration cpuTime(Cluster cluster) {
        return cluster.brokers().stream().map(BrokerProcess::cpuTime).reduce(Duration.ZERO, Duration::plus);
    }
}
