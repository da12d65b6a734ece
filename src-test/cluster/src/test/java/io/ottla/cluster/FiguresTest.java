package io.ottla.cluster;

import io.ottla.check.History;
import io.ottla.process.BrokerProcess;
import io.ottla.process.Host;
import io.ottla.process.Peer39;
import io.ottla.process.Product;
import io.ottla.process.Rest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
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
 * Goal: figures, not a verdict; {@code -Dcluster.figures=true} runs it, on an otherwise quiet machine, in less than half an
 * hour, and writes docs/benchmarks/cluster.md. {@code -Dcluster.figures.rounds} changes the ten rounds,
 * {@code -Dcluster.figures.partitions} the ten thousand partitions of a fail-over, and 0 leaves that out. Method: brokers and
 * producers at their defaults, with the options of their own start scripts; Ottla and Apache Kafka 3.9 with its ZooKeeper by
 * turns in one run. The fail-over of a controller at scale is measured of Ottla alone.
 */
@EnabledIfSystemProperty(named = "cluster.figures", matches = "true")
class FiguresTest {
    private static final int ROUNDS = Integer.getInteger("cluster.figures.rounds", 10);
    private static final int LOAD_ROUNDS = Math.min(3, ROUNDS);
    private static final int SCALE = Integer.getInteger("cluster.figures.partitions", 10_000);
    private static final String TOPIC = "figures";
    private static final TopicPartition FIRST = new TopicPartition(TOPIC, 0);
    private static final int PARTITIONS = 6;
    private static final int RECORD_BYTES = 1024;
    private static final long WARM_UP_BYTES = 150L << 20;
    private static final long MEASURED_BYTES = 400L << 20;
    private static final int RECORDS_PER_SECOND = 2_000;
    private static final int RATE_SECONDS = 15;
    private static final Duration PROGRESS_LIMIT = Duration.ofSeconds(90);
    private static final Duration SCALE_LIMIT = Duration.ofMinutes(5);
    private static final Map<String, String> DEFAULTS =
            Map.of("default.replication.factor", "3", "min.insync.replicas", "2");
    private static final Path PAGE =
            Path.of(System.getProperty("cluster.figures.page", "../../docs/benchmarks/cluster.md"));

    @TempDir
    Path home;

    @Test
    void figuresOfACluster() {
        FiguresPage page = new FiguresPage(PAGE, preamble());
        for (Product product : Product.values()) {
            try (Cluster cluster = start(product, "progress")) {
                cluster.createTopic(TOPIC, PARTITIONS, 3, Map.of());
                measure(
                        page,
                        "kill -9 of a leader, ms without progress",
                        product,
                        cluster,
                        any -> lossMs(any, leaderNotController(any), true));
                measure(
                        page,
                        "kill -9 of the controller, ms without progress",
                        product,
                        cluster,
                        any -> lossMs(any, any.controller(), true));
                measure(
                        page,
                        "SIGTERM of a leader, ms without progress",
                        product,
                        cluster,
                        any -> lossMs(any, leaderNotController(any), false));
                measure(
                        page,
                        "SIGTERM of the controller, ms without progress",
                        product,
                        cluster,
                        any -> lossMs(any, any.controller(), false));
            }
        }
        for (int round = 0; round < LOAD_ROUNDS; round++) {
            for (Product product : Product.values()) {
                load(page, product, round);
            }
        }
        if (SCALE > 0) {
            failOverAtScale(page);
        }
    }

    private static void measure(
            FiguresPage page, String what, Product product, Cluster cluster, ToLongFunction<Cluster> round) {
        List<Double> figures = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            figures.add((double) round.applyAsLong(cluster));
        }
        page.add(what, product, figures);
    }

    /** Three replicas, acks=all: as fast as it goes, then at a fixed rate. */
    private void load(FiguresPage page, Product product, int round) {
        try (Cluster cluster = start(product, "load-" + round)) {
            cluster.createTopic(TOPIC, PARTITIONS, 3, Map.of());
            produce(cluster, WARM_UP_BYTES);
            Duration before = cpuTime(cluster);
            long startNs = System.nanoTime();
            produce(cluster, MEASURED_BYTES);
            double seconds = (System.nanoTime() - startNs) / 1e9;
            double gigabytes = MEASURED_BYTES / 1e9;
            double cpuSeconds = cpuTime(cluster).minus(before).toMillis() / 1e3;
            page.add("three replicas, brokers' CPU-s per GB", product, List.of(cpuSeconds / gigabytes));
            page.add("three replicas, MB/s", product, List.of(1000 * gigabytes / seconds));
            FixedRate.run(cluster.bootstrap(), TOPIC, PARTITIONS, RECORDS_PER_SECOND, 3);
            FixedRate rate = FixedRate.run(cluster.bootstrap(), TOPIC, PARTITIONS, RECORDS_PER_SECOND, RATE_SECONDS);
            String at = "latency at " + RECORDS_PER_SECOND + " records per second, ";
            page.add(at + "p50 in ms", product, List.of(rate.percentileMs(50)));
            page.add(at + "p99 in ms", product, List.of(rate.percentileMs(99)));
            page.add(at + "p99.9 in ms", product, List.of(rate.percentileMs(99.9)));
        }
    }

    /** From the death of the controller's process until every partition that it led has another leader. */
    private void failOverAtScale(FiguresPage page) {
        try (Cluster cluster = start(Product.OTTLA, "scale")) {
            int topics = 10;
            long beganNs = System.nanoTime();
            for (int topic = 0; topic < topics; topic++) {
                cluster.createTopic("scale-" + topic, SCALE / topics, 3, Map.of());
            }
            page.add(
                    "creation of " + SCALE + " partitions with three replicas, ms",
                    Product.OTTLA,
                    List.of((System.nanoTime() - beganNs) / 1e6));
            int victim = cluster.controller();
            long killedNs = System.nanoTime();
            cluster.broker(victim).kill();
            Awaitility.await()
                    .atMost(SCALE_LIMIT)
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreExceptions()
                    .until(() -> {
                        for (int topic = 0; topic < topics; topic++) {
                            if (!isLedWithout(cluster, victim, "scale-" + topic)) {
                                return false;
                            }
                        }
                        return true;
                    });
            page.add(
                    "fail-over of a controller and leader with " + SCALE + " partitions, ms",
                    Product.OTTLA,
                    List.of((System.nanoTime() - killedNs) / 1e6));
        }
    }

    private static boolean isLedWithout(Cluster cluster, int dead, String topic) {
        return cluster.partitions(topic).stream()
                .allMatch(partition -> partition.leader() != null
                        && partition.leader().id() >= 0
                        && partition.leader().id() != dead);
    }

    private static String preamble() {
        return """
                # A cluster of three brokers

                Written by `FiguresTest` on %s: %d processors, Java %s, Linux %s; three brokers, ZooKeeper and the clients
                share the machine. Brokers and producers are at their defaults (acks=all, idempotent). "Without progress" is the
                longest time that any of %d partitions went without an acknowledgement; a process that was killed is started again
                and in sync before the next round. The ratio is Ottla's median to Apache Kafka's.

                ```
                mvn -B verify -pl src-test/cluster -am -Dcluster.figures=true -Dtest=FiguresTest -Dsurefire.failIfNoSpecifiedTests=false
                ```
                """.formatted(
                        LocalDate.now(),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("java.version"),
                        System.getProperty("os.version"),
                        PARTITIONS);
    }

    private Cluster start(Product product, String purpose) {
        return Cluster.start(
                home.resolve(product + "-" + purpose), product, DEFAULTS, Peer39.AS_SHIPPED, any -> Host.LOOPBACK);
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
