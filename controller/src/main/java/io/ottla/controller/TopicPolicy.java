package io.ottla.controller;

import io.ottla.protocol.message.CreateTopicsResponse.CreatableTopicConfigs;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Port: what the broker's configuration says about topics and settings. Called on the controller's executor, must not
 * block.
 */
public interface TopicPolicy {

    /** {@code num.partitions}. */
    int defaultPartitions();

    /** {@code default.replication.factor}. */
    short defaultReplicationFactor();

    /** How many replicas are configured for an internal topic, such as {@code offsets.topic.replication.factor}. */
    short internalReplicationFactor(String topic);

    /** {@code delete.topic.enable}. */
    boolean deletionEnabled();

    /**
     * Checks a topic's overrides as a whole.
     *
     * @throws io.ottla.protocol.error.ApiException with INVALID_CONFIG, saying which key and why
     */
    void validateTopic(String topic, Map<String, String> overrides);

    /**
     * Checks the dynamic settings of a broker as a whole.
     *
     * @param brokerId null for the defaults of all brokers
     * @throws io.ottla.protocol.error.ApiException with INVALID_CONFIG or INVALID_REQUEST
     */
    void validateBroker(@Nullable Integer brokerId, Map<String, String> settings);

    /** The effective settings of a topic with these overrides, for the answer to its creation. */
    List<CreatableTopicConfigs> describeTopic(Map<String, String> overrides);

    /** {@code unclean.leader.election.enable} of a topic with these overrides. */
    boolean uncleanElectionAllowed(Map<String, String> overrides);
}
