package io.ottla.sim.cluster;

import io.ottla.sim.oracle.Oracle;
import io.ottla.sim.world.SimProcess;
import io.ottla.sim.world.World;
import io.ottla.sim.zk.SimZooKeeper;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Brings faults over a cluster, at random: which kinds, and how often, differs from seed to seed. What a cluster of three
 * cannot survive is left out: nothing happens to others while a broker that may have lost data is not back in all ISRs.
 */
public final class Faults {
    private static final long GAP_MIN_MS = 500;
    private static final long GAP_MAX_MS = 40_000;
    private static final long LAST_MAX_MS = 25_000;
    private static final long CLOCK_STEP_MAX_MS = 20_000;
    private static final int SLOWNESS_MAX = 300;

    private final World world;
    private final SimCluster cluster;
    private final Oracle oracle;
    private final Random random;
    private final Set<Fault> enabled = EnumSet.noneOf(Fault.class);
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private final long gapMaxMs;
    private boolean over;
    /** The broker that may lack what others have, 0 if there is none. */
    private int wounded;

    public Faults(World world, SimCluster cluster, Oracle oracle, Set<Fault> allowed) {
        this.world = world;
        this.cluster = cluster;
        this.oracle = oracle;
        this.random = world.random();
        for (Fault fault : allowed) {
            if (random.nextInt(3) > 0) {
                enabled.add(fault);
            }
        }
        this.gapMaxMs = GAP_MIN_MS + 1_000 + random.nextInt((int) GAP_MAX_MS);
    }

    /** How often each fault has happened. */
    public Map<Fault, Integer> counts() {
        return counts;
    }

    public void start() {
        next();
    }

    private void next() {
        world.afterMs(GAP_MIN_MS + random.nextInt((int) (gapMaxMs - GAP_MIN_MS)), "fault", () -> {
            if (!over) {
                lookAfterTheWounded();
                strike();
                next();
            }
        });
    }

    /** No fault from now on; what is broken is repaired. */
    public void end() {
        over = true;
        cluster.network().heal();
        for (SimBroker broker : cluster.brokers()) {
            broker.disk().repair();
        }
        cluster.startAll();
    }

    private void strike() {
        if (enabled.isEmpty()) {
            return;
        }
        List<Fault> choice = new ArrayList<>(enabled);
        Fault fault = choice.get(random.nextInt(choice.size()));
        SimBroker victim =
                cluster.brokers().get(random.nextInt(cluster.brokers().size()));
        if (wounded != 0 && (wounded != victim.id() || fault == Fault.ZOOKEEPER_AWAY)) {
            return;
        }
        if (apply(fault, victim)) {
            world.trace().note("fault", fault + " at " + victim.name());
            counts.merge(fault, 1, Integer::sum);
        }
    }

    private boolean apply(Fault fault, SimBroker victim) {
        SimProcess process = victim.process();
        if (process == null) {
            return false;
        }
        long durationMs = duration();
        switch (fault) {
            case CRASH -> {
                victim.crash();
                startLater(victim, durationMs);
            }
            case RESTART -> victim.stopCleanly(() -> startLater(victim, durationMs));
            case POWER_LOSS, EMPTY_DISK -> {
                return wound(fault, victim, durationMs);
            }
            case BROKEN_DISK -> {
                victim.disk().breakDown();
                repairLater(victim, durationMs);
            }
            case FULL_DISK -> {
                victim.disk().fill();
                repairLater(victim, durationMs);
            }
            case PAUSE -> process.pause(TimeUnit.MILLISECONDS.toNanos(durationMs));
            case PARTITION, ONE_WAY_CUT, SLOW_LINK, RESET -> strikeNetwork(fault, victim, durationMs);
            case SESSION_EXPIRY -> cluster.zooKeeper().expire(victim.name());
            case ZOOKEEPER_DISCONNECT -> cluster.zooKeeper().disconnect(victim.name());
            case ZOOKEEPER_AWAY -> {
                for (SimBroker broker : cluster.brokers()) {
                    cutBothWays(broker.id(), SimZooKeeper.HOST);
                }
                healLater(durationMs);
            }
            case CLOCK_STEP -> process.stepClock(random.nextInt(2 * (int) CLOCK_STEP_MAX_MS) - CLOCK_STEP_MAX_MS);
        }
        return true;
    }

    private long duration() {
        return 50 + TimeUnit.NANOSECONDS.toMillis(world.delayNs(0, TimeUnit.MILLISECONDS.toNanos(LAST_MAX_MS)));
    }

    private void strikeNetwork(Fault fault, SimBroker victim, long durationMs) {
        int other = random.nextInt(cluster.brokers().size() + 1);
        switch (fault) {
            case PARTITION -> {
                for (int host = 0; host <= cluster.brokers().size(); host++) {
                    if (host != victim.id() && random.nextInt(3) > 0) {
                        cutBothWays(victim.id(), host);
                    }
                }
                healLater(durationMs);
            }
            case ONE_WAY_CUT -> {
                if (random.nextBoolean()) {
                    cluster.network().cut(victim.id(), other);
                } else {
                    cluster.network().cut(other, victim.id());
                }
                healLater(durationMs);
            }
            case SLOW_LINK -> {
                cluster.network().slow(victim.id(), other, 1 + random.nextInt(SLOWNESS_MAX));
                healLater(durationMs);
            }
            default -> cluster.network().reset(victim.id(), other);
        }
    }

    private void cutBothWays(int one, int other) {
        cluster.network().cut(one, other);
        cluster.network().cut(other, one);
    }

    private void healLater(long durationMs) {
        world.afterMs(durationMs, "fault", cluster.network()::heal);
    }

    private void startLater(SimBroker broker, long delayMs) {
        world.afterMs(delayMs, "fault", broker::start);
    }

    private void repairLater(SimBroker broker, long delayMs) {
        world.afterMs(delayMs, "fault", () -> {
            broker.disk().repair();
            // A log directory that has failed is not used again by the same process.
            broker.crash();
            broker.start();
        });
    }

    private boolean wound(Fault fault, SimBroker victim, long durationMs) {
        if (wounded != 0 || !isAtPeace() || !oracle.canLose(victim.id())) {
            return false;
        }
        wounded = victim.id();
        oracle.excuse(victim.id());
        if (fault == Fault.EMPTY_DISK) {
            victim.crash();
            victim.disk().wipe();
        } else {
            victim.losePower();
        }
        startLater(victim, durationMs);
        return true;
    }

    /** Whether all brokers run, are registered and reach each other: one of them may lose its data then. */
    private boolean isAtPeace() {
        return cluster.network().isWhole()
                && cluster.zooKeeper().peekChildren("/brokers/ids").size()
                        == cluster.brokers().size()
                && cluster.brokers().stream().allMatch(broker -> {
                    SimProcess process = broker.process();
                    return process != null && broker.isReady() && !process.isPaused();
                });
    }

    private void lookAfterTheWounded() {
        if (wounded != 0 && oracle.hasRecovered(wounded)) {
            oracle.excuseNoMore(wounded);
            wounded = 0;
        }
    }
}
