package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.CoordinatorRecord;
import io.ottla.broker.coordinator.runtime.CoordinatorShard;
import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.broker.coordinator.runtime.TransactionEnd;
import io.ottla.broker.coordinator.runtime.TransactionalRecord;
import io.ottla.protocol.error.ErrorCode;
import java.util.SortedMap;
import java.util.function.Supplier;

/** The groups of one partition of {@code __consumer_offsets}. Confined to that partition's home loop. */
final class GroupShard implements CoordinatorShard {
    private final GroupStore groups;
    private final GroupSettings settings;
    private final Rebalances rebalances;
    private final JoinCommands joins;
    private final MembershipCommands membership;
    private final OffsetCommands offsets;
    private final OffsetQueries offsetQueries;
    private final AdminCommands admin;
    private final Expiry expiry;

    /** @param memberIdSuffixes what makes the ids of new members unique */
    GroupShard(ShardContext context, GroupSettings settings, Supplier<String> memberIdSuffixes) {
        this.settings = settings;
        this.groups = new GroupStore(context);
        this.rebalances = new Rebalances(context, settings.membership());
        this.joins = new JoinCommands(context, groups, settings.membership(), rebalances, memberIdSuffixes);
        this.membership = new MembershipCommands(groups, rebalances);
        this.offsets = new OffsetCommands(context, groups, settings, rebalances.sessions());
        this.offsetQueries = new OffsetQueries(groups);
        this.admin = new AdminCommands(context, groups, settings);
        this.expiry = new Expiry(context, groups, settings);
    }

    JoinCommands joins() {
        return joins;
    }

    MembershipCommands membership() {
        return membership;
    }

    OffsetCommands offsets() {
        return offsets;
    }

    OffsetQueries offsetQueries() {
        return offsetQueries;
    }

    AdminCommands admin() {
        return admin;
    }

    GroupStore groups() {
        return groups;
    }

    @Override
    public void replay(CoordinatorRecord record) {
        groups.replay(record);
    }

    @Override
    public void replay(TransactionalRecord record) {
        groups.replay(record);
    }

    @Override
    public void replay(TransactionEnd end) {
        groups.replay(end);
    }

    @Override
    public SortedMap<String, String> image() {
        return groups.image();
    }

    @Override
    public void onLoaded() {
        for (ClassicGroup group : groups.restoreMissing()) {
            for (ClassicMember member : group.members()) {
                rebalances.sessions().extend(group, member);
            }
            if (group.size() > settings.membership().maxSize()) {
                rebalances.prepare(group, group.size() + " members exceed group.max.size");
            }
        }
        expiry.start();
    }

    @Override
    public void onUnloaded() {
        for (String groupId : groups.ids()) {
            ClassicGroup group = groups.find(groupId);
            if (group == null) {
                continue;
            }
            for (ClassicMember member : group.memberList()) {
                group.answerJoin(member, GroupResponses.joinError(member.id(), ErrorCode.NOT_COORDINATOR));
                group.answerSync(member, GroupResponses.syncError(ErrorCode.NOT_COORDINATOR));
            }
        }
    }
}
