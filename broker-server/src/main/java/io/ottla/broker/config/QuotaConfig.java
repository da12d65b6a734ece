package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofClass;
import static io.ottla.broker.config.ConfigKey.ofInt;

/** How rates are measured against quotas; those of clients have no effect. Immutable. */
public final class QuotaConfig {
    static final ConfigKey<Integer> REPLICATION_WINDOW_NUM = ofInt("replication.quota.window.num", 11)
            .atLeast(1)
            .low()
            .implemented("Samples kept for replication quotas.");
    static final ConfigKey<Integer> REPLICATION_WINDOW_SIZE_SECONDS =
            ofInt("replication.quota.window.size.seconds", 1).atLeast(1).low().implemented("Length of such a sample.");
    static final ConfigKey<Integer> MOVE_WINDOW_NUM = ofInt("alter.log.dirs.replication.quota.window.num", 11)
            .atLeast(1)
            .low()
            .implemented("Samples kept for moves between log directories.");
    static final ConfigKey<Integer> MOVE_WINDOW_SIZE_SECONDS = ofInt(
                    "alter.log.dirs.replication.quota.window.size.seconds", 1)
            .atLeast(1)
            .low()
            .implemented("Length of such a sample.");

    static final KeyGroup KEYS = KeyGroup.of(
            "Quotas",
            "How rates are measured against quotas.",
            ofInt("quota.window.num", 11).atLeast(1).low().withoutEffect("Samples kept for client quotas."),
            ofInt("quota.window.size.seconds", 1).atLeast(1).low().withoutEffect("Length of such a sample."),
            REPLICATION_WINDOW_NUM,
            REPLICATION_WINDOW_SIZE_SECONDS,
            MOVE_WINDOW_NUM,
            MOVE_WINDOW_SIZE_SECONDS,
            ofInt("controller.quota.window.num", 11)
                    .atLeast(1)
                    .low()
                    .withoutEffect("Samples kept for mutations of topics."),
            ofInt("controller.quota.window.size.seconds", 1).atLeast(1).low().withoutEffect("Length of such a sample."),
            ofClass("client.quota.callback.class", null)
                    .low()
                    .withoutEffect("Class that decides which quota applies."));

    private final ConfigValues values;

    QuotaConfig(ConfigValues values) {
        this.values = values;
    }

    /** Samples kept for replication quotas. */
    public int replicationWindows() {
        return values.get(REPLICATION_WINDOW_NUM);
    }

    /** Length of such a sample. */
    public int replicationWindowSeconds() {
        return values.get(REPLICATION_WINDOW_SIZE_SECONDS);
    }

    /** Samples kept for moves between log directories. */
    public int moveWindows() {
        return values.get(MOVE_WINDOW_NUM);
    }

    /** Length of such a sample. */
    public int moveWindowSeconds() {
        return values.get(MOVE_WINDOW_SIZE_SECONDS);
    }
}
