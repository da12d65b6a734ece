package io.ottla.storage.store;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.storage.log.PartitionLog;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The logs of a {@link LogStore} by partition, one each. Any thread. */
final class StoredLogs {
    private final ConcurrentMap<TopicPartition, StoredLog> byPartition = new ConcurrentHashMap<>();

    @Nullable
    StoredLog get(TopicPartition partition) {
        return byPartition.get(partition);
    }

    /** The log of a partition, once it is loaded; empty if there is none. */
    Optional<CompletionStage<PartitionLog>> log(TopicPartition partition) {
        return Optional.ofNullable(get(partition)).map(StoredLog::log);
    }

    /** Adds a log unless the partition has one, which is returned then. */
    @Nullable
    StoredLog addUnlessPresent(TopicPartition partition, StoredLog log) {
        StoredLog present = byPartition.putIfAbsent(partition, log);
        if (present == null) {
            log.directory().logCount().incrementAndGet();
        }
        return present;
    }

    /** Puts a log in the place of another one; false if that is not there. */
    boolean replace(TopicPartition partition, StoredLog before, StoredLog after) {
        boolean replaced = byPartition.replace(partition, before, after);
        if (replaced) {
            before.directory().logCount().decrementAndGet();
            after.directory().logCount().incrementAndGet();
        }
        return replaced;
    }

    /** Takes a log away; false if it is not there. */
    boolean remove(TopicPartition partition, StoredLog log) {
        boolean removed = byPartition.remove(partition, log);
        if (removed) {
            log.directory().logCount().decrementAndGet();
        }
        return removed;
    }

    /** The partitions that have a log, loaded or not; sorted. */
    Set<TopicPartition> partitions() {
        return new TreeSet<>(byPartition.keySet());
    }

    /** The logs that are loaded, sorted by partition. */
    List<PartitionLog> loaded() {
        Map<TopicPartition, PartitionLog> sorted = new TreeMap<>();
        byPartition.forEach((partition, stored) -> {
            PartitionLog log = stored.loaded();
            if (log != null) {
                sorted.put(partition, log);
            }
        });
        return List.copyOf(sorted.values());
    }

    /** How many logs are still to be loaded. */
    int loadingCount() {
        return (int) byPartition.values().stream()
                .filter(stored -> !stored.log().isDone())
                .count();
    }

    void forEach(BiConsumer<TopicPartition, StoredLog> action) {
        byPartition.forEach(action);
    }
}
