package io.ottla.controller;

import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.CreateTopicsResponse.CreatableTopicConfigs;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Two partitions by default, one replica; knows the keys {@code retention.ms} and {@code cleanup.policy}. */
class TestPolicy implements TopicPolicy {

    @Override
    public int defaultPartitions() {
        return 2;
    }

    @Override
    public short defaultReplicationFactor() {
        return 1;
    }

    @Override
    public short internalReplicationFactor(String topic) {
        return 3;
    }

    @Override
    public boolean deletionEnabled() {
        return true;
    }

    @Override
    public void validateTopic(String topic, Map<String, String> overrides) {
        overrides.keySet().forEach(key -> {
            if (!List.of("retention.ms", "cleanup.policy", "unclean.leader.election.enable")
                    .contains(key)) {
                throw new ApiException(ErrorCode.INVALID_CONFIG, "Unknown topic config name: " + key);
            }
        });
    }

    @Override
    public void validateBroker(@Nullable Integer brokerId, Map<String, String> settings) {}

    @Override
    public List<CreatableTopicConfigs> describeTopic(Map<String, String> overrides) {
        return List.of(new CreatableTopicConfigs()
                .setName("retention.ms")
                .setValue(overrides.getOrDefault("retention.ms", "604800000")));
    }

    @Override
    public boolean uncleanElectionAllowed(Map<String, String> overrides) {
        return Boolean.parseBoolean(overrides.get("unclean.leader.election.enable"));
    }
}
