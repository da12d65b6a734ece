package io.ottla.broker.settings;

import io.ottla.broker.config.ConfigDescriber;
import io.ottla.broker.config.DescribedProperty;
import io.ottla.broker.config.DynamicChange;
import io.ottla.broker.config.DynamicConfig;
import io.ottla.broker.config.TopicConfigs;
import io.ottla.controller.TopicPolicy;
import io.ottla.protocol.message.CreateTopicsResponse.CreatableTopicConfigs;
import io.ottla.replication.metadata.InternalTopics;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What this broker's configuration says to the controller about topics and settings. Any thread. */
public final class ClusterPolicy implements TopicPolicy {
    private final DynamicConfig config;
    private final ConfigDescriber describer;

    public ClusterPolicy(DynamicConfig config, ConfigDescriber describer) {
        this.config = config;
        this.describer = describer;
    }

    @Override
    public int defaultPartitions() {
        return config.current().topics().partitions();
    }

    @Override
    public short defaultReplicationFactor() {
        return (short) config.current().topics().replicationFactor();
    }

    @Override
    public short internalReplicationFactor(String topic) {
        return topic.equals(InternalTopics.CONSUMER_OFFSETS)
                ? config.current().groups().offsetsTopicReplicationFactor()
                : 1;
    }

    @Override
    public boolean deletionEnabled() {
        return config.current().topics().deletable();
    }

    @Override
    public void validateTopic(String topic, Map<String, String> overrides) {
        TopicConfigs.checked(config.current(), overrides);
    }

    @Override
    public void validateBroker(@Nullable Integer brokerId, Map<String, String> settings) {
        DynamicChange.check(settings, brokerId != null);
    }

    @Override
    public List<CreatableTopicConfigs> describeTopic(Map<String, String> overrides) {
        return describer.topic(overrides).stream().map(ClusterPolicy::describe).toList();
    }

    private static CreatableTopicConfigs describe(DescribedProperty property) {
        return new CreatableTopicConfigs()
                .setName(property.name())
                .setValue(property.value())
                .setReadOnly(property.readOnly())
                .setConfigSource(property.source().id())
                .setIsSensitive(property.sensitive());
    }

    @Override
    public boolean uncleanElectionAllowed(Map<String, String> overrides) {
        return TopicConfigs.stored(config.current(), overrides)
                .logConfig()
                .replicas()
                .uncleanLeaderElection();
    }
}
