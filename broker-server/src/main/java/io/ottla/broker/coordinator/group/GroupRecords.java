package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.CoordinatorRecord;
import io.ottla.broker.coordinator.runtime.RecordFormat;
import io.ottla.broker.coordinator.runtime.RecordType;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.message.GroupMetadataKey;
import io.ottla.protocol.message.GroupMetadataValue;
import io.ottla.protocol.message.GroupMetadataValue.MemberMetadata;
import io.ottla.protocol.message.OffsetCommitKey;
import io.ottla.protocol.message.OffsetCommitValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The records of {@code __consumer_offsets}, at the versions that Apache Kafka 3.9 writes. */
final class GroupRecords {
    /** What brokers before 0.9 wrote; read like {@link #OFFSET_COMMIT}. */
    static final short LEGACY_OFFSET_COMMIT = 0;

    static final short OFFSET_COMMIT = 1;
    static final short GROUP_METADATA = 2;

    static final RecordFormat FORMAT = new RecordFormat(List.of(
            new RecordType(LEGACY_OFFSET_COMMIT, OffsetCommitKey::new, OffsetCommitValue::new),
            new RecordType(OFFSET_COMMIT, OffsetCommitKey::new, OffsetCommitValue::new),
            new RecordType(GROUP_METADATA, GroupMetadataKey::new, GroupMetadataValue::new)));

    private static final short OFFSET_COMMIT_VALUE_VERSION = 3;
    /** The only version with an expiry. */
    private static final short OFFSET_COMMIT_VALUE_WITH_EXPIRY_VERSION = 1;

    private static final short GROUP_METADATA_VALUE_VERSION = 3;

    private GroupRecords() {}

    static CoordinatorRecord offsetCommit(String groupId, TopicPartition partition, CommittedOffset committed) {
        OffsetCommitValue value = new OffsetCommitValue()
                .setOffset(committed.offset())
                .setLeaderEpoch(committed.leaderEpoch())
                .setMetadata(committed.metadata())
                .setCommitTimestamp(committed.commitTimestampMs())
                .setExpireTimestamp(committed.expireTimestampMs());
        short version = committed.hasExpiry() ? OFFSET_COMMIT_VALUE_WITH_EXPIRY_VERSION : OFFSET_COMMIT_VALUE_VERSION;
        return CoordinatorRecord.of(OFFSET_COMMIT, offsetKey(groupId, partition), version, value);
    }

    static CoordinatorRecord offsetTombstone(String groupId, TopicPartition partition) {
        return CoordinatorRecord.tombstone(OFFSET_COMMIT, offsetKey(groupId, partition));
    }

    private static OffsetCommitKey offsetKey(String groupId, TopicPartition partition) {
        return new OffsetCommitKey()
                .setGroup(groupId)
                .setTopic(partition.topic())
                .setPartition(partition.partition());
    }

    /** The current generation of {@code group} with assignments by member id; a member without one gets an empty one. */
    static CoordinatorRecord groupMetadata(ClassicGroup group, Map<String, byte[]> assignments) {
        List<MemberMetadata> members = new ArrayList<>(group.size());
        for (ClassicMember member : group.members()) {
            members.add(new MemberMetadata()
                    .setMemberId(member.id())
                    .setGroupInstanceId(member.instanceId())
                    .setClientId(member.client().clientId())
                    .setClientHost(member.client().clientHost())
                    .setRebalanceTimeout(member.timeouts().rebalanceMs())
                    .setSessionTimeout(member.timeouts().sessionMs())
                    .setSubscription(member.metadata(group.protocolName()))
                    .setAssignment(assignments.getOrDefault(member.id(), ClassicMember.NO_BYTES)));
        }
        String protocolType = group.protocolType();
        GroupMetadataValue value = new GroupMetadataValue()
                .setProtocolType(protocolType == null ? "" : protocolType)
                .setGeneration(group.generation())
                .setProtocol(group.protocolName())
                .setLeader(group.leaderId())
                .setCurrentStateTimestamp(group.stateTimestampMs())
                .setMembers(members);
        return CoordinatorRecord.of(GROUP_METADATA, groupKey(group.id()), GROUP_METADATA_VALUE_VERSION, value);
    }

    static CoordinatorRecord groupTombstone(String groupId) {
        return CoordinatorRecord.tombstone(GROUP_METADATA, groupKey(groupId));
    }

    private static GroupMetadataKey groupKey(String groupId) {
        return new GroupMetadataKey().setGroup(groupId);
    }
}
