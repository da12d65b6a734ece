package io.ottla.broker.coordinator.group;

import io.ottla.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Assignments by member id. */
final class Assignments {
    private Assignments() {}

    /** Those that the members of a stable group have. */
    static Map<String, byte[]> current(ClassicGroup group) {
        Map<String, byte[]> assignments = new HashMap<>();
        group.members().forEach(member -> assignments.put(member.id(), member.assignment()));
        return assignments;
    }

    /** Those that a leader sends. */
    static Map<String, byte[]> of(List<SyncGroupRequestAssignment> sent) {
        Map<String, byte[]> assignments = new HashMap<>();
        sent.forEach(assignment -> assignments.put(assignment.memberId(), assignment.assignment()));
        return assignments;
    }
}
