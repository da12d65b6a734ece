package io.ottla.broker.coordinator.runtime;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map whose changes are undone if the records that caused them are not committed. Confined to the shard's loop. Its
 * order means nothing; whoever shows it sorts it.
 */
public final class JournaledMap<K, V> {
    private final Journal journal;
    private final Map<K, V> entries = new HashMap<>();

    public JournaledMap(Journal journal) {
        this.journal = journal;
    }

    public @Nullable V get(K key) {
        return entries.get(key);
    }

    /** Sets the value of {@code key}; null removes it. */
    public void set(K key, @Nullable V value) {
        V before = assign(key, value);
        journal.onChange(() -> assign(key, before));
    }

    private @Nullable V assign(K key, @Nullable V value) {
        return value == null ? entries.remove(key) : entries.put(key, value);
    }

    public int size() {
        return entries.size();
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** A view that cannot be changed and must not be kept. */
    public Map<K, V> view() {
        return Collections.unmodifiableMap(entries);
    }
}
