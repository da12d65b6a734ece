package io.ottla.sim.cluster;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.sim.client.ClientNode;
import io.ottla.sim.client.Errands;
import io.ottla.sim.client.Inquiry;
import io.ottla.sim.client.Operator;
import io.ottla.sim.client.Pace;
import io.ottla.sim.client.SimTransfers;
import io.ottla.sim.net.Farewell;
import io.ottla.sim.oracle.Auditor;
import io.ottla.sim.oracle.Oracle;
import io.ottla.sim.world.SimulationFailure;
import io.ottla.sim.world.World;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One cluster, from its first start over its faults to its recovery, and whether it has kept its promises. Used once. */
public final class Simulation {
    private static final String TRANSACTION_VERSION = "transaction.version";
    private static final short LATEST_TRANSACTIONS = 2;
    private static final short REPLICAS = 3;
    private static final long START_LIMIT_MS = 120_000;
    private static final long RECOVERY_LIMIT_MS = 180_000;
    /** So long ZooKeeper may take to notice what happened last. */
    private static final long SETTLE_MS = 10_000;

    private static final long LOOK_MS = 100;
    /** Requests that wait at a broker for records to come. */
    private static final long REST_BYTES = 1 << 16;

    private final Scenario scenario;
    private final World world;
    private final SimCluster cluster;
    private final Oracle oracle;
    private final Faults faults;
    private final Cast cast;
    private final Operator operator;
    private final Pace pace;
    private final Auditor auditor;

    public Simulation(Scenario scenario) {
        this.scenario = scenario;
        this.world = new World(scenario.seed());
        this.cluster = new SimCluster(world, scenario);
        this.pace = new Pace(world);
        this.cast = new Cast(scenario, new ClientNode.Site(world, cluster.network(), cluster.addresses(), pace));
        this.oracle = new Oracle(world, cluster, terms(scenario));
        this.operator = new Operator(
                cast.node("operator", Cast.CARELESS, Farewell.LINGERS),
                new Operator.Field(
                        cluster.addresses(),
                        Settings.directories(scenario.shape()),
                        REPLICAS,
                        cast.topics(),
                        Cast.CARELESS),
                new Errands(
                        cast.node("errands", Cast.CARELESS, Farewell.LINGERS),
                        scenario.shape().brokers(),
                        cluster.zooKeeper()));
        this.faults = new Faults(world, cluster, oracle, operator);
        this.auditor = new Auditor(world, cluster, new Random(scenario.seed()), Settings.COORDINATOR_PARTITIONS);
    }

    private static Oracle.Terms terms(Scenario scenario) {
        Set<String> cleaned = scenario.shape().cleans() ? Set.of(Cast.GROUPS_TOPIC, Cast.TRANSACTIONS_TOPIC) : Set.of();
        return new Oracle.Terms(Set.of(Cast.CARELESS), cleaned);
    }

    public World world() {
        return world;
    }

    public Map<Fault, Integer> faultCounts() {
        return faults.counts();
    }

    /** How often a coordinator was held against what a reload would know. */
    public long audits() {
        return auditor.audits();
    }

    /** How many records and transfers were acknowledged. */
    public long acknowledged() {
        return cast.acknowledged();
    }

    /** What there is of the partition that a failure is about, line by line. */
    public List<String> describe(SimulationFailure failure) {
        return oracle.describe(failure.about());
    }

    /**
     * Runs the whole.
     *
     * @throws SimulationFailure if a promise is broken
     */
    public void run() {
        begin();
        faults.start(scenario);
        scenario.tides()
                .calms()
                .forEach(calm -> world.afterMs(calm.fromMs(), "calm", () -> pace.calmFor(calm.toMs() - calm.fromMs())));
        auditor.start();
        pass(scenario.tides().faultyMs());
        faults.end();
        world.trace().note("simulation", "faults are over");
        pass(SETTLE_MS);
        await("all replicas are in sync again", this::isHealthy);
        cast.stop();
        await("all that was begun is ended", () -> cast.isDrained() && operator.isIdle());
        await("all that was written is read", () -> cast.isRead(oracle));
        oracle.checkIsrs();
        Map<String, String> live = inquire("live");
        restartAll();
        Map<String, String> reloaded = inquire("reloaded");
        if (!reloaded.equals(live)) {
            throw new SimulationFailure(
                    "a reloaded coordinator equals the live one", "", "live " + live + ", reloaded " + reloaded, null);
        }
        checkMemory();
        cast.check(oracle);
    }

    private void begin() {
        cluster.startAll();
        await("the cluster starts", START_LIMIT_MS, () -> cluster.brokers().stream()
                .allMatch(SimBroker::isReady));
        cast.topics().forEach(operator::create);
        if (cast.isCareless()) {
            operator.create(Cast.CARELESS, 1);
        }
        if (scenario.shape().transfers() == SimTransfers.Protocol.BUMPING) {
            operator.upgrade(TRANSACTION_VERSION, LATEST_TRANSACTIONS);
            await("features are upgraded", START_LIMIT_MS, operator::isIdle);
        }
        await("topics are created", START_LIMIT_MS, () -> cast.topics().entrySet().stream()
                .allMatch(topic -> isLed(topic.getKey(), topic.getValue())));
        cast.start();
        await("internal topics are created", START_LIMIT_MS, () -> cast.internalTopics().stream()
                .allMatch(topic -> isLed(topic, 1)));
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

    private void await(String what, BooleanSupplier condition) {
        await(what, RECOVERY_LIMIT_MS, condition);
    }

    private void await(String what, long limitMs, BooleanSupplier condition) {
        long deadlineNs = world.nowNs() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        while (!condition.getAsBoolean()) {
            if (world.nowNs() >= deadlineNs) {
                throw new SimulationFailure(what + " within " + limitMs + " ms", sick(), state(), null);
            }
            pass(LOOK_MS);
        }
    }

    /** The first partition that is not well; "" if all are. */
    private String sick() {
        for (TopicPartition partition : oracle.partitions()) {
            if (!oracle.isHealthy(partition)) {
                return partition.toString();
            }
        }
        return "";
    }

    private String state() {
        StringBuilder text = new StringBuilder("it has not:");
        for (TopicPartition partition : oracle.partitions()) {
            if (!oracle.isHealthy(partition)) {
                text.append(' ').append(oracle.describe(partition.toString())).append(';');
            }
        }
        text.append(cast);
        for (SimBroker broker : cluster.brokers()) {
            text.append(' ').append(broker.name()).append(broker.isReady() ? " is ready;" : " is not ready;");
        }
        return text.toString();
    }

    private boolean isHealthy() {
        return cluster.brokers().stream().allMatch(SimBroker::isReady)
                && operator.isIdle()
                && cluster.zooKeeper().peekChildren("/admin/delete_topics").isEmpty()
                && oracle.partitions().stream().allMatch(oracle::isHealthy);
    }

    // --- the end

    private Map<String, String> inquire(String which) {
        Inquiry inquiry = new Inquiry(cast.node("inquirer-" + which, Cast.ORDERS, Farewell.LINGERS));
        inquiry.ask(cast.groups(), cast.transactionalIds());
        await("coordinators answer", inquiry::isAnswered);
        cast.check(inquiry);
        return new TreeMap<>(inquiry.answers());
    }

    /** One after the other, so that all coordinators move. */
    private void restartAll() {
        for (SimBroker broker : cluster.brokers()) {
            int before = broker.lives();
            broker.stopCleanly(broker::start);
            await("a broker restarts", () -> broker.lives() > before && isHealthy());
        }
    }

    private void checkMemory() {
        for (SimBroker broker : cluster.brokers()) {
            if (broker.requestBytes() > REST_BYTES) {
                throw new SimulationFailure(
                        "requests give their memory back",
                        "",
                        broker.name() + " holds " + broker.requestBytes() + " bytes though nothing is to be done",
                        null);
            }
        }
    }
}
