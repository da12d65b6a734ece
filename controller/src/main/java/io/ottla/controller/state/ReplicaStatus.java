package io.ottla.controller.state;

import java.util.EnumSet;
import java.util.Set;

/** Where one replica of a partition stands with the controller. */
public enum ReplicaStatus {
    /** Not assigned, or gone from disk. */
    NON_EXISTENT,
    /** Assigned, its broker not told yet. */
    NEW,
    /** Its broker is live and has been told. */
    ONLINE,
    /** Its broker, or the log directory it lies in, is not available. */
    OFFLINE,
    /** Its broker has been told to delete it. */
    DELETION_STARTED,
    /** Its broker has deleted it. */
    DELETION_SUCCESSFUL,
    /** It cannot be deleted for now. */
    DELETION_INELIGIBLE;

    private Set<ReplicaStatus> nexts() {
        return switch (this) {
            case NON_EXISTENT -> EnumSet.of(NEW);
            case NEW -> EnumSet.of(ONLINE, OFFLINE);
            case ONLINE -> EnumSet.of(ONLINE, OFFLINE);
            case OFFLINE -> EnumSet.of(ONLINE, OFFLINE, DELETION_STARTED, DELETION_INELIGIBLE);
            case DELETION_STARTED -> EnumSet.of(DELETION_SUCCESSFUL, DELETION_INELIGIBLE);
            case DELETION_SUCCESSFUL -> EnumSet.of(NON_EXISTENT);
            case DELETION_INELIGIBLE -> EnumSet.of(OFFLINE, ONLINE);
        };
    }

    /** Whether a replica of this status may take that one. */
    public boolean mayBecome(ReplicaStatus next) {
        return nexts().contains(next);
    }
}
