package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.Journal;
import io.ottla.protocol.api.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Offsets that transactions have committed, until their ends decide. Confined to the shard's loop; changed by replay only.
 *
 * <p>What a group has committed last for a partition wins, whichever transaction ends last: an offset that is set while
 * older ones wait, by whatever means, takes their place for good.
 */
final class PendingOffsets {
    private final Journal journal;
    /** By producer id, then by group and partition; nothing is here that is empty. */
    private final Map<Long, Map<Key, Pending>> producers = new HashMap<>();
    /** How many offsets wait, by group and partition. */
    private final Map<String, Map<TopicPartition, Integer>> counts = new HashMap<>();

    private long lastOrder;

    record Key(String groupId, TopicPartition partition) {}

    /** @param order in which the offsets came */
    private record Pending(CommittedOffset offset, long order) {}

    PendingOffsets(Journal journal) {
        this.journal = journal;
    }

    void add(long producerId, String groupId, TopicPartition partition, CommittedOffset offset) {
        lastOrder++;
        set(producerId, new Key(groupId, partition), new Pending(offset, lastOrder));
    }

    /** Something newer has been committed for the partition, or its offset has been deleted: what waits is void. */
    void supersede(String groupId, TopicPartition partition) {
        if (has(groupId, partition)) {
            supersede(new Key(groupId, partition), Long.MAX_VALUE);
        }
    }

    private void supersede(Key key, long before) {
        for (Map.Entry<Long, Map<Key, Pending>> producer : List.copyOf(producers.entrySet())) {
            Pending pending = producer.getValue().get(key);
            if (pending != null && pending.order < before) {
                set(producer.getKey(), key, null);
            }
        }
    }

    /**
     * Takes out what waits for the end of a producer's transaction, and what it makes void.
     *
     * @param commits whether it has committed
     * @return what is committed by it
     */
    Map<Key, CommittedOffset> end(long producerId, boolean commits) {
        Map<Key, Pending> ended = producers.get(producerId);
        if (ended == null) {
            return Map.of();
        }
        Map<Key, CommittedOffset> committed = new HashMap<>();
        for (Map.Entry<Key, Pending> entry : List.copyOf(ended.entrySet())) {
            set(producerId, entry.getKey(), null);
            if (commits) {
                committed.put(entry.getKey(), entry.getValue().offset());
                supersede(entry.getKey(), entry.getValue().order());
            }
        }
        return committed;
    }

    private void set(long producerId, Key key, @Nullable Pending pending) {
        Pending before = assign(producerId, key, pending);
        journal.onChange(() -> assign(producerId, key, before));
    }

    private @Nullable Pending assign(long producerId, Key key, @Nullable Pending pending) {
        Map<Key, Pending> own = producers.computeIfAbsent(producerId, id -> new HashMap<>());
        Pending before = pending == null ? own.remove(key) : own.put(key, pending);
        if (own.isEmpty()) {
            producers.remove(producerId);
        }
        count(key, (pending == null ? 0 : 1) - (before == null ? 0 : 1));
        return before;
    }

    private void count(Key key, int change) {
        Map<TopicPartition, Integer> ofGroup = counts.computeIfAbsent(key.groupId, id -> new HashMap<>());
        int count = ofGroup.getOrDefault(key.partition, 0) + change;
        if (count > 0) {
            ofGroup.put(key.partition, count);
        } else {
            ofGroup.remove(key.partition);
        }
        if (ofGroup.isEmpty()) {
            counts.remove(key.groupId);
        }
    }

    /** Whether a transaction may yet change the group's offset of the partition. */
    boolean has(String groupId, TopicPartition partition) {
        return counts.getOrDefault(groupId, Map.of()).containsKey(partition);
    }

    boolean has(String groupId) {
        return counts.containsKey(groupId);
    }

    /** The partitions of a group for which something waits, ascending; a copy. */
    List<TopicPartition> partitions(String groupId) {
        return new ArrayList<>(new TreeMap<>(counts.getOrDefault(groupId, Map.of())).keySet());
    }

    /** The groups for which something waits, ascending; a copy. */
    Set<String> groupIds() {
        return new TreeSet<>(counts.keySet());
    }
}
