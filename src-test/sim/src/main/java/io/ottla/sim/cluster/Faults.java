package io.ottla.sim.cluster;

import io.ottla.controller.znode.ControllerNode;
import io.ottla.sim.client.Operator;
import io.ottla.sim.oracle.Oracle;
import io.ottla.sim.world.SimProcess;
import io.ottla.sim.world.World;
import io.ottla.sim.zk.SimZooKeeper;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Brings the incidents of a scenario over a cluster. What a cluster cannot survive is left out: nothing happens to others while
 * a broker that may have lost data is not back in all ISRs.
 */
public final class Faults {
    private static final long LOOK_MS = 500;
    private static final int CLOCK_STEP_MAX_MS = 20_000;
    private static final int SLOWNESS_MAX = 300;
    private static final int NOBODY = 0;

    private final World world;
    private final SimCluster cluster;
    private final Oracle oracle;
    private final Operator operator;
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private boolean over;
    private int relapses;
    /** The broker that may lack what others have. */
    private int wounded = NOBODY;

    public Faults(World world, SimCluster cluster, Oracle oracle, Operator operator) {
        this.world = world;
        this.cluster = cluster;
        this.oracle = oracle;
        this.operator = operator;
    }

    /** How often each fault has happened. */
    public Map<Fault, Integer> counts() {
        return counts;
    }

    public void start(Scenario scenario) {
        for (Incident incident : scenario.incidents()) {
            world.afterMs(incident.atMs(), "fault", () -> {
                if (!over) {
                    lookAfterTheWounded();
                    strike(incident);
                }
            });
        }
        look();
    }

    private void look() {
        world.afterMs(LOOK_MS, "fault", () -> {
            lookAfterTheWounded();
            if (!over) {
                look();
            }
        });
    }

    /** No fault from now on; what is broken is repaired. */
    public void end() {
        over = true;
        cluster.network().heal();
        for (SimBroker broker : cluster.brokers()) {
            broker.repairDisks();
        }
        cluster.startAll();
    }

    private void strike(Incident incident) {
        boolean cannotBear =
                wounded != NOBODY && (wounded != incident.brokerId() || incident.fault() == Fault.ZOOKEEPER_AWAY);
        if (operator.can(incident.fault())) {
            operator.act(incident.fault(), new Random(incident.seed()));
        } else if (cannotBear || !apply(incident)) {
            return;
        }
        world.trace().note("fault", "number " + incident);
        counts.merge(incident.fault(), 1, Integer::sum);
    }

    private boolean apply(Incident incident) {
        SimBroker victim = cluster.broker(incident.brokerId());
        SimProcess process = victim.process();
        if (process == null) {
            return false;
        }
        long durationMs = incident.durationMs();
        Random random = new Random(incident.seed());
        switch (incident.fault()) {
            case CRASH -> {
                victim.crash();
                startLater(victim, durationMs);
            }
            case RESTART -> victim.stopCleanly(() -> startLater(victim, durationMs));
            case POWER_LOSS, EMPTY_DISK, RELAPSE -> {
                return wound(incident, victim, random);
            }
            case BROKEN_DISK, BAD_READS, FULL_DISK -> strikeDisk(incident.fault(), victim, durationMs, random);
            case PAUSE -> process.pause(TimeUnit.MILLISECONDS.toNanos(durationMs));
            case PARTITION, ONE_WAY_CUT, SLOW_LINK, RESET -> strikeNetwork(incident, random);
            case SESSION_EXPIRY -> cluster.zooKeeper().expire(victim.name());
            case ZOOKEEPER_DISCONNECT -> cluster.zooKeeper().disconnect(victim.name());
            case ZOOKEEPER_AWAY -> {
                for (SimBroker broker : cluster.brokers()) {
                    cutBothWays(broker.id(), SimZooKeeper.HOST);
                }
                healLater(durationMs);
            }
            case CONTROLLER_REMOVED -> removeController(victim, durationMs, random);
            case FILES_LOST -> loseFiles(victim, durationMs, random);
            case CLOCK_STEP -> process.stepClock(random.nextInt(2 * CLOCK_STEP_MAX_MS) - CLOCK_STEP_MAX_MS);
            default -> throw new IllegalStateException(incident.fault() + " is nobody's");
        }
        return true;
    }

    /** The one in office may hear of it late; and the end of another session gives old and new something to decide. */
    private void removeController(SimBroker other, long durationMs, Random random) {
        cluster.zooKeeper()
                .peek(ControllerNode.PATH)
                .map(node -> ControllerNode.decode(node.data()).brokerId())
                .filter(controller -> random.nextBoolean())
                .ifPresent(controller -> {
                    cluster.network().slow(SimZooKeeper.HOST, controller, 1 + random.nextInt(SLOWNESS_MAX));
                    healLater(durationMs);
                });
        cluster.zooKeeper().remove(ControllerNode.PATH);
        if (random.nextBoolean()) {
            cluster.zooKeeper().expire(other.name());
        }
    }

    private void loseFiles(SimBroker victim, long durationMs, Random random) {
        Runnable whenDown = () -> {
            victim.disks().forEach(disk -> disk.loseDerived(random));
            startLater(victim, durationMs);
        };
        if (random.nextBoolean()) {
            victim.stopCleanly(whenDown);
        } else {
            victim.crash();
            whenDown.run();
        }
    }

    private void strikeDisk(Fault fault, SimBroker victim, long durationMs, Random random) {
        int disk = random.nextInt(victim.disks().size());
        switch (fault) {
            case BROKEN_DISK -> victim.disks().get(disk).breakDown();
            case BAD_READS -> victim.disks().get(disk).spoilReads(random.nextLong());
            default -> victim.disks().forEach(each -> each.fill(random.nextLong()));
        }
        world.afterMs(durationMs, "fault", () -> {
            victim.repairDisks();
            // A log directory that has failed is not used again by the same process.
            victim.crash();
            victim.start();
        });
    }

    private void strikeNetwork(Incident incident, Random random) {
        int victim = incident.brokerId();
        int brokers = cluster.brokers().size();
        int other = random.nextInt(brokers + 1);
        switch (incident.fault()) {
            case PARTITION -> {
                for (int host = 0; host <= brokers; host++) {
                    if (host != victim && random.nextInt(3) > 0) {
                        cutBothWays(victim, host);
                    }
                }
            }
            case ONE_WAY_CUT -> {
                if (random.nextBoolean()) {
                    cluster.network().cut(victim, other);
                } else {
                    cluster.network().cut(other, victim);
                }
            }
            case SLOW_LINK -> cluster.network().slow(victim, other, 1 + random.nextInt(SLOWNESS_MAX));
            default -> {
                cluster.network().reset(victim, other);
                return;
            }
        }
        healLater(incident.durationMs());
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

    private boolean wound(Incident incident, SimBroker victim, Random random) {
        if (wounded != NOBODY || !isAtPeace() || !oracle.canLose(victim.id())) {
            return false;
        }
        wounded = victim.id();
        if (incident.fault() == Fault.RELAPSE) {
            int mine = ++relapses;
            new Relapse(
                            world,
                            cluster,
                            oracle,
                            victim,
                            random,
                            () -> !over && wounded == victim.id() && mine == relapses)
                    .start();
            return true;
        }
        oracle.excuse(victim.id());
        if (incident.fault() == Fault.EMPTY_DISK) {
            victim.crash();
            victim.disks().forEach(disk -> disk.wipe());
        } else {
            victim.losePower(random);
        }
        startLater(victim, incident.durationMs());
        return true;
    }

    /** Whether all brokers run, are registered and reach each other: one of them may lose its data then. */
    private boolean isAtPeace() {
        return cluster.network().isWhole()
                && cluster.zooKeeper().peekChildren("/brokers/ids").size()
                        == cluster.brokers().size()
                && cluster.brokers().stream().allMatch(broker -> {
                    SimProcess process = broker.process();
                    return process != null && broker.isReady() && !process.isPaused() && broker.hasGoodDisks();
                });
    }

    private void lookAfterTheWounded() {
        if (wounded != NOBODY && oracle.hasRecovered(wounded)) {
            oracle.excuseNoMore(wounded);
            wounded = NOBODY;
        }
    }
}
