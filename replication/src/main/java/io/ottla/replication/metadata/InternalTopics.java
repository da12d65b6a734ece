package io.ottla.replication.metadata;

import java.util.Set;

/** The topics that the brokers themselves write: clients may read them but not produce to them. */
public final class InternalTopics {

    public static final String CONSUMER_OFFSETS = "__consumer_offsets";
    public static final String TRANSACTION_STATE = "__transaction_state";
    public static final String SHARE_GROUP_STATE = "__share_group_state";

    private static final Set<String> NAMES = Set.of(CONSUMER_OFFSETS, TRANSACTION_STATE, SHARE_GROUP_STATE);

    private InternalTopics() {}

    public static boolean contains(String topic) {
        // Every produced batch asks; the prefix settles it for ordinary names without hashing.
        return topic.startsWith("__") && NAMES.contains(topic);
    }
}
