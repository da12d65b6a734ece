package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofClass;
import static io.ottla.broker.config.ConfigKey.ofInt;

/** How rates are measured against quotas. Nothing here has an effect. */
final class QuotaConfig {

    static final KeyGroup KEYS = KeyGroup.of(
            "Quotas",
            "How rates are measured against quotas.",
            ofInt("quota.window.num", 11).atLeast(1).low().withoutEffect("Samples kept for client quotas."),
            ofInt("quota.window.size.seconds", 1).atLeast(1).low().withoutEffect("Length of such a sample."),
            ofInt("replication.quota.window.num", 11)
                    .atLeast(1)
                    .low()
                    .withoutEffect("Samples kept for replication quotas."),
            ofInt("replication.quota.window.size.seconds", 1)
                    .atLeast(1)
                    .low()
                    .withoutEffect("Length of such a sample."),
            ofInt("alter.log.dirs.replication.quota.window.num", 11)
                    .atLeast(1)
                    .low()
                    .withoutEffect("Samples kept for moves between log directories."),
            ofInt("alter.log.dirs.replication.quota.window.size.seconds", 1)
                    .atLeast(1)
                    .low()
                    .withoutEffect("Length of such a sample."),
            ofInt("controller.quota.window.num", 11)
                    .atLeast(1)
                    .low()
                    .withoutEffect("Samples kept for mutations of topics."),
            ofInt("controller.quota.window.size.seconds", 1).atLeast(1).low().withoutEffect("Length of such a sample."),
            ofClass("client.quota.callback.class", null)
                    .low()
                    .withoutEffect("Class that decides which quota applies."));

    private QuotaConfig() {}
}
