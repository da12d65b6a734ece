package io.ottla.controller.state;

import io.ottla.controller.propagation.LiveBroker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The live brokers and all topics, as of this controller's term. Confined to the controller's executor. */
public final class ClusterState {

    private final SortedMap<Integer, LiveBroker> brokers = new TreeMap<>();
    private final SortedMap<String, TopicState> topics = new TreeMap<>();
    private final Map<UUID, String> names = new HashMap<>();

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
