package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofList;
import static io.ottla.broker.config.ConfigKey.ofLong;
import static io.ottla.broker.config.ConfigKey.ofString;

import java.util.List;

/** Settings of brokers without ZooKeeper: known so that a file for one is understood, but this broker has no KRaft mode. Nothing here has an effect. */
final class KraftConfig {
    static final ConfigKey<List<String>> PROCESS_ROLES = ofList("process.roles", List.of())
            .eachOf("broker", "controller")
            .high()
            .withoutEffect("Must stay empty: a broker here is always coordinated through ZooKeeper.");

    static final KeyGroup KEYS = KeyGroup.of(
            "KRaft",
            "Settings of brokers without ZooKeeper: known so that a file for one is understood, but this broker has no KRaft mode.",
            PROCESS_ROLES,
            ofString("controller.listener.names", null).high().withoutEffect("Listeners of KRaft controllers."),
            ofList("controller.quorum.voters", List.of()).high().withoutEffect("Voters of the quorum."),
            ofList("controller.quorum.bootstrap.servers", List.of())
                    .high()
                    .withoutEffect("Addresses by which to find the quorum."),
            ofInt("controller.quorum.append.linger.ms", 25)
                    .withoutEffect("Wait for more records before a write to the quorum."),
            ofInt("controller.quorum.election.timeout.ms", 1000).high().withoutEffect("Time limit of an election."),
            ofInt("controller.quorum.election.backoff.max.ms", 1000)
                    .high()
                    .withoutEffect("Longest pause between elections."),
            ofInt("controller.quorum.fetch.timeout.ms", 2000)
                    .high()
                    .withoutEffect("A voter that cannot fetch for this long stands for election."),
            ofInt("controller.quorum.request.timeout.ms", 2000).withoutEffect("Time limit of a request to the quorum."),
            ofInt("controller.quorum.retry.backoff.ms", 20)
                    .low()
                    .withoutEffect("Pause between requests to the quorum."),
            ofInt("broker.heartbeat.interval.ms", 2000).withoutEffect("Heartbeats towards a KRaft controller."),
            ofInt("broker.session.timeout.ms", 9000).withoutEffect("Life of a broker without such heartbeats."),
            ofInt("initial.broker.registration.timeout.ms", 60000)
                    .withoutEffect("Time limit of the first registration."),
            ofString("metadata.log.dir", null).high().withoutEffect("Directory of the metadata log."),
            ofInt("metadata.log.segment.bytes", 1073741824)
                    .atLeast(12)
                    .high()
                    .withoutEffect("Segment size of the metadata log."),
            ofInt("metadata.log.segment.min.bytes", 8388608)
                    .atLeast(12)
                    .high()
                    .hidden()
                    .withoutEffect("Smallest segment size of the metadata log."),
            ofLong("metadata.log.segment.ms", 604800000L).high().withoutEffect("Segment age of the metadata log."),
            ofLong("metadata.log.max.record.bytes.between.snapshots", 20971520L)
                    .atLeast(1)
                    .high()
                    .withoutEffect("Bytes of metadata after which a snapshot is taken."),
            ofLong("metadata.log.max.snapshot.interval.ms", 3600000L)
                    .atLeast(0)
                    .high()
                    .withoutEffect("Time after which a snapshot is taken."),
            ofInt("metadata.max.idle.interval.ms", 500)
                    .atLeast(0)
                    .low()
                    .withoutEffect("Pace of no-op records in the metadata log."),
            ofLong("metadata.max.retention.bytes", 104857600L)
                    .high()
                    .withoutEffect("Size up to which the metadata log is kept."),
            ofLong("metadata.max.retention.ms", 604800000L)
                    .high()
                    .withoutEffect("Age up to which the metadata log is kept."),
            ofLong("server.max.startup.time.ms", Long.MAX_VALUE)
                    .atLeast(0)
                    .hidden()
                    .withoutEffect("A KRaft server gives up when its start takes longer."),
            ofBoolean("unstable.api.versions.enable", false)
                    .high()
                    .hidden()
                    .withoutEffect("Whether unfinished API versions are offered."),
            ofBoolean("unstable.feature.versions.enable", false)
                    .high()
                    .hidden()
                    .withoutEffect("Whether unfinished feature versions are offered."));

    private KraftConfig() {}
}
