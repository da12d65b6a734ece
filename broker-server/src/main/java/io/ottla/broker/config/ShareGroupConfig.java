package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofShort;

/** Queues over partitions, as KIP-932 has them. Nothing here has an effect. */
final class ShareGroupConfig {

    static final KeyGroup KEYS = KeyGroup.of(
            "Share groups",
            "Queues over partitions, as KIP-932 has them.",
            ofBoolean("group.share.enable", false).hidden().withoutEffect("Whether share groups are served."),
            ofInt("group.share.delivery.count.limit", 5)
                    .between(2, 10)
                    .withoutEffect("Deliveries of a record before it is given up."),
            ofInt("group.share.heartbeat.interval.ms", 5000)
                    .atLeast(1)
                    .withoutEffect("Heartbeat interval told to members."),
            ofInt("group.share.min.heartbeat.interval.ms", 5000)
                    .atLeast(1)
                    .withoutEffect("Smallest heartbeat interval of a group."),
            ofInt("group.share.max.heartbeat.interval.ms", 15000)
                    .atLeast(1)
                    .withoutEffect("Largest heartbeat interval of a group."),
            ofInt("group.share.session.timeout.ms", 45000)
                    .atLeast(1)
                    .withoutEffect("A member silent for this long is removed."),
            ofInt("group.share.min.session.timeout.ms", 45000)
                    .atLeast(1)
                    .withoutEffect("Smallest session timeout of a group."),
            ofInt("group.share.max.session.timeout.ms", 60000)
                    .atLeast(1)
                    .withoutEffect("Largest session timeout of a group."),
            ofShort("group.share.max.groups", 10).between(1, 100).withoutEffect("Most share groups."),
            ofShort("group.share.max.size", 200).between(10, 1000).withoutEffect("Most members of a share group."),
            ofInt("group.share.partition.max.record.locks", 200)
                    .between(100, 10000)
                    .withoutEffect("Most records of a partition delivered and not yet acknowledged."),
            ofInt("group.share.record.lock.duration.ms", 30000)
                    .between(1000, 60000)
                    .withoutEffect("How long a delivered record stays reserved."),
            ofInt("group.share.min.record.lock.duration.ms", 15000)
                    .between(1000, 30000)
                    .withoutEffect("Smallest such time of a group."),
            ofInt("group.share.max.record.lock.duration.ms", 60000)
                    .between(30000, 3600000)
                    .withoutEffect("Largest such time of a group."));

    private ShareGroupConfig() {}
}
