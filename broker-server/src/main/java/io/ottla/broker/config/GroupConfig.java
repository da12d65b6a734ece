package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofList;
import static io.ottla.broker.config.ConfigKey.ofLong;
import static io.ottla.broker.config.ConfigKey.ofShort;

import java.util.List;

/** Classic consumer groups and the topic that keeps their offsets. Immutable. */
public final class GroupConfig {
    static final ConfigKey<Integer> GROUP_MIN_SESSION_TIMEOUT_MS =
            ofInt("group.min.session.timeout.ms", 6000).implemented("Smallest session timeout a member may ask for.");
    static final ConfigKey<Integer> GROUP_MAX_SESSION_TIMEOUT_MS =
            ofInt("group.max.session.timeout.ms", 1800000).implemented("Largest session timeout a member may ask for.");
    static final ConfigKey<Integer> GROUP_INITIAL_REBALANCE_DELAY_MS = ofInt("group.initial.rebalance.delay.ms", 3000)
            .implemented("How long the first rebalance of an empty group waits for more members.");
    static final ConfigKey<Integer> GROUP_MAX_SIZE =
            ofInt("group.max.size", Integer.MAX_VALUE).atLeast(1).implemented("Most members of a group.");
    static final ConfigKey<Integer> OFFSET_METADATA_MAX_BYTES =
            ofInt("offset.metadata.max.bytes", 4096).high().implemented("Largest metadata text of a committed offset.");
    static final ConfigKey<Integer> OFFSETS_LOAD_BUFFER_SIZE = ofInt("offsets.load.buffer.size", 5242880)
            .atLeast(1)
            .high()
            .implemented("Bytes read at a time when group state is loaded.");
    static final ConfigKey<Integer> OFFSETS_RETENTION_MINUTES = ofInt("offsets.retention.minutes", 10080)
            .atLeast(1)
            .high()
            .implemented("How long offsets are kept after their group is empty or has unsubscribed.");
    static final ConfigKey<Long> OFFSETS_RETENTION_CHECK_INTERVAL_MS = ofLong(
                    "offsets.retention.check.interval.ms", 600000L)
            .atLeast(1)
            .high()
            .implemented("How often offsets are looked at for expiry.");
    static final ConfigKey<Integer> OFFSETS_TOPIC_NUM_PARTITIONS = ofInt("offsets.topic.num.partitions", 50)
            .atLeast(1)
            .high()
            .implemented("Partitions of __consumer_offsets; not to be changed once it exists.");
    static final ConfigKey<Short> OFFSETS_TOPIC_REPLICATION_FACTOR = ofShort("offsets.topic.replication.factor", 3)
            .atLeast(1)
            .high()
            .implemented(
                    "Replicas of __consumer_offsets; fewer are taken, and said, where fewer brokers live at its creation.");
    static final ConfigKey<Integer> OFFSETS_TOPIC_SEGMENT_BYTES = ofInt("offsets.topic.segment.bytes", 104857600)
            .atLeast(1)
            .high()
            .implemented("Segment size of __consumer_offsets.");
    static final ConfigKey<Integer> OFFSETS_TOPIC_COMPRESSION_CODEC = ofInt("offsets.topic.compression.codec", 0)
            .high()
            .implemented("Number of the codec of __consumer_offsets batches; 0 is none.");
    static final ConfigKey<Integer> OFFSETS_COMMIT_TIMEOUT_MS = ofInt("offsets.commit.timeout.ms", 5000)
            .atLeast(1)
            .high()
            .implemented("How long a commit waits for its replicas.");

    static final KeyGroup KEYS = KeyGroup.of(
            "Groups and offsets",
            "Classic consumer groups and the topic that keeps their offsets.",
            GROUP_MIN_SESSION_TIMEOUT_MS,
            GROUP_MAX_SESSION_TIMEOUT_MS,
            GROUP_INITIAL_REBALANCE_DELAY_MS,
            GROUP_MAX_SIZE,
            OFFSET_METADATA_MAX_BYTES,
            OFFSETS_LOAD_BUFFER_SIZE,
            OFFSETS_RETENTION_MINUTES,
            OFFSETS_RETENTION_CHECK_INTERVAL_MS,
            OFFSETS_TOPIC_NUM_PARTITIONS,
            OFFSETS_TOPIC_REPLICATION_FACTOR,
            OFFSETS_TOPIC_SEGMENT_BYTES,
            OFFSETS_TOPIC_COMPRESSION_CODEC,
            OFFSETS_COMMIT_TIMEOUT_MS,
            ofShort("offsets.commit.required.acks", -1)
                    .high()
                    .withoutEffect("Commits always wait for all replicas in sync."),
            ofList("group.coordinator.rebalance.protocols", List.of("classic"))
                    .eachOf("consumer", "classic", "share", "unknown")
                    .withoutEffect("Kinds of groups that are served."),
            ofInt("group.coordinator.threads", 1)
                    .atLeast(1)
                    .withoutEffect("Coordinator shards run on the event loops."),
            ofInt("group.coordinator.append.linger.ms", 10)
                    .atLeast(0)
                    .withoutEffect(
                            "Wait for more commits before a write; commits that arrive together are written together."),
            ofBoolean("group.coordinator.new.enable", false)
                    .hidden()
                    .withoutEffect("Which coordinator Apache Kafka uses; there is one here."));

    private final ConfigValues values;

    GroupConfig(ConfigValues values) {
        this.values = values;
    }

    /** Smallest session timeout a member may ask for. */
    public int minSessionTimeoutMs() {
        return values.get(GROUP_MIN_SESSION_TIMEOUT_MS);
    }

    /** Largest session timeout a member may ask for. */
    public int maxSessionTimeoutMs() {
        return values.get(GROUP_MAX_SESSION_TIMEOUT_MS);
    }

    /** How long the first rebalance of an empty group waits for more members. */
    public int initialRebalanceDelayMs() {
        return values.get(GROUP_INITIAL_REBALANCE_DELAY_MS);
    }

    /** Most members of a group. */
    public int maxSize() {
        return values.get(GROUP_MAX_SIZE);
    }

    /** Largest metadata text of a committed offset. */
    public int offsetMetadataMaxBytes() {
        return values.get(OFFSET_METADATA_MAX_BYTES);
    }

    /** Bytes read at a time when group state is loaded. */
    public int offsetsLoadBufferBytes() {
        return values.get(OFFSETS_LOAD_BUFFER_SIZE);
    }

    /** How long offsets are kept after their group is empty or has unsubscribed. */
    public int offsetsRetentionMinutes() {
        return values.get(OFFSETS_RETENTION_MINUTES);
    }

    /** How often offsets are looked at for expiry. */
    public long offsetsRetentionCheckIntervalMs() {
        return values.get(OFFSETS_RETENTION_CHECK_INTERVAL_MS);
    }

    /** Partitions of __consumer_offsets; not to be changed once it exists. */
    public int offsetsTopicPartitions() {
        return values.get(OFFSETS_TOPIC_NUM_PARTITIONS);
    }

    /** Replicas of __consumer_offsets; fewer are taken, and said, where fewer brokers live at its creation. */
    public short offsetsTopicReplicationFactor() {
        return values.get(OFFSETS_TOPIC_REPLICATION_FACTOR);
    }

    /** Segment size of __consumer_offsets. */
    public int offsetsTopicSegmentBytes() {
        return values.get(OFFSETS_TOPIC_SEGMENT_BYTES);
    }

    /** Number of the codec of __consumer_offsets batches; 0 is none. */
    public int offsetsTopicCompressionCodec() {
        return values.get(OFFSETS_TOPIC_COMPRESSION_CODEC);
    }

    /** How long a commit waits for its replicas. */
    public int offsetsCommitTimeoutMs() {
        return values.get(OFFSETS_COMMIT_TIMEOUT_MS);
    }
}
