package io.ottla.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Offsets that one group has committed and found again. Members are many: locked. */
public final class CommitHistory {
    private final String group;
    private final Map<Integer, Long> floors = new HashMap<>();
    private final Map<Integer, Long> ceilings = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    CommitHistory(String group) {
        this.group = group;
    }

    /** A commit is about to be sent. */
    public synchronized void attempted(int partition, long offset) {
        ceilings.merge(partition, offset, Math::max);
    }

    /** The commit was acknowledged. */
    public synchronized void acknowledged(int partition, long offset) {
        floors.merge(partition, offset, Math::max);
    }

    /** The highest offset whose commit was acknowledged so far, 0 if none: to be asked before a fetch. */
    public synchronized long floor(int partition) {
        return floors.getOrDefault(partition, 0L);
    }

    /**
     * Committed offsets have been fetched.
     *
     * @param floorBefore {@link #floor} as it was before the request was sent
     * @param offset what was found; 0 if there was nothing
     */
    public synchronized void found(int partition, long floorBefore, long offset) {
        long ceiling = ceilings.getOrDefault(partition, 0L);
        if (offset < floorBefore || offset > ceiling) {
            violations.add(new Violation(
                    Rule.COMMITS_STAND,
                    "group %s has found offset %d of partition %d after a commit of %d; the highest sent was %d"
                            .formatted(group, offset, partition, floorBefore, ceiling)));
        }
    }

    synchronized List<Violation> violations() {
        return List.copyOf(violations);
    }
}
