package io.ottla.broker.bootstrap;

import io.ottla.broker.cli.StartupException;
import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.GroupConfig;
import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.coordinator.group.GroupSettings;
import io.ottla.broker.coordinator.runtime.ShardServices;
import io.ottla.broker.coordinator.runtime.ShardSettings;
import io.ottla.broker.settings.TopicSettings;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.replication.metadata.MetadataImage;
import io.ottla.replication.metadata.TopicImage;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Builds the group coordinator and ties it to the partitions of its topic and to the deletion of others. */
final class Groups {
    /** Leaves room for the batch header below the default limit of a batch. */
    private static final int BATCH_OVERHEAD_BYTES = 1024;

    private Groups() {}

    /** @param partitions how many the topic of groups has already; empty if it will be created as configured */
    static GroupCoordinator coordinator(
            BrokerConfig config, BrokerPorts ports, DataPlane data, TopicSettings topics, OptionalInt partitions) {
        BrokerPorts.Threads threads = ports.threads();
        CoordinatorLog log = new CoordinatorLog(GroupCoordinator.TOPIC, data.partitions(), threads.allocator());
        GroupCoordinator coordinator = new GroupCoordinator(
                settings(config, partitions.orElse(config.groups().offsetsTopicPartitions())),
                new ShardServices(
                        partition -> data.partitions().homeLoop(GroupCoordinator.TOPIC, partition),
                        threads.workers(),
                        log,
                        log,
                        ports.ticker(),
                        ports.clock(),
                        threads.allocator()),
                new CachedTopics(data.metadata()),
                () -> memberId(ports.random()));
        data.replicas()
                .addListener(Coordinators.following(
                        GroupCoordinator.TOPIC, coordinator::onElection, coordinator::onResignation));
        data.metadata().addListener((before, after) -> {
            Set<String> deleted = deleted(before, after);
            if (!deleted.isEmpty()) {
                deleted.forEach(topics::forget);
                coordinator.onTopicsDeleted(deleted);
            }
        });
        return coordinator;
    }

    /** As long and as random as Apache Kafka's. */
    private static String memberId(Random random) {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    private static Set<String> deleted(MetadataImage before, MetadataImage after) {
        Set<String> deleted = new TreeSet<>();
        for (TopicImage topic : before.topics()) {
            TopicImage now = after.topic(topic.name());
            if (now == null || !now.id().equals(topic.id())) {
                deleted.add(topic.name());
            }
        }
        return deleted;
    }

    private static GroupSettings settings(BrokerConfig config, int partitions) {
        GroupConfig groups = config.groups();
        return new GroupSettings(
                partitions,
                new GroupSettings.Membership(
                        groups.minSessionTimeoutMs(),
                        groups.maxSessionTimeoutMs(),
                        groups.maxSize(),
                        groups.initialRebalanceDelayMs()),
                new GroupSettings.Offsets(
                        groups.offsetMetadataMaxBytes(),
                        TimeUnit.MINUTES.toMillis(groups.offsetsRetentionMinutes()),
                        groups.offsetsRetentionCheckIntervalMs()),
                new ShardSettings(
                        groups.offsetsCommitTimeoutMs(),
                        config.logs().messageMaxBytes() - BATCH_OVERHEAD_BYTES,
                        groups.offsetsLoadBufferBytes(),
                        codec(groups.offsetsTopicCompressionCodec())));
    }

    private static CompressionCodec codec(int id) {
        CompressionCodec codec = CompressionCodec.forId(id);
        if (codec == null) {
            throw new StartupException("offsets.topic.compression.codec is " + id + ", expected 0 to 4");
        }
        return codec;
    }
}
