package io.ottla.check;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** What all clients of a load saw. */
public final class History {
    private final Map<String, ProducerHistory> producers = new ConcurrentSkipListMap<>();
    private final Map<String, CommitHistory> commits = new ConcurrentSkipListMap<>();
    private final Map<String, DeliveryHistory> deliveries = new ConcurrentSkipListMap<>();

    /** The history of the producer of this name, which must have no colon. */
    public ProducerHistory producer(String name) {
        return producers.computeIfAbsent(name, ProducerHistory::new);
    }

    /** Offsets committed by this group. */
    public CommitHistory commits(String group) {
        return commits.computeIfAbsent(group, CommitHistory::new);
    }

    /** Records given to this group. */
    public DeliveryHistory deliveries(String group) {
        return deliveries.computeIfAbsent(group, DeliveryHistory::new);
    }

    /** All producers so far, by name. */
    public List<ProducerHistory> producers() {
        return List.copyOf(producers.values());
    }

    List<CommitHistory> commits() {
        return List.copyOf(commits.values());
    }

    List<DeliveryHistory> deliveries() {
        return List.copyOf(deliveries.values());
    }
}
