package io.ottla.sim.oracle;

import io.ottla.broker.bootstrap.BrokerCore;
import io.ottla.check.StoredRecord;
import io.ottla.controller.zk.NodeEvent;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.replication.partition.LeaderRole;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.Role;
import io.ottla.sim.cluster.SimBroker;
import io.ottla.sim.cluster.SimCluster;
import io.ottla.sim.world.SimulationFailure;
import io.ottla.sim.world.World;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Looks at every replica after every event, and at what has changed more closely. */
public final class Oracle {
    private final World world;
    private final SimCluster cluster;
    private final List<TopicPartition> partitions;
    private final Map<TopicPartition, Committed> committed = new TreeMap<>();
    private final Map<TopicPartition, Map<Integer, Integer>> leaders = new TreeMap<>();
    private final Map<String, List<Seen>> seen = new HashMap<>();
    private final ZooKeeperRules zooKeeper;
    private final Set<Integer> excused = new TreeSet<>();

    /** A replica as it was when it was looked at last. */
    private static final class Seen {
        final SimBroker broker;
        final TopicPartition name;
        final String topic;
        final int index;
        int life;

        @Nullable
        Role role;

        @Nullable
        LogView view;

        long comparedTo;

        Seen(SimBroker broker, TopicPartition name) {
            this.broker = broker;
            this.name = name;
            this.topic = name.topic();
            this.index = name.partition();
        }
    }

    public Oracle(World world, SimCluster cluster, List<TopicPartition> partitions) {
        this.world = world;
        this.cluster = cluster;
        this.partitions = List.copyOf(partitions);
        this.zooKeeper = new ZooKeeperRules(cluster.zooKeeper());
        for (TopicPartition partition : partitions) {
            committed.put(partition, new Committed(partition));
            leaders.put(partition, new TreeMap<>());
        }
        for (SimBroker broker : cluster.brokers()) {
            seen.put(
                    broker.name(),
                    partitions.stream().map(name -> new Seen(broker, name)).toList());
        }
        cluster.zooKeeper().observe(this::onNode);
        world.observe(this::look);
    }

    /** A broker that may lack what it had forced nowhere: the rules about ISRs wait until it has left them all. */
    public void excuse(int brokerId) {
        excused.add(brokerId);
    }

    /** The broker has all again that it may have lost. */
    public void excuseNoMore(int brokerId) {
        excused.remove(brokerId);
    }

    /** Whether others have all that a broker has: each ISR that it is in has another member that runs and is reached. */
    public boolean canLose(int brokerId) {
        return partitions.stream().allMatch(name -> {
            List<Integer> isr = zooKeeper.isr(name);
            return !isr.isEmpty()
                    && isr.stream().filter(member -> member != brokerId).anyMatch(member -> cluster.broker(member)
                            .isReady());
        });
    }

    /** Whether a broker is in all ISRs, with all that is committed. */
    public boolean hasRecovered(int brokerId) {
        BrokerCore core = cluster.broker(brokerId).core();
        return core != null
                && partitions.stream().allMatch(name -> {
                    Partition partition = core.partitions().get(name.topic(), name.partition());
                    PartitionLog log =
                            partition == null ? null : partition.role().log();
                    return log != null
                            && zooKeeper.isr(name).contains(brokerId)
                            && log.view().logEndOffset() >= committedOf(name).endOffset();
                });
    }

    private void onNode(NodeEvent event) {
        zooKeeper.onNode(event);
    }

    /** At the broker whose code has run: nothing else can have changed. */
    private void look() {
        List<Seen> replicas = seen.get(world.lastRunning());
        if (replicas == null) {
            return;
        }
        BrokerCore core = replicas.get(0).broker.core();
        for (int i = 0; core != null && i < replicas.size(); i++) {
            look(core, replicas.get(i));
        }
    }

    private void look(BrokerCore core, Seen before) {
        Partition partition = core.partitions().get(before.topic, before.index);
        if (partition == null) {
            return;
        }
        Role role = partition.role();
        PartitionLog log = role.log();
        LogView view = log == null ? null : log.view();
        if (before.role == role && before.view == view && before.life == before.broker.lives()) {
            return;
        }
        if (view != null) {
            compare(before.broker, before.name, before, role, view);
        }
        before.life = before.broker.lives();
        before.role = role;
        before.view = view;
    }

    private void compare(SimBroker broker, TopicPartition name, Seen before, Role role, LogView view) {
        if (before.life != broker.lives()) {
            before.comparedTo = 0;
        }
        if (before.role != role || before.life != broker.lives()) {
            world.trace()
                    .note(
                            broker.name(),
                            name + ": " + (role instanceof LeaderRole ? "leader" : role) + " in epoch "
                                    + role.leaderEpoch() + ", log end " + view.logEndOffset() + ", high watermark "
                                    + view.highWatermark());
        }
        if (view.highWatermark() > view.logEndOffset()) {
            throw failure("a high watermark is within the log", name, broker, view.toString());
        }
        Committed all = committedOf(name);
        if (role instanceof LeaderRole leader) {
            onLeader(broker, name, before, leader, view, all);
        }
        before.comparedTo = Math.min(before.comparedTo, view.logEndOffset());
        if (view.highWatermark() > before.comparedTo) {
            before.comparedTo = all.compare(broker.name(), view, before.comparedTo);
        }
    }

    private Committed committedOf(TopicPartition name) {
        Committed found = committed.get(name);
        if (found == null) {
            throw new IllegalStateException(name.toString());
        }
        return found;
    }

    private void onLeader(
            SimBroker broker, TopicPartition name, Seen before, LeaderRole leader, LogView view, Committed all) {
        Integer other = leaders.getOrDefault(name, Map.of()).get(leader.leaderEpoch());
        if (other == null) {
            leaders.computeIfAbsent(name, key -> new TreeMap<>()).put(leader.leaderEpoch(), broker.id());
        } else if (other != broker.id()) {
            throw failure(
                    "one leader per epoch",
                    name,
                    broker,
                    "broker " + other + " leads in epoch " + leader.leaderEpoch() + " as well");
        }
        boolean newest = leader.leaderEpoch() == zooKeeper.leaderEpoch(name);
        if (newest && view.logEndOffset() < all.endOffset()) {
            throw failure(
                    "a leader has all that is committed",
                    name,
                    broker,
                    "its log ends at "
                            + view.logEndOffset() + " in epoch " + leader.leaderEpoch() + ", committed is up to "
                            + all.endOffset());
        }
        LogView viewBefore = before.view;
        if (before.role == role(leader)
                && before.life == broker.lives()
                && viewBefore != null
                && view.highWatermark() < viewBefore.highWatermark()) {
            throw failure(
                    "a leader's high watermark does not go back",
                    name,
                    broker,
                    "from " + viewBefore.highWatermark() + " to " + view.highWatermark());
        }
    }

    private static Role role(LeaderRole leader) {
        return leader;
    }

    private static SimulationFailure failure(String invariant, TopicPartition name, SimBroker broker, String what) {
        return new SimulationFailure(invariant, name.toString(), broker.name() + ", " + name + ": " + what, null);
    }

    /** Holds the replicas in an ISR against what is committed; not those that have lost what they had not forced. */
    public void checkIsrs() {
        for (TopicPartition name : partitions) {
            long end = committedOf(name).endOffset();
            for (int member : zooKeeper.isr(name)) {
                SimBroker broker = cluster.broker(member);
                BrokerCore core = broker.core();
                Partition partition = core == null ? null : core.partitions().get(name.topic(), name.partition());
                PartitionLog log = partition == null ? null : partition.role().log();
                if (log != null && !excused.contains(member) && log.view().logEndOffset() < end) {
                    throw failure(
                            "the ISR holds no replica that lacks a committed record",
                            name,
                            broker,
                            "its log ends at " + log.view().logEndOffset() + ", committed is up to " + end);
                }
            }
        }
    }

    /** Up to where a partition is committed, exclusive. */
    public long committedEnd(TopicPartition name) {
        return committedOf(name).endOffset();
    }

    /** Whether a partition has a leader that knows of all that is committed. */
    public boolean hasLeaderWithAll(TopicPartition name) {
        int leader = zooKeeper.leader(name);
        BrokerCore core = leader < 0 ? null : cluster.broker(leader).core();
        Partition partition = core == null ? null : core.partitions().get(name.topic(), name.partition());
        LeaderRole role = partition == null ? null : partition.leader();
        return role != null
                && role.leaderEpoch() == zooKeeper.leaderEpoch(name)
                && role.log().view().highWatermark() >= committedEnd(name);
    }

    /** All records of a partition, as its leader has them. */
    public List<StoredRecord> records(TopicPartition name) {
        int leader = zooKeeper.leader(name);
        BrokerCore core = leader < 0 ? null : cluster.broker(leader).core();
        Partition partition = core == null ? null : core.partitions().get(name.topic(), name.partition());
        PartitionLog log = partition == null ? null : partition.role().log();
        if (log == null) {
            throw new SimulationFailure("a healthy partition has a leader", name.toString(), name.toString(), null);
        }
        return Committed.records(name, log.view());
    }

    public ZooKeeperRules zooKeeperRules() {
        return zooKeeper;
    }
}
