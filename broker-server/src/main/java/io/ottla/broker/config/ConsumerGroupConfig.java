package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofList;
import static io.ottla.broker.config.ConfigKey.ofString;

import java.util.List;

/** The newer consumer group protocol. Nothing here has an effect. */
final class ConsumerGroupConfig {

    static final KeyGroup KEYS = KeyGroup.of(
            "Consumer groups of KIP-848",
            "The newer consumer group protocol.",
            ofList(
                            "group.consumer.assignors",
                            List.of(
                                    "org.apache.kafka.coordinator.group.assignor.UniformAssignor",
                                    "org.apache.kafka.coordinator.group.assignor.RangeAssignor"))
                    .withoutEffect("Assignors, the first one being the default."),
            ofInt("group.consumer.heartbeat.interval.ms", 5000)
                    .atLeast(1)
                    .withoutEffect("Heartbeat interval told to members."),
            ofInt("group.consumer.min.heartbeat.interval.ms", 5000)
                    .atLeast(1)
                    .withoutEffect("Smallest heartbeat interval of a group."),
            ofInt("group.consumer.max.heartbeat.interval.ms", 15000)
                    .atLeast(1)
                    .withoutEffect("Largest heartbeat interval of a group."),
            ofInt("group.consumer.session.timeout.ms", 45000)
                    .atLeast(1)
                    .withoutEffect("A member silent for this long is removed."),
            ofInt("group.consumer.min.session.timeout.ms", 45000)
                    .atLeast(1)
                    .withoutEffect("Smallest session timeout of a group."),
            ofInt("group.consumer.max.session.timeout.ms", 60000)
                    .atLeast(1)
                    .withoutEffect("Largest session timeout of a group."),
            ofInt("group.consumer.max.size", Integer.MAX_VALUE).atLeast(1).withoutEffect("Most members of a group."),
            ofString("group.consumer.migration.policy", "disabled")
                    .bounded(new Bound.OneOfIgnoringCase(List.of("DISABLED", "DOWNGRADE", "UPGRADE", "BIDIRECTIONAL")))
                    .hidden()
                    .withoutEffect("Which conversions between classic and newer groups are allowed."));

    private ConsumerGroupConfig() {}
}
