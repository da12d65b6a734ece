package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofClass;
import static io.ottla.broker.config.ConfigKey.ofInt;

/** What a new topic gets, and whether topics may be made and deleted. Immutable. */
public final class TopicDefaults {
    static final ConfigKey<Integer> NUM_PARTITIONS =
            ofInt("num.partitions", 1).atLeast(1).implemented("Partitions of a topic that is created without a count.");
    static final ConfigKey<Integer> DEFAULT_REPLICATION_FACTOR =
            ofInt("default.replication.factor", 1).implemented("Replicas of a topic that is created without a factor.");
    static final ConfigKey<Boolean> AUTO_CREATE_TOPICS_ENABLE = ofBoolean("auto.create.topics.enable", true)
            .high()
            .implemented("Whether asking for the metadata of a missing topic may create it.");
    static final ConfigKey<Boolean> DELETE_TOPIC_ENABLE =
            ofBoolean("delete.topic.enable", true).high().implemented("Whether topics may be deleted.");

    static final KeyGroup KEYS = KeyGroup.of(
            "Topics",
            "What a new topic gets, and whether topics may be made and deleted.",
            NUM_PARTITIONS,
            DEFAULT_REPLICATION_FACTOR,
            AUTO_CREATE_TOPICS_ENABLE,
            DELETE_TOPIC_ENABLE,
            ofClass("create.topic.policy.class.name", null).low().withoutEffect("Class that may refuse a new topic."),
            ofClass("alter.config.policy.class.name", null)
                    .low()
                    .withoutEffect("Class that may refuse a configuration change."),
            ofBoolean("alter.config.policy.kraft.compatibility.enable", false)
                    .low()
                    .withoutEffect("Which values that class gets to see."));

    private final ConfigValues values;

    TopicDefaults(ConfigValues values) {
        this.values = values;
    }

    /** Partitions of a topic that is created without a count. */
    public int partitions() {
        return values.get(NUM_PARTITIONS);
    }

    /** Replicas of a topic that is created without a factor. */
    public int replicationFactor() {
        return values.get(DEFAULT_REPLICATION_FACTOR);
    }

    /** Whether asking for the metadata of a missing topic may create it. */
    public boolean autoCreate() {
        return values.get(AUTO_CREATE_TOPICS_ENABLE);
    }

    /** Whether topics may be deleted. */
    public boolean deletable() {
        return values.get(DELETE_TOPIC_ENABLE);
    }
}
