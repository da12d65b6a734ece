package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.Journal;
import io.ottla.protocol.api.TopicPartition;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The committed offsets of all groups of a shard. Confined to the shard's loop; changed by replay only. */
final class OffsetStore {
    private final Journal journal;
    /** No group is here without an offset. */
    private final Map<String, Map<TopicPartition, CommittedOffset>> groups = new HashMap<>();

    OffsetStore(Journal journal) {
        this.journal = journal;
    }

    /** Sets an offset; null removes it. */
    void set(String groupId, TopicPartition partition, @Nullable CommittedOffset offset) {
        CommittedOffset before = assign(groupId, partition, offset);
        journal.onChange(() -> assign(groupId, partition, before));
    }

    private @Nullable CommittedOffset assign(
            String groupId, TopicPartition partition, @Nullable CommittedOffset offset) {
        if (offset != null) {
            return groups.computeIfAbsent(groupId, id -> new HashMap<>()).put(partition, offset);
        }
        Map<TopicPartition, CommittedOffset> offsets = groups.get(groupId);
        if (offsets == null) {
            return null;
        }
        CommittedOffset before = offsets.remove(partition);
        if (offsets.isEmpty()) {
            groups.remove(groupId);
        }
        return before;
    }

    @Nullable
    CommittedOffset get(String groupId, TopicPartition partition) {
        Map<TopicPartition, CommittedOffset> offsets = groups.get(groupId);
        return offsets == null ? null : offsets.get(partition);
    }

    boolean has(String groupId) {
        return groups.containsKey(groupId);
    }

    /** The offsets of a group by topic and partition, ascending; a copy. */
    SortedMap<TopicPartition, CommittedOffset> sorted(String groupId) {
        return new TreeMap<>(groups.getOrDefault(groupId, Map.of()));
    }

    /** The groups that have offsets: a view that must not be kept. */
    Set<String> groupIds() {
        return Collections.unmodifiableSet(groups.keySet());
    }
}
