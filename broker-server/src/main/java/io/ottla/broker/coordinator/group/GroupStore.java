package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.group.ClassicMember.MemberClient;
import io.ottla.broker.coordinator.group.ClassicMember.MemberTimeouts;
import io.ottla.broker.coordinator.runtime.CoordinatorRecord;
import io.ottla.broker.coordinator.runtime.JournaledMap;
import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.broker.coordinator.runtime.TransactionEnd;
import io.ottla.broker.coordinator.runtime.TransactionalRecord;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.message.GroupMetadataKey;
import io.ottla.protocol.message.GroupMetadataValue;
import io.ottla.protocol.message.GroupMetadataValue.MemberMetadata;
import io.ottla.protocol.message.OffsetCommitKey;
import io.ottla.protocol.message.OffsetCommitValue;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All groups of a shard: what the log says of them, and the live groups made of it. Confined to the shard's loop.
 *
 * <p>A live group exists for every group that has an offset or a written generation, and for those that only have members
 * or offsets on their way.
 */
final class GroupStore {
    private final ShardContext context;
    private final OffsetStore offsets;
    private final PendingOffsets pending;
    /** The last written generation of each group. */
    private final JournaledMap<String, GroupMetadataValue> written;

    private final Map<String, ClassicGroup> live = new HashMap<>();

    GroupStore(ShardContext context) {
        this.context = context;
        this.offsets = new OffsetStore(context.journal());
        this.pending = new PendingOffsets(context.journal());
        this.written = new JournaledMap<>(context.journal());
    }

    OffsetStore offsets() {
        return offsets;
    }

    /** Offsets of transactions that have not ended. */
    PendingOffsets pending() {
        return pending;
    }

    void replay(CoordinatorRecord record) {
        if (record.key() instanceof OffsetCommitKey key) {
            TopicPartition partition = new TopicPartition(key.topic(), key.partition());
            OffsetCommitValue value = (OffsetCommitValue) record.value();
            offsets.set(key.group(), partition, value == null ? null : CommittedOffset.of(value));
            pending.supersede(key.group(), partition);
        } else if (record.key() instanceof GroupMetadataKey key) {
            written.set(key.group(), (GroupMetadataValue) record.value());
        } else {
            throw new IllegalArgumentException("record of type " + record.type() + " is none of this topic");
        }
    }

    void replay(TransactionalRecord transactional) {
        CoordinatorRecord record = transactional.record();
        if (record.key() instanceof OffsetCommitKey key && record.value() instanceof OffsetCommitValue value) {
            TopicPartition partition = new TopicPartition(key.topic(), key.partition());
            pending.add(transactional.producerId(), key.group(), partition, CommittedOffset.of(value));
        } else {
            throw new IllegalArgumentException("record of type " + record.type() + " in a transaction is no offset");
        }
    }

    void replay(TransactionEnd end) {
        boolean commits = end.outcome() == Outcome.COMMIT;
        pending.end(end.producerId(), commits)
                .forEach((key, offset) -> offsets.set(key.groupId(), key.partition(), offset));
    }

    /** Whether the log has a generation of this group, which takes a tombstone to delete. */
    boolean isWritten(String groupId) {
        return written.get(groupId) != null;
    }

    /** What the log says of all groups, ascending by id; a copy. */
    Map<String, GroupMetadataValue> writtenGroups() {
        return new TreeMap<>(written.view());
    }

    /** All that the log says, in words. */
    SortedMap<String, String> image() {
        SortedMap<String, String> image = new TreeMap<>();
        written.view().forEach((groupId, generation) -> image.put("group " + groupId, generation.toString()));
        for (String groupId : offsets.groupIds()) {
            image.put("offsets of " + groupId, offsets.sorted(groupId).toString());
        }
        for (String groupId : pending.groupIds()) {
            image.put("pending of " + groupId, pending.partitions(groupId).toString());
        }
        return image;
    }

    /** The live group of this id. */
    @Nullable
    ClassicGroup find(String groupId) {
        ClassicGroup group = live.get(groupId);
        if (group == null && (isWritten(groupId) || offsets.has(groupId) || pending.has(groupId))) {
            // Its removal was taken back.
            return restore(groupId);
        }
        return group;
    }

    ClassicGroup findOrCreate(String groupId) {
        ClassicGroup group = find(groupId);
        if (group == null) {
            group = new ClassicGroup(groupId, context.nowMs());
            live.put(groupId, group);
        }
        return group;
    }

    /** Ids of the live groups, ascending. */
    List<String> ids() {
        return new ArrayList<>(new TreeSet<>(live.keySet()));
    }

    /** Takes a group out of the live ones. */
    void bury(ClassicGroup group) {
        group.become(GroupState.DEAD, context.nowMs());
        live.remove(group.id(), group);
    }

    /** Makes live groups of all that the log speaks of and that have none; answers with them. */
    List<ClassicGroup> restoreMissing() {
        TreeSet<String> ids = new TreeSet<>(written.view().keySet());
        ids.addAll(offsets.groupIds());
        ids.addAll(pending.groupIds());
        ids.removeAll(live.keySet());
        List<ClassicGroup> groups = new ArrayList<>(ids.size());
        ids.forEach(id -> groups.add(restore(id)));
        return groups;
    }

    private ClassicGroup restore(String groupId) {
        ClassicGroup group = new ClassicGroup(groupId, context.nowMs());
        GroupMetadataValue value = written.get(groupId);
        if (value != null) {
            String protocolType = value.protocolType().isEmpty() ? null : value.protocolType();
            for (MemberMetadata member : value.members()) {
                group.restoreMember(restoreMember(member, protocolType, value.protocol()));
            }
            group.restoreLeader(value.leader());
            group.restore(value.generation(), protocolType, value.protocol(), value.currentStateTimestamp());
        }
        live.put(groupId, group);
        return group;
    }

    private static ClassicMember restoreMember(
            MemberMetadata member, @Nullable String protocolType, @Nullable String protocolName) {
        // Records before version 1 have no rebalance timeout.
        int rebalanceMs = member.rebalanceTimeout() < 0 ? member.sessionTimeout() : member.rebalanceTimeout();
        ClassicMember restored = new ClassicMember(
                member.memberId(),
                member.groupInstanceId(),
                new MemberClient(member.clientId(), member.clientHost()),
                protocolType == null ? "" : protocolType,
                List.of(new MemberProtocol(protocolName == null ? "" : protocolName, member.subscription())),
                new MemberTimeouts(rebalanceMs, member.sessionTimeout()));
        restored.setAssignment(member.assignment());
        return restored;
    }
}
