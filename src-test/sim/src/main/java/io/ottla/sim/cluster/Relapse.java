package io.ottla.sim.cluster;

import io.ottla.controller.znode.ControllerNode;
import io.ottla.sim.oracle.Oracle;
import io.ottla.sim.world.World;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * {@link Fault#RELAPSE}: leaders have told the controller that a replica has caught up, and while their word is under way the
 * replica loses everything (KIP-903). Used once.
 */
final class Relapse {
    private static final long LOOK_MS = 20;
    private static final long PATIENCE_MS = 15_000;
    private static final int WORDS_SLOWNESS_MIN = 200;
    private static final int WORDS_SLOWNESS_MAX = 1_500;
    private static final int RECORDS_SLOWNESS = 300;
    private static final long HEALED_AFTER_MS = 5_000;

    private final World world;
    private final SimCluster cluster;
    private final Oracle oracle;
    private final SimBroker victim;
    private final Random random;
    private final BooleanSupplier goesOn;

    /** @param goesOn whether nothing else is to happen to the cluster still */
    Relapse(World world, SimCluster cluster, Oracle oracle, SimBroker victim, Random random, BooleanSupplier goesOn) {
        this.world = world;
        this.cluster = cluster;
        this.oracle = oracle;
        this.victim = victim;
        this.random = random;
        this.goesOn = goesOn;
    }

    void start() {
        victim.crash();
        when(() -> oracle.isOutOfSync(victim.id()), PATIENCE_MS, this::comeBack);
    }

    private void when(BooleanSupplier condition, long patienceMs, Runnable then) {
        world.afterMs(LOOK_MS, "fault", () -> {
            if (!goesOn.getAsBoolean() || patienceMs <= 0) {
                cluster.network().heal();
                victim.start();
            } else if (condition.getAsBoolean()) {
                then.run();
            } else {
                when(condition, patienceMs - LOOK_MS, then);
            }
        });
    }

    private void comeBack() {
        int controller = cluster.zooKeeper()
                .peek(ControllerNode.PATH)
                .map(node -> ControllerNode.decode(node.data()).brokerId())
                .orElse(victim.id());
        slow(controller, WORDS_SLOWNESS_MIN + random.nextInt(WORDS_SLOWNESS_MAX));
        victim.start();
        when(() -> oracle.hasAll(victim.id()), PATIENCE_MS, this::loseAll);
    }

    private void loseAll() {
        if (!oracle.canLose(victim.id())) {
            cluster.network().heal();
            return;
        }
        oracle.excuse(victim.id());
        victim.crash();
        victim.disks().forEach(disk -> disk.wipe());
        slow(victim.id(), RECORDS_SLOWNESS);
        victim.start();
        world.afterMs(HEALED_AFTER_MS, "fault", cluster.network()::heal);
    }

    private void slow(int to, int factor) {
        for (SimBroker broker : cluster.brokers()) {
            if (broker.id() != to) {
                cluster.network().slow(broker.id(), to, factor);
            }
        }
    }
}
