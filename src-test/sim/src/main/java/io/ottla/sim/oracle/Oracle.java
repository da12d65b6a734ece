package io.ottla.sim.oracle;

import io.ottla.broker.bootstrap.BrokerCore;
import io.ottla.check.StoredRecord;
import io.ottla.controller.znode.BrokerIdNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.replication.partition.LeaderRole;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.Role;
import io.ottla.sim.cluster.SimBroker;
import io.ottla.sim.cluster.SimCluster;
import io.ottla.sim.oracle.Watched.Seen;
import io.ottla.sim.world.SimulationFailure;
import io.ottla.sim.world.World;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Looks after every event at the replicas of the broker whose code has run, and at what has changed more closely. */
public final class Oracle implements ZooKeeperRules.Listener {
    private static final long UNREGISTERED = -1;

    private final World world;
    private final SimCluster cluster;
    private final Terms terms;
    private final Map<TopicPartition, Watched> watched = new TreeMap<>();
    private final Map<String, List<Seen>> byBroker = new TreeMap<>();
    private final ZooKeeperRules zooKeeper;
    /**
     * What is not promised.
     *
     * @param lossy topics whose operator allows them to lose records
     * @param cleaned topics whose records may be cleaned away
     */
    public record Terms(Set<String> lossy, Set<String> cleaned) {}

    public Oracle(World world, SimCluster cluster, Terms terms) {
        this.world = world;
        this.cluster = cluster;
        this.terms = terms;
        this.zooKeeper = new ZooKeeperRules(cluster.zooKeeper(), this);
        cluster.brokers().forEach(broker -> byBroker.put(broker.name(), new ArrayList<>()));
        cluster.zooKeeper().observe(zooKeeper::onNode);
        world.observe(this::look);
    }

    /** A broker that may lack what it had forced nowhere. Once it has left an ISR, it comes back to it as anybody. */
    public void excuse(int brokerId) {
        watched.values().forEach(each -> {
            if (zooKeeper.isr(each.name).contains(brokerId)) {
                each.excused.add(brokerId);
            } else {
                each.emptied.put(brokerId, registration(brokerId));
            }
        });
    }

    /** The broker has all again that it may have lost. */
    public void excuseNoMore(int brokerId) {
        watched.values().forEach(each -> {
            each.excused.remove(brokerId);
            each.emptied.remove(brokerId);
        });
    }

    /** The transaction that has registered a broker, {@link #UNREGISTERED} if it is not. */
    private long registration(int brokerId) {
        return cluster.zooKeeper()
                .peek(BrokerIdNode.path(brokerId))
                .map(node -> node.stat().czxid())
                .orElse(UNREGISTERED);
    }

    /** Whether others have all that a broker has: each ISR that it is in has another member that runs and is reached. */
    public boolean canLose(int brokerId) {
        return watched.keySet().stream().allMatch(name -> {
            List<Integer> isr = zooKeeper.isr(name);
            return !isr.contains(brokerId)
                    || isr.stream().filter(member -> member != brokerId).anyMatch(member -> cluster.broker(member)
                            .isReady());
        });
    }

    /** Whether a broker is in all ISRs that it should be in, with all that is committed. */
    public boolean hasRecovered(int brokerId) {
        return hasAll(brokerId)
                && watched.values().stream()
                        .filter(each -> each.assignment.contains(brokerId))
                        .allMatch(each -> zooKeeper.isr(each.name).contains(brokerId));
    }

    /** Whether a broker has all that is committed of what it should have, in the ISRs or not. */
    public boolean hasAll(int brokerId) {
        return cluster.broker(brokerId).isReady()
                && watched.values().stream()
                        .filter(each -> each.assignment.contains(brokerId))
                        .allMatch(each -> {
                            PartitionLog log = each.replica(brokerId).log();
                            return log != null && log.view().logEndOffset() >= each.committed.endOffset();
                        });
    }

    /** Whether a broker is in no ISR. */
    public boolean isOutOfSync(int brokerId) {
        return watched.keySet().stream().noneMatch(name -> zooKeeper.isr(name).contains(brokerId));
    }

    // --- what ZooKeeper says

    @Override
    public void onTopic(String topic, UUID id, SortedMap<Integer, ReplicaAssignment> assignments) {
        assignments.forEach((number, assignment) -> {
            TopicPartition name = new TopicPartition(topic, number);
            Watched known = watched.get(name);
            if (known == null || !known.topicId.equals(id)) {
                forget(known);
                known = new Watched(
                        name, id, new Committed(name, terms.cleaned().contains(topic)), cluster.brokers());
                watched.put(name, known);
                known.replicas.forEach(seen -> byBroker.getOrDefault(seen.broker.name(), new ArrayList<>())
                        .add(seen));
            }
            known.assignment = assignment.replicas();
            known.beingReassigned = assignment.isBeingReassigned();
        });
    }

    @Override
    public void onTopicGone(String topic) {
        for (TopicPartition name : List.copyOf(watched.keySet())) {
            if (name.topic().equals(topic)) {
                forget(watched.remove(name));
            }
        }
    }

    private void forget(@Nullable Watched gone) {
        if (gone != null) {
            byBroker.values().forEach(seen -> seen.removeIf(each -> each.of == gone));
        }
    }

    @Override
    public void onState(TopicPartition name, boolean unclean) {
        Watched of = watched.get(name);
        if (of == null) {
            return;
        }
        if (unclean && !terms.lossy().contains(name.topic())) {
            throw new SimulationFailure("nobody elects uncleanly unasked", name.toString(), name.toString(), null);
        }
        of.lossy |= unclean;
        for (int member : zooKeeper.isr(name)) {
            Long registration = of.emptied.remove(member);
            long now = registration(member);
            if (registration != null && (now == registration || now == UNREGISTERED)) {
                of.excused.add(member); // Nobody can know yet that it has lost something.
            }
        }
        of.excused.retainAll(zooKeeper.isr(name));
        checkIsr(of);
    }

    // --- what brokers do

    /** At the broker whose code has run: nothing else can have changed. */
    private void look() {
        String who = world.lastRunning();
        List<Seen> replicas = who.isEmpty() ? null : byBroker.get(who);
        if (replicas == null || replicas.isEmpty()) {
            return;
        }
        BrokerCore core = replicas.get(0).broker.core();
        for (int i = 0; core != null && i < replicas.size(); i++) {
            look(core, replicas.get(i));
        }
    }

    private void look(BrokerCore core, Seen before) {
        Partition partition = before.find(core);
        if (partition == null) {
            return;
        }
        Role role = partition.role();
        PartitionLog log = role.log();
        LogView view = log == null ? null : log.view();
        int life = before.broker.lives();
        if (before.role == role && before.view == view && before.life == life) {
            return;
        }
        if (view != null) {
            compare(before, role, view);
        }
        before.life = life;
        before.role = role;
        before.view = view;
    }

    private void compare(Seen before, Role role, LogView view) {
        boolean sameLife = before.life == before.broker.lives();
        if (!sameLife) {
            before.comparedTo = 0;
        }
        if (before.role != role || !sameLife) {
            world.trace().note(before.broker.name(), before.of.name + ": " + describe(role, view));
        }
        if (view.highWatermark() > view.logEndOffset()) {
            throw failure("a high watermark is within the log", before, view.toString());
        }
        if (role instanceof LeaderRole leader) {
            onLeader(before, leader, view, sameLife);
        }
        before.comparedTo = Math.min(before.comparedTo, view.logEndOffset());
        if (view.highWatermark() > before.comparedTo && !before.of.lossy) {
            Committed all = before.of.committed;
            long end = all.endOffset();
            before.comparedTo = all.compare(before.broker.name(), view, before.comparedTo);
            if (all.endOffset() > end) {
                checkIsr(before.of);
            }
        }
        if (view.logEndOffset() < before.of.committed.endOffset()) {
            checkMember(before.of, before.broker.id()); // It may have been cut, or come back with less.
        }
    }

    private static String describe(Role role, LogView view) {
        return (role instanceof LeaderRole ? "leader" : role) + " in epoch " + role.leaderEpoch() + ", log end "
                + view.logEndOffset() + ", high watermark " + view.highWatermark();
    }

    private void onLeader(Seen before, LeaderRole leader, LogView view, boolean sameLife) {
        Watched of = before.of;
        Integer other = of.leaders.putIfAbsent(leader.leaderEpoch(), before.broker.id());
        if (other != null && other != before.broker.id()) {
            throw failure(
                    "one leader per epoch",
                    before,
                    "broker " + other + " leads in epoch " + leader.leaderEpoch() + " as well");
        }
        long end = of.committed.endOffset();
        if (!of.lossy && view.logEndOffset() < end && leader.leaderEpoch() == zooKeeper.leaderEpoch(of.name)) {
            throw failure(
                    "a leader has all that is committed",
                    before,
                    "its log ends at " + view.logEndOffset() + " in epoch " + leader.leaderEpoch()
                            + ", committed is up to " + end);
        }
        LogView viewBefore = before.view;
        boolean sameRole = before.role instanceof LeaderRole earlier && earlier == leader;
        if (sameRole && sameLife && viewBefore != null && view.highWatermark() < viewBefore.highWatermark()) {
            throw failure(
                    "a leader's high watermark does not go back",
                    before,
                    "from " + viewBefore.highWatermark() + " to " + view.highWatermark());
        }
    }

    private static SimulationFailure failure(String invariant, Seen replica, String what) {
        TopicPartition name = replica.of.name;
        return new SimulationFailure(
                invariant, name.toString(), replica.broker.name() + ", " + name + ": " + what, null);
    }

    /** Holds the replicas in an ISR against what is committed; not those that have lost what they had not forced. */
    private void checkIsr(Watched of) {
        zooKeeper.isr(of.name).forEach(member -> checkMember(of, member));
    }

    private void checkMember(Watched of, int brokerId) {
        boolean counts = !of.lossy
                && !of.excused.contains(brokerId)
                && zooKeeper.isr(of.name).contains(brokerId);
        Seen replica = of.replica(brokerId);
        PartitionLog log = counts ? replica.log() : null;
        long end = of.committed.endOffset();
        if (log != null && log.view().logEndOffset() < end) {
            throw failure(
                    "the ISR holds no replica that lacks a committed record",
                    replica,
                    "its log ends at " + log.view().logEndOffset() + ", committed is up to " + end);
        }
    }

    /** {@link #checkIsr} of all. */
    public void checkIsrs() {
        watched.values().forEach(this::checkIsr);
    }

    // --- for the end

    /** The partitions that there are, sorted. */
    public List<TopicPartition> partitions() {
        return List.copyOf(watched.keySet());
    }

    private Watched of(TopicPartition name) {
        Watched found = watched.get(name);
        if (found == null) {
            throw new IllegalStateException(name.toString());
        }
        return found;
    }

    /** Up to where a partition is committed, exclusive. */
    public long committedEnd(TopicPartition name) {
        return of(name).committed.endOffset();
    }

    /** Whether all replicas are where they should be, in sync, under a leader that knows of all that is committed. */
    public boolean isHealthy(TopicPartition name) {
        Watched of = of(name);
        return !of.beingReassigned
                && new TreeSet<>(zooKeeper.isr(name)).equals(new TreeSet<>(of.assignment))
                && hasLeaderWithAll(of);
    }

    private boolean hasLeaderWithAll(Watched of) {
        int leader = zooKeeper.leader(of.name);
        BrokerCore core = leader < 0 ? null : cluster.broker(leader).core();
        Partition partition = core == null ? null : of.replica(leader).find(core);
        LeaderRole role = partition == null ? null : partition.leader();
        return role != null
                && role.leaderEpoch() == zooKeeper.leaderEpoch(of.name)
                && (of.lossy || role.log().view().highWatermark() >= of.committed.endOffset())
                && role.log().view().highWatermark() == role.log().view().logEndOffset();
    }

    /** All records of a partition, as its leader has them. */
    public List<StoredRecord> records(TopicPartition name) {
        int leader = zooKeeper.leader(name);
        PartitionLog log = leader < 0 ? null : of(name).replica(leader).log();
        if (log == null) {
            throw new SimulationFailure("a healthy partition has a leader", name.toString(), name.toString(), null);
        }
        return Committed.records(name, log.view());
    }

    /** What there is of the partition that a failure is about, line by line; nothing if it is about none. */
    public List<String> describe(String about) {
        List<String> lines = new ArrayList<>();
        watched.forEach((name, of) -> {
            if (name.toString().equals(about)) {
                lines.add("ZooKeeper: led by " + zooKeeper.leader(name) + " in epoch " + zooKeeper.leaderEpoch(name)
                        + ", ISR " + zooKeeper.isr(name) + ", replicas " + of.assignment + "; committed up to "
                        + of.committed.endOffset());
                of.replicas.forEach(replica -> lines.add(describe(replica)));
            }
        });
        return lines;
    }

    private String describe(Seen replica) {
        SimBroker broker = replica.broker;
        BrokerCore core = broker.core();
        Partition partition = core == null ? null : replica.find(core);
        PartitionLog log = partition == null ? null : partition.role().log();
        if (partition == null) {
            return broker.name() + (core == null ? " is down" : " has no replica");
        }
        return broker.name() + ": "
                + (log == null ? partition.role() + ", no log" : describe(partition.role(), log.view()));
    }

    public ZooKeeperRules zooKeeperRules() {
        return zooKeeper;
    }
}
