package io.ottla.controller.state;

import java.util.EnumSet;
import java.util.Set;

/** Where a partition stands with the controller. */
public enum PartitionStatus {
    /** Never created, or deleted. */
    NON_EXISTENT,
    /** Assigned, but without a state in ZooKeeper: nobody has ever led it. */
    NEW,
    /** Led by a live broker. */
    ONLINE,
    /** Has been led; its leader is gone and no successor could be chosen yet. */
    OFFLINE;

    private Set<PartitionStatus> nexts() {
        return switch (this) {
            case NON_EXISTENT -> EnumSet.of(NEW);
            case NEW -> EnumSet.of(ONLINE, OFFLINE, NON_EXISTENT);
            case ONLINE -> EnumSet.of(ONLINE, OFFLINE);
            case OFFLINE -> EnumSet.of(ONLINE, OFFLINE, NON_EXISTENT);
        };
    }

    /** Whether a partition of this status may take that one. */
    public boolean mayBecome(PartitionStatus next) {
        return nexts().contains(next);
    }
}
