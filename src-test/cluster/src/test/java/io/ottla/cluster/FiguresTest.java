package io.ottla.cluster;

import io.ottla.check.History;
import io.ottla.process.BrokerProcess;
import io.ottla.process.Command;
import io.ottla.process.FullMemory;
import io.ottla.process.Host;
import io.ottla.process.Options;
import io.ottla.process.Product;
import io.ottla.process.Rest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Goal: figures, not a verdict; {@code -Dcluster.figures=true} runs it, on an otherwise quiet machine, in some 25 minutes, and
 * writes docs/benchmarks/cluster.md. Method: brokers at their defaults, with the options of their own start scripts; Ottla and
 * Apache Kafka by turns in one run; measured when the brokers are warm. What Apache Kafka 3.9 takes a session timeout for is
 * repeated half as often. The fail-over of a controller at scale is measured of Ottla alone.
 *
 * <p>Parts of it, for those who try something out: {@code -Dcluster.figures.parts} names some of faults, load, scale;
 * {@code -Dcluster.figures.products} some of OTTLA, APACHE_39, APACHE_4; {@code -Dcluster.figures.rounds} changes the ten rounds
 * of faults, {@code -Dcluster.figures.turns} the two turns of each product in the load, {@code -Dcluster.figures.warm} the
 * hundred seconds that its warm-up may take, {@code -Dcluster.figures.partitions} the ten thousand partitions.
 */
@EnabledIfSystemProperty(named = "cluster.figures", matches = "true")
@Isolated("measures")
class FiguresTest {
    private static final int ROUNDS = Integer.getInteger("cluster.figures.rounds", 10);
    private static final int TURNS = Integer.getInteger("cluster.figures.turns", 2);
    private static final int WARM_UP_MAX_SECONDS = Integer.getInteger("cluster.figures.warm", 100);
    private static final int WARM_UP_STEP_SECONDS = 10;
    /** Of one processor, all brokers together: what compilers use that have nearly nothing left to do. */
    private static final double RESTING_COMPILERS = 0.05;

    private static final int SCALE = Integer.getInteger("cluster.figures.partitions", 10_000);
    private static final List<String> PARTS = list("cluster.figures.parts", "faults,load,scale");
    private static final List<Product> PRODUCTS = list("cluster.figures.products", "OTTLA,APACHE_39,APACHE_4").stream()
            .map(Product::valueOf)
            .toList();
    private static final String TOPIC = "figures";
    private static final int PARTITIONS = 6;
    private static final int RECORD_BYTES = 1024;
    private static final int SAMPLES_PER_TURN = 2;
    private static final int FULL_SPEED_SECONDS = 10;
    private static final int RECORDS_PER_SECOND = 2_000;
    private static final int RATE_WARM_UP_SECONDS = 3;
    private static final int RATE_SECONDS = 12;
    private static final Duration PROGRESS_LIMIT = Duration.ofSeconds(90);
    private static final Map<String, String> DEFAULTS = Map.of("default.replication.factor", "3");
    private static final Map<String, String> TOPIC_CONFIGS = Map.of("min.insync.replicas", "2");
    private static final Path PAGE =
            Path.of(System.getProperty("cluster.figures.page", "../../docs/benchmarks/cluster.md"));

    @TempDir
    Path home;

    private final FiguresPage page = new FiguresPage(PAGE, preamble());
    private int starts;

    private static List<String> list(String property, String otherwise) {
        return Arrays.asList(System.getProperty(property, otherwise).split(","));
    }

    @Test
    void figuresOfACluster() {
        try (FullMemory full = new FullMemory(home.resolve("memory"))) {
            figures(full);
        }
    }

    private void figures(FullMemory memory) {
        if (PARTS.contains("faults")) {
            for (Product product : PRODUCTS) {
                if (product != Product.APACHE_4) {
                    faults(product);
                }
            }
        }
        for (int turn = 0; turn < TURNS && PARTS.contains("load"); turn++) {
            for (Product product : PRODUCTS) {
                load(product, memory);
            }
        }
        if (PARTS.contains("scale")) {
            failOverAtScale();
        }
    }

    private void faults(Product product) {
        Cluster cluster = start(product);
        try {
            cluster.createTopic(TOPIC, PARTITIONS, 3, TOPIC_CONFIGS);
            faults("kill -9 of a leader", product, cluster, any -> lossMs(any, leaderNotController(any), true));
            faults("kill -9 of the controller", product, cluster, any -> lossMs(any, any.controller(), true));
            faults("SIGTERM of a leader", product, cluster, any -> lossMs(any, leaderNotController(any), false));
            faults("SIGTERM of the controller", product, cluster, any -> lossMs(any, any.controller(), false));
        } finally {
            cluster.discard();
        }
    }

    private void faults(String what, Product product, Cluster cluster, ToLongFunction<Cluster> round) {
        List<Double> figures = new ArrayList<>();
        for (int i = 0; i < (product == Product.OTTLA ? ROUNDS : (ROUNDS + 1) / 2); i++) {
            figures.add((double) round.applyAsLong(cluster));
            page.progress(product + ", " + what + ": " + figures);
        }
        page.add(what + ", ms without progress", product, figures);
    }

    /** Three replicas, acks=all: as fast as it goes, then at a fixed rate. Memory is full of cached pages before each. */
    private void load(Product product, FullMemory memory) {
        Cluster cluster = start(product);
        try {
            cluster.createTopic(TOPIC, PARTITIONS, 3, TOPIC_CONFIGS);
            memory.fill();
            warmUp(product, cluster);
            for (int sample = 0; sample < SAMPLES_PER_TURN; sample++) {
                memory.fill();
                FullSpeed speed = FullSpeed.run(cluster, TOPIC, RECORD_BYTES, FULL_SPEED_SECONDS);
                page.add("three replicas, brokers' CPU-s per GB", product, List.of(speed.cpuSecondsPerGb()));
                page.add("three replicas, MB/s", product, List.of(speed.megabytesPerSecond()));
            }
            page.progress("writing to the disk what is still in memory");
            Command.run("sync");
            for (int sample = 0; sample < SAMPLES_PER_TURN; sample++) {
                FixedRate rate = FixedRate.run(
                        cluster.bootstrap(), TOPIC, PARTITIONS, RECORDS_PER_SECOND, RATE_WARM_UP_SECONDS, RATE_SECONDS);
                String at = "latency at " + RECORDS_PER_SECOND + " records per second, ";
                page.add(at + "p50 in ms", product, List.of(rate.percentileMs(50)));
                page.add(at + "p99 in ms", product, List.of(rate.percentileMs(99)));
                page.add(at + "p99.9 in ms", product, List.of(rate.percentileMs(99.9)));
            }
        } finally {
            cluster.discard();
        }
    }

    /**
     * Until the compilers rest: they use ten seconds of each broker, which is more than the brokers themselves need for several
     * GB, and share two processors.
     */
    private void warmUp(Product product, Cluster cluster) {
        double share = 1;
        for (int second = 0;
                second < WARM_UP_MAX_SECONDS && share > RESTING_COMPILERS;
                second += WARM_UP_STEP_SECONDS) {
            Duration before = compilerTime(cluster);
            FullSpeed speed = FullSpeed.run(cluster, TOPIC, RECORD_BYTES, WARM_UP_STEP_SECONDS);
            share = compilerTime(cluster).minus(before).toMillis() / 1e3 / WARM_UP_STEP_SECONDS;
            page.progress("%s warms up: %s, compilers %.2f".formatted(product, speed, share));
        }
    }

    private static Duration compilerTime(Cluster cluster) {
        return cluster.brokers().stream().map(BrokerProcess::compilerTime).reduce(Duration.ZERO, Duration::plus);
    }

    private void failOverAtScale() {
        Cluster cluster = start(Product.OTTLA);
        try {
            FailOverAtScale scale = new FailOverAtScale(cluster, SCALE);
            page.progress("creating " + SCALE + " partitions");
            page.add(
                    "creation of " + SCALE + " partitions with three replicas, ms",
                    Product.OTTLA,
                    List.of(scale.createMs()));
            page.add(
                    "fail-over of a controller and leader with " + SCALE + " partitions, ms",
                    Product.OTTLA,
                    List.of(scale.loseControllerMs()));
        } finally {
            cluster.discard();
        }
    }

    private static String preamble() {
        return """
                # A cluster of three brokers

                Written by `FiguresTest` on %s: %d processors, Java %s, Linux %s; three brokers, ZooKeeper (for Apache Kafka 4 a
                KRaft controller) and the clients share the machine. Brokers are at their defaults, topics have min.insync.replicas=2,
                producers acks=all and idempotence. "Without progress" is the longest time that any of %d partitions went without an
                acknowledgement; a process that was killed is started again and in sync before the next round. "Three replicas": one
                producer at its defaults (batches of 16 KB), records of %d bytes, brokers warmed up until their compilers rested, for %d seconds at most. Latency is counted
                from the moment at which a record was due, without linger. All free memory is filled with cached pages before each
                sample (see README.md). The ratio is Ottla's median to the better one of Apache
                Kafka's.

                ```
                mvn -B verify -pl src-test/cluster -am -Dcluster.figures=true -Dtest=FiguresTest -Dsurefire.failIfNoSpecifiedTests=false
                ```
                """.formatted(
                        LocalDate.now(),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("java.version"),
                        System.getProperty("os.version"),
                        PARTITIONS,
                        RECORD_BYTES,
                        WARM_UP_MAX_SECONDS);
    }

    private Cluster start(Product product) {
        page.progress("starting " + product);
        starts++;
        return Cluster.start(
                home.resolve(product + "-" + starts), product, DEFAULTS, Options.AS_SHIPPED, any -> Host.LOOPBACK);
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
}
