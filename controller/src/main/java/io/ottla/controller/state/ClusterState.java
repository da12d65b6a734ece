package io.ottla.controller.state;

import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.protocol.api.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The live brokers and all topics, as of this controller's term. Confined to the controller's executor. */
public final class ClusterState {

    private final SortedMap<Integer, LiveBroker> brokers = new TreeMap<>();
    private final SortedMap<String, TopicState> topics = new TreeMap<>();
    private final Map<UUID, String> names = new HashMap<>();
    private final Set<Integer> shuttingDown = new TreeSet<>();
    /** Replicas by broker id that cannot be hosted there, or not be led. */
    private final Map<Integer, Set<TopicPartition>> failedReplicas = new HashMap<>();
    /** Those of {@link #failedReplicas} whose disk has failed, so that nothing can make them lead. */
    private final Map<Integer, Set<TopicPartition>> unusableReplicas = new HashMap<>();

    /** What {@link #onRead} has found and {@link #judgeReturned} has yet to decide. */
    private final List<Return> returns = new ArrayList<>();

    /** Members of a partition's ISR that have registered since its state was written, and those that have not. */
    private record Return(PartitionState partition, Set<Integer> returned, Set<Integer> stayed) {}

    /** Live brokers by id, ascending. */
    public Collection<LiveBroker> brokers() {
        return brokers.values();
    }

    /** Ids of the live brokers, ascending. */
    public Set<Integer> brokerIds() {
        return brokers.keySet();
    }

    /** A live broker, null if there is none of this id. */
    public @Nullable LiveBroker broker(int brokerId) {
        return brokers.get(brokerId);
    }

    /** A broker has come, or has changed what it registers. */
    public void putBroker(LiveBroker broker) {
        brokers.put(broker.id(), broker);
    }

    /** A broker has gone. */
    public void removeBroker(int brokerId) {
        brokers.remove(brokerId);
        shuttingDown.remove(brokerId);
        failedReplicas.remove(brokerId);
        unusableReplicas.remove(brokerId);
    }

    /** A live broker has announced that it will go. */
    public void beginShutdown(int brokerId) {
        shuttingDown.add(brokerId);
    }

    /** Whether a broker has announced that it will go, and has not gone yet. */
    public boolean isShuttingDown(int brokerId) {
        return shuttingDown.contains(brokerId);
    }

    /** Live brokers that will stay, by id, ascending. */
    public List<LiveBroker> availableBrokers() {
        return brokers.values().stream()
                .filter(broker -> !shuttingDown.contains(broker.id()))
                .toList();
    }

    /** Whether a broker is live and will stay. */
    public boolean isAvailable(int brokerId) {
        return brokers.containsKey(brokerId) && !shuttingDown.contains(brokerId);
    }

    /** The disk of a replica has failed, until its broker registers again. */
    public void replicaFailed(int brokerId, TopicPartition partition) {
        failedReplicas.computeIfAbsent(brokerId, id -> new HashSet<>()).add(partition);
    }

    /** The disk of a replica has failed so that nothing can make it lead. */
    public void replicaUnusable(int brokerId, TopicPartition partition) {
        unusableReplicas.computeIfAbsent(brokerId, id -> new HashSet<>()).add(partition);
    }

    /** Whether a replica's broker has said that it does not host it, or does not lead it. */
    public boolean hasFailed(int brokerId, TopicPartition partition) {
        return failedReplicas.getOrDefault(brokerId, Set.of()).contains(partition);
    }

    /** A replica that had failed is hosted after all; says whether it had. */
    public boolean replicaRecovered(int brokerId, TopicPartition partition) {
        unusableReplicas.getOrDefault(brokerId, new HashSet<>()).remove(partition);
        return failedReplicas.getOrDefault(brokerId, new HashSet<>()).remove(partition);
    }

    /** Whether a replica might lead if nothing but being led mattered: its broker will stay, and has not lost the disk. */
    public boolean isLastResort(int brokerId, TopicPartition partition) {
        return isAvailable(brokerId)
                && !unusableReplicas.getOrDefault(brokerId, Set.of()).contains(partition);
    }

    /** Whether a replica's broker is live, shutting down or not, and its disk has not failed. */
    public boolean isServing(int brokerId, TopicPartition partition) {
        return brokers.containsKey(brokerId)
                && !failedReplicas.getOrDefault(brokerId, Set.of()).contains(partition);
    }

    /** Whether a replica may be in sync and lead: its broker serves it and will stay. */
    public boolean isOnline(int brokerId, TopicPartition partition) {
        return isServing(brokerId, partition) && !shuttingDown.contains(brokerId);
    }

    /** Topics by name, those being deleted included. */
    public Collection<TopicState> topics() {
        return topics.values();
    }

    /** Names of all topics, ascending. */
    public Set<String> topicNames() {
        return topics.keySet();
    }

    /** The topic of this name, null if there is none. */
    public @Nullable TopicState topic(String name) {
        return topics.get(name);
    }

    /** The topic of this id, null if there is none. */
    public @Nullable TopicState topic(UUID id) {
        String name = names.get(id);
        return name == null ? null : topics.get(name);
    }

    /** A topic exists in ZooKeeper. */
    public TopicState addTopic(String name, UUID id) {
        TopicState added = new TopicState(name, id);
        topics.put(name, added);
        names.put(id, name);
        return added;
    }

    /** A topic is gone from ZooKeeper. */
    public void removeTopic(String name) {
        TopicState removed = topics.remove(name);
        if (removed != null) {
            names.remove(removed.id());
        }
    }

    /** A partition was read whose state was last written by this transaction. */
    void onRead(PartitionState partition, long stateZxid) {
        PartitionStateNode state = partition.state();
        if (state == null) {
            return;
        }
        Set<Integer> returned = new HashSet<>();
        Set<Integer> stayed = new HashSet<>();
        for (int member : state.isr()) {
            LiveBroker broker = brokers.get(member);
            if (broker != null) {
                (broker.epoch() > stateZxid ? returned : stayed).add(member);
            }
        }
        if (!stayed.isEmpty() && !returned.isEmpty()) {
            returns.add(new Return(partition, returned, stayed));
        }
    }

    /** Whether it matters for a partition who of the registered brokers is alive, before anybody is made to lead it. */
    public boolean hasReturned() {
        return !returns.isEmpty();
    }

    /**
     * Members of an ISR that have registered since it was written are not trusted if there is one that was there all the time: a
     * broker that was killed while nobody was controller may have come back with an empty disk (KIP-903). Where all have died,
     * whoever is back first is as good as the others.
     *
     * @param dead brokers whose registrations only wait for the end of their sessions
     */
    public void judgeReturned(Set<Integer> dead) {
        for (Return each : returns) {
            if (!dead.containsAll(each.stayed)) {
                each.partition.onAway(each.returned);
            }
        }
        returns.clear();
    }

    /** Whether the leader of a partition serves it, and has done so since it was elected. */
    public boolean isLed(PartitionState partition) {
        return isServing(partition.leader(), partition.id()) && !partition.isReturned(partition.leader());
    }

    /** Partitions of all topics that are not being deleted, in order. */
    public List<PartitionState> partitions() {
        List<PartitionState> all = new ArrayList<>();
        for (TopicState topic : topics.values()) {
            if (!topic.isDeleting()) {
                all.addAll(topic.partitions());
            }
        }
        return all;
    }

    /** Those of {@link #partitions()} that have a replica on this broker. */
    public List<PartitionState> partitionsOn(int brokerId) {
        List<PartitionState> hosted = partitions();
        hosted.removeIf(partition -> !partition.assignment().replicas().contains(brokerId));
        return hosted;
    }
}
