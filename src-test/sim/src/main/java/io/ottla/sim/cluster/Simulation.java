package io.ottla.sim.cluster;

import io.ottla.check.History;
import io.ottla.check.HistoryCheck;
import io.ottla.check.StoredRecord;
import io.ottla.check.Violation;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.sim.client.AdminClient;
import io.ottla.sim.client.ClientNode;
import io.ottla.sim.client.SimConsumer;
import io.ottla.sim.client.SimProducer;
import io.ottla.sim.oracle.Oracle;
import io.ottla.sim.world.SimulationFailure;
import io.ottla.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One cluster, from its first start over its faults to its recovery, and whether it has kept its promises. Used once. */
public final class Simulation {
    private static final int BROKERS = 3;
    private static final String TOPIC = "orders";
    private static final String GROUPS_TOPIC = "__consumer_offsets";
    private static final int PARTITIONS = 3;
    private static final int GROUP_PARTITIONS = 2;
    private static final String GROUP = "readers";
    private static final int FIRST_CLIENT_HOST = 100;
    private static final long START_LIMIT_MS = 120_000;
    private static final long RECOVERY_LIMIT_MS = 180_000;
    /** So long ZooKeeper may take to notice what happened last. */
    private static final long SETTLE_MS = 10_000;

    private static final long LOOK_MS = 100;

    private final World world;
    private final SimCluster cluster;
    private final Oracle oracle;
    private final Faults faults;
    private final History history = new History();
    private final List<SimProducer> producers = new ArrayList<>();
    private final SimConsumer consumer;
    private final AdminClient admin;
    private final List<TopicPartition> partitions = new ArrayList<>();

    /** @param faults what may happen; which of it does depends on the seed */
    public Simulation(long seed, Set<Fault> faults) {
        this.world = new World(seed);
        this.cluster = new SimCluster(world, BROKERS);
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new TopicPartition(TOPIC, i));
        }
        for (int i = 0; i < GROUP_PARTITIONS; i++) {
            partitions.add(new TopicPartition(GROUPS_TOPIC, i));
        }
        this.oracle = new Oracle(world, cluster, partitions);
        this.faults = new Faults(world, cluster, oracle, faults);
        this.admin = new AdminClient(node(0, "admin"));
        for (int i = 1; i <= 2; i++) {
            String name = "producer-" + i;
            producers.add(new SimProducer(node(i, name), history.producer(name), PARTITIONS));
        }
        this.consumer = new SimConsumer(
                node(3, "consumer"), GROUP, history.deliveries(GROUP), history.commits(GROUP), PARTITIONS);
    }

    private ClientNode node(int number, String name) {
        return new ClientNode(world, cluster.network(), FIRST_CLIENT_HOST + number, name, cluster.addresses(), TOPIC);
    }

    public World world() {
        return world;
    }

    public Map<Fault, Integer> faultCounts() {
        return faults.counts();
    }

    /** How many records were acknowledged. */
    public long acknowledged() {
        return history.producers().stream()
                .mapToLong(producer -> producer.acknowledgedCount())
                .sum();
    }

    /**
     * Runs the whole.
     *
     * @param faultyMs how long faults go on, in virtual time
     * @throws SimulationFailure if a promise is broken
     */
    public void run(long faultyMs) {
        cluster.startAll();
        await("the cluster starts", START_LIMIT_MS, () -> cluster.brokers().stream()
                .allMatch(SimBroker::isReady));
        admin.create(TOPIC, PARTITIONS, (short) BROKERS);
        await("the topic is created", START_LIMIT_MS, () -> isLed(TOPIC, PARTITIONS));
        producers.forEach(producer -> producer.start(2, 400));
        consumer.start();
        await("the topic of groups is created", START_LIMIT_MS, () -> isLed(GROUPS_TOPIC, GROUP_PARTITIONS));
        faults.start();
        pass(faultyMs);
        faults.end();
        world.trace().note("simulation", "faults are over");
        pass(SETTLE_MS);
        await("all replicas are in sync again", RECOVERY_LIMIT_MS, this::isHealthy);
        producers.forEach(SimProducer::stop);
        await("all that was sent is acknowledged", RECOVERY_LIMIT_MS, () -> producers.stream()
                .allMatch(SimProducer::isDrained));
        await("all that was written is read", RECOVERY_LIMIT_MS, this::isRead);
        check();
    }

    private boolean isLed(String topic, int count) {
        for (int i = 0; i < count; i++) {
            if (oracle.zooKeeperRules().leader(new TopicPartition(topic, i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private void pass(long durationMs) {
        world.runUntil(world.nowNs() + TimeUnit.MILLISECONDS.toNanos(durationMs));
    }

    private void await(String what, long limitMs, BooleanSupplier condition) {
        long deadlineNs = world.nowNs() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        while (!condition.getAsBoolean()) {
            if (world.nowNs() >= deadlineNs) {
                throw new SimulationFailure(what + " within " + limitMs + " ms", "", state(), null);
            }
            pass(LOOK_MS);
        }
    }

    private String state() {
        StringBuilder text = new StringBuilder("it has not:");
        for (TopicPartition partition : partitions) {
            text.append(' ')
                    .append(partition)
                    .append(" led by ")
                    .append(oracle.zooKeeperRules().leader(partition))
                    .append(", ISR ")
                    .append(oracle.zooKeeperRules().isr(partition))
                    .append(';');
        }
        producers.forEach(producer -> text.append(producer));
        for (SimBroker broker : cluster.brokers()) {
            text.append(' ').append(broker.name()).append(broker.isReady() ? " is ready;" : " is not ready;");
        }
        return text.toString();
    }

    private boolean isHealthy() {
        return cluster.brokers().stream().allMatch(SimBroker::isReady)
                && partitions.stream()
                        .allMatch(partition ->
                                oracle.zooKeeperRules().isr(partition).size() == BROKERS
                                        && oracle.hasLeaderWithAll(partition));
    }

    private boolean isRead() {
        for (int i = 0; i < PARTITIONS; i++) {
            if (consumer.position(i) < oracle.committedEnd(partitions.get(i))) {
                return false;
            }
        }
        return true;
    }

    private void check() {
        oracle.checkIsrs();
        List<StoredRecord> stored = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            stored.addAll(oracle.records(partitions.get(i)));
        }
        List<Violation> violations = HistoryCheck.check(history, stored);
        if (!violations.isEmpty()) {
            Violation first = violations.get(0);
            throw new SimulationFailure(
                    "history: " + first.rule(),
                    "",
                    first.what() + (violations.size() > 1 ? " (and " + (violations.size() - 1) + " more)" : ""),
                    null);
        }
    }
}
