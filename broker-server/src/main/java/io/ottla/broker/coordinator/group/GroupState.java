package io.ottla.broker.coordinator.group;

import java.util.EnumSet;
import java.util.Set;

/** The states of a classic group. */
enum GroupState {
    /** No members; offsets may remain. */
    EMPTY("Empty"),
    /** Members are asked to join; those who do wait for the others. */
    PREPARING_REBALANCE("PreparingRebalance"),
    /** The members of the next generation are known; their assignment is awaited from the leader. */
    COMPLETING_REBALANCE("CompletingRebalance"),
    /** Every member can have its assignment. */
    STABLE("Stable"),
    /** Removed from its shard. */
    DEAD("Dead");

    private final String wireName;

    GroupState(String wireName) {
        this.wireName = wireName;
    }

    /** The name that DescribeGroups and ListGroups show. */
    String wireName() {
        return wireName;
    }

    /** The states that may come before this one. */
    Set<GroupState> validPrevious() {
        return switch (this) {
            case EMPTY, COMPLETING_REBALANCE -> EnumSet.of(PREPARING_REBALANCE);
            case PREPARING_REBALANCE -> EnumSet.of(EMPTY, COMPLETING_REBALANCE, STABLE);
            case STABLE -> EnumSet.of(COMPLETING_REBALANCE);
            case DEAD -> EnumSet.allOf(GroupState.class);
        };
    }
}
