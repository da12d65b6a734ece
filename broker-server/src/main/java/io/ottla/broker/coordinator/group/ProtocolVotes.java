package io.ottla.broker.coordinator.group;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which protocols the members of a group have in common, and which they like best. Confined to the shard's loop. */
final class ProtocolVotes {
    /** For each protocol, how many members support it. */
    private final Map<String, Integer> supporters = new HashMap<>();

    void add(ClassicMember member) {
        count(member, 1);
    }

    void remove(ClassicMember member) {
        count(member, -1);
    }

    private void count(ClassicMember member, int change) {
        member.protocols().stream().map(MemberProtocol::name).distinct().forEach(name -> {
            int count = supporters.merge(name, change, Integer::sum);
            if (count == 0) {
                supporters.remove(name);
            }
        });
    }

    /** Whether any of the protocols is supported by all of so many members. */
    boolean anyCommon(List<MemberProtocol> protocols, int memberCount) {
        return protocols.stream().anyMatch(protocol -> isCommon(protocol, memberCount));
    }

    private boolean isCommon(MemberProtocol protocol, int memberCount) {
        return supporters.getOrDefault(protocol.name(), 0) == memberCount;
    }

    /**
     * The protocol that most members like best among those that all support; at a tie the one voted for first. Null if they
     * have none in common.
     *
     * @param members those that were added, in the order in which they vote
     */
    @Nullable
    String favourite(Collection<ClassicMember> members) {
        Map<String, Integer> votes = new LinkedHashMap<>();
        for (ClassicMember member : members) {
            member.protocols().stream()
                    .filter(protocol -> isCommon(protocol, members.size()))
                    .findFirst()
                    .ifPresent(protocol -> votes.merge(protocol.name(), 1, Integer::sum));
        }
        String favourite = null;
        int most = 0;
        for (Map.Entry<String, Integer> entry : votes.entrySet()) {
            if (entry.getValue() > most) {
                favourite = entry.getKey();
                most = entry.getValue();
            }
        }
        return favourite;
    }
}
