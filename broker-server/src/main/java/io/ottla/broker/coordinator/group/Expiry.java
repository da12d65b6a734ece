package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes offsets that nobody needs any more, and groups without offsets and members (KIP-211). Confined to the shard's
 * loop. It starts when the shard is loaded, never before: a half-loaded group looks abandoned (KAFKA-8069).
 *
 * <p>An offset with an expiry of its own expires then. Any other expires after the retention, which counts from
 *
 * <ul>
 *   <li>the time the group became empty, in a group that had members;
 *   <li>the commit, in a group that never had any, and for topics that a stable consumer group does not subscribe to.
 * </ul>
 *
 * <p>Nothing expires of which a transaction may yet commit a newer offset.
 */
final class Expiry {
    private static final Logger log = LoggerFactory.getLogger(Expiry.class);

    private final ShardContext context;
    private final GroupStore groups;
    private final GroupSettings settings;

    Expiry(ShardContext context, GroupStore groups, GroupSettings settings) {
        this.context = context;
        this.groups = groups;
        this.settings = settings;
    }

    void start() {
        context.schedule(settings.offsets().retentionCheckIntervalMs(), () -> {
            try {
                run();
            } finally {
                start();
            }
        });
    }

    private void run() {
        RecordChunks tombstones = new RecordChunks(settings.shards().maxBatchBytes());
        for (String groupId : groups.ids()) {
            ClassicGroup group = groups.find(groupId);
            if (group != null) {
                expire(group, tombstones);
            }
        }
        tombstones.appendAll(context, error -> {
            if (error != ErrorCode.NONE) {
                log.warn("expired offsets of partition {} could not be removed yet: {}", context.partition(), error);
                groups.restoreMissing();
            }
        });
    }

    private void expire(ClassicGroup group, RecordChunks tombstones) {
        SortedMap<TopicPartition, CommittedOffset> offsets = groups.offsets().sorted(group.id());
        int left = offsets.size();
        for (Map.Entry<TopicPartition, CommittedOffset> entry : offsets.entrySet()) {
            if (!groups.pending().has(group.id(), entry.getKey())
                    && isExpired(group, entry.getKey().topic(), entry.getValue())) {
                tombstones.offsetTombstone(group.id(), entry.getKey());
                left--;
            }
        }
        if (left < offsets.size()) {
            log.info("group {}: {} of {} offsets expired", group.id(), offsets.size() - left, offsets.size());
        }
        if (left == 0
                && group.is(GroupState.EMPTY)
                && group.pending().isEmpty()
                && !groups.pending().has(group.id())) {
            if (groups.isWritten(group.id())) {
                tombstones.groupTombstone(group.id());
            }
            groups.bury(group);
        }
    }

    private boolean isExpired(ClassicGroup group, String topic, CommittedOffset offset) {
        Long baseMs = baseTimestampMs(group, topic, offset);
        if (baseMs == null) {
            return false;
        }
        long nowMs = context.nowMs();
        return offset.hasExpiry()
                ? nowMs >= offset.expireTimestampMs()
                : nowMs - baseMs >= settings.offsets().retentionMs();
    }

    /** When the retention of an offset begins; null if it has not begun. */
    private static @Nullable Long baseTimestampMs(ClassicGroup group, String topic, CommittedOffset offset) {
        if (group.protocolType() == null) {
            return offset.commitTimestampMs();
        }
        if (group.is(GroupState.EMPTY)) {
            return group.stateTimestampMs() == ClassicGroup.NO_TIMESTAMP
                    ? offset.commitTimestampMs()
                    : group.stateTimestampMs();
        }
        Set<String> subscribed = group.subscribedTopics();
        boolean unused = group.is(GroupState.STABLE)
                && group.isConsumerGroup()
                && subscribed != null
                && !subscribed.contains(topic);
        return unused ? offset.commitTimestampMs() : null;
    }
}
