package io.ottla.sim.oracle;

import io.ottla.broker.bootstrap.BrokerCore;
import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.replication.partition.LeaderRole;
import io.ottla.replication.partition.Partition;
import io.ottla.sim.cluster.SimBroker;
import io.ottla.sim.cluster.SimCluster;
import io.ottla.sim.world.SimulationFailure;
import io.ottla.sim.world.World;
import io.ottla.storage.log.LogView;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/**
 * Holds coordinators, at moments that the seed chooses, against what they would know if they loaded their logs now. Only one
 * whose records are all committed is looked at: what is under way may yet be taken back.
 */
public final class Auditor {
    private static final int PAUSE_MAX_MS = 30_000;
    private static final List<String> TOPICS = List.of(GroupCoordinator.TOPIC, TransactionCoordinator.TOPIC);

    private final World world;
    private final SimCluster cluster;
    private final Random random;
    private final int partitions;
    private final Reload reload;
    private long audits;

    /** @param partitions how many each internal topic has */
    public Auditor(World world, SimCluster cluster, Random random, int partitions) {
        this.world = world;
        this.cluster = cluster;
        this.random = random;
        this.partitions = partitions;
        this.reload = new Reload(world, partitions);
    }

    /** How often it has compared. */
    public long audits() {
        return audits;
    }

    /** Looks from now on, for ever. */
    public void start() {
        world.afterMs(1 + random.nextInt(PAUSE_MAX_MS), "audit", () -> {
            TopicPartition name =
                    new TopicPartition(TOPICS.get(random.nextInt(TOPICS.size())), random.nextInt(partitions));
            cluster.brokers().forEach(broker -> look(broker, name));
            start();
        });
    }

    private void look(SimBroker broker, TopicPartition name) {
        BrokerCore core = broker.core();
        Partition partition = core == null ? null : core.partitions().get(name.topic(), name.partition());
        if (core == null || partition == null || partition.leader() == null) {
            return;
        }
        core.partitions().homeLoop(name.topic(), name.partition()).execute(() -> {
            LeaderRole leader = partition.leader();
            CompletableFuture<SortedMap<String, String>> asked = name.topic().equals(GroupCoordinator.TOPIC)
                    ? core.groups().committedImage(name.partition())
                    : core.transactions().committedImage(name.partition());
            if (leader != null && asked.isDone() && !asked.isCompletedExceptionally()) {
                LogView view = leader.log().view();
                SortedMap<String, String> live = asked.join();
                // Outside of the process, where no fault of its disk is met.
                world.after(0, "audit", () -> compare(broker, name, live, view));
            }
        });
    }

    private void compare(SimBroker broker, TopicPartition name, SortedMap<String, String> live, LogView view) {
        SortedMap<String, String> reloaded = reload.of(name, view);
        if (reloaded == null) {
            return; // The log was deleted in this very moment.
        }
        audits++;
        if (!reloaded.equals(live)) {
            throw new SimulationFailure(
                    "a reloaded coordinator equals the live one",
                    name.toString(),
                    broker.name() + ", " + name + " up to " + view.logEndOffset() + ": live " + live + ", reloaded "
                            + reloaded,
                    null);
        }
    }
}
