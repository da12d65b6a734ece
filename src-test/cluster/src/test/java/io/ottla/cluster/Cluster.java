package io.ottla.cluster;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Coordination;
import io.ottla.process.Host;
import io.ottla.process.Options;
import io.ottla.process.Product;
import io.ottla.process.ZooKeeperEnsemble;
import io.ottla.process.ZooKeeperProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A ZooKeeper server, or what the product has in its place, and brokers 1 to N, each a process. Confined to the thread of the test. */
final class Cluster implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(90);

    /** Sessions and lags short enough for a test to wait for their end, few partitions of internal topics, small segments. */
    static final Map<String, String> QUICK = Map.ofEntries(
            Map.entry("default.replication.factor", "3"),
            Map.entry("min.insync.replicas", "2"),
            Map.entry("offsets.topic.replication.factor", "3"),
            Map.entry("offsets.topic.num.partitions", "4"),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry("zookeeper.session.timeout.ms", "5000"),
            Map.entry("replica.lag.time.max.ms", "5000"),
            // The last of all brokers to stop finds nobody to lead in its place, and need not try for long.
            Map.entry("controlled.shutdown.retry.backoff.ms", "1000"),
            Map.entry("log.segment.bytes", "2000000"));

    private final Path home;
    private final Coordination coordination;
    private final List<BrokerProcess> brokers = new ArrayList<>();
    private Admin admin;

    private Cluster(Path home, Coordination coordination) {
        this.home = home;
        this.coordination = coordination;
    }

    /** Starts three brokers of the product under test on this machine. */
    static Cluster start(Path home, Map<String, String> settings) {
        return start(home, Product.underTest(), settings, Options.LIGHT, number -> Host.LOOPBACK);
    }

    /** As {@link #start(Path, Map)}, each server at a host of its own: ZooKeeper at host 0, broker i at host i. */
    static Cluster start(Path home, Map<String, String> settings, Network network) {
        return start(home, Product.underTest(), settings, Options.LIGHT, network::host);
    }

    /** Starts three brokers of {@code product}; {@code hosts} gives the hosts of ZooKeeper (0) and the brokers (from 1). */
    static Cluster start(
            Path home, Product product, Map<String, String> settings, Options options, IntFunction<Host> hosts) {
        Coordination coordination = Coordination.start(product, options, hosts.apply(0), home.resolve("coordination"));
        return new Cluster(home, coordination).launch(id -> product, settings, options, hosts);
    }

    /** Starts one broker of each of these products, in this order from broker 1 on, on one ZooKeeper on this machine. */
    static Cluster startMixed(Path home, Map<String, String> settings, List<Product> products) {
        Coordination zooKeeper = ZooKeeperProcess.start(Product.OTTLA, Host.LOOPBACK, home.resolve("coordination"));
        return new Cluster(home, zooKeeper)
                .launch(id -> products.get(id - 1), settings, Options.LIGHT, id -> Host.LOOPBACK);
    }

    /** As {@link #start(Path, Map)}, on a ZooKeeper ensemble of three. */
    static Cluster startOnEnsemble(Path home, Map<String, String> settings) {
        Product product = Product.underTest();
        Coordination ensemble = ZooKeeperEnsemble.start(product, home.resolve("coordination"), 3);
        return new Cluster(home, ensemble).launch(id -> product, settings, Options.LIGHT, id -> Host.LOOPBACK);
    }

    private Cluster launch(
            IntFunction<Product> products, Map<String, String> settings, Options options, IntFunction<Host> hosts) {
        try {
            for (int id = 1; id <= 3; id++) {
                Map<String, String> properties = new LinkedHashMap<>(settings);
                properties.put("broker.id", Integer.toString(id));
                properties.putAll(coordination.brokerProperties());
                brokers.add(BrokerProcess.create(
                                home.resolve("broker-" + id), products.apply(id), hosts.apply(id), properties)
                        .with(options)
                        .launch());
            }
            brokers.forEach(BrokerProcess::awaitAnswer);
            admin = Admin.create(Map.of("bootstrap.servers", bootstrap(), "request.timeout.ms", "5000"));
            awaitBrokers(3);
            return this;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    ZooKeeperProcess zooKeeper() {
        return (ZooKeeperProcess) coordination;
    }

    ZooKeeperEnsemble ensemble() {
        return (ZooKeeperEnsemble) coordination;
    }

    /** The broker of this id. */
    BrokerProcess broker(int id) {
        return brokers.get(id - 1);
    }

    List<BrokerProcess> brokers() {
        return List.copyOf(brokers);
    }

    /** All brokers, dead or alive. */
    String bootstrap() {
        return brokers.stream().map(BrokerProcess::bootstrap).collect(Collectors.joining(","));
    }

    Admin admin() {
        return admin;
    }

    /** A topic with this many partitions of three replicas. */
    void createTopic(String topic, int partitions, int replicationFactor, Map<String, String> configs) {
        NewTopic wanted = new NewTopic(topic, partitions, (short) replicationFactor).configs(configs);
        Clients.get(admin.createTopics(List.of(wanted)).all());
        Awaitility.await().atMost(LIMIT).ignoreExceptions().until(() -> partitions(topic).stream()
                .allMatch(partition -> partition.isr().size() == replicationFactor));
    }

    /** Who leads; waits for somebody to. */
    int leader(TopicPartition partition) {
        return Awaitility.await("for a leader of " + partition)
                .atMost(LIMIT)
                .ignoreExceptions()
                .until(
                        () -> partitions(partition.topic())
                                .get(partition.partition())
                                .leader(),
                        Cluster::isSomebody)
                .id();
    }

    /** A follower of this partition's leader. */
    int follower(TopicPartition partition) {
        TopicPartitionInfo info = partitions(partition.topic()).get(partition.partition());
        return info.replicas().stream()
                .map(Node::id)
                .filter(id -> id != info.leader().id())
                .findFirst()
                .orElseThrow();
    }

    /** Who is the controller; waits for somebody to be. */
    int controller() {
        return Awaitility.await("for a controller")
                .atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> Clients.get(admin.describeCluster().controller()), Cluster::isSomebody)
                .id();
    }

    private static boolean isSomebody(Node node) {
        return node != null && node.id() >= 0;
    }

    List<TopicPartitionInfo> partitions(String topic) {
        Map<String, TopicDescription> all =
                Clients.get(admin.describeTopics(List.of(topic)).allTopicNames());
        return all.get(topic).partitions();
    }

    /** Waits until this many brokers are part of the cluster. */
    void awaitBrokers(int count) {
        Awaitility.await("for " + count + " brokers")
                .atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> Clients.get(admin.describeCluster().nodes()).size() == count);
    }

    /** Waits until every replica of these topics is in sync. */
    void awaitFullIsr(String... topics) {
        for (String topic : topics) {
            try {
                Awaitility.await("for all replicas of " + topic)
                        .atMost(LIMIT)
                        .ignoreExceptions()
                        .until(() -> partitions(topic).stream()
                                .allMatch(partition -> partition.leader() != null
                                        && partition.isr().size()
                                                == partition.replicas().size()));
            } catch (ConditionTimeoutException e) {
                throw new AssertionError("not in sync: " + partitions(topic) + "\n" + outputs(), e);
            }
        }
    }

    /** A dead broker comes back without its log directory. */
    void wipe(int id) {
        deleteRecursively(broker(id).dataDir());
    }

    /** Ends all brokers cleanly, so that their files can be compared. */
    void stopAll() {
        for (BrokerProcess broker : brokers) {
            if (broker.isAlive()) {
                broker.stop();
            }
        }
    }

    /** What all brokers said last. */
    String outputs() {
        return brokers.stream()
                .map(broker -> "---- broker " + broker.id() + ":\n" + broker.output())
                .collect(Collectors.joining("\n"));
    }

    Path home() {
        return home;
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
        brokers.forEach(BrokerProcess::close);
        coordination.close();
    }

    /** Ends everything and removes its files. */
    void discard() {
        close();
        deleteRecursively(home);
    }

    private static void deleteRecursively(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
