package io.ottla.controller;

import io.ottla.controller.TopicCreation.Outcome;
import io.ottla.controller.TopicCreation.Planned;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.ReplicaPlacement;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableReplicaAssignment;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import io.ottla.protocol.message.CreateTopicsResponse;
import io.ottla.protocol.message.CreateTopicsResponse.CreatableTopicResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Plans and answers CreateTopics: what is asked for is checked topic by topic, with Apache Kafka's errors, before
 * anything is written. Confined to the controller's executor, inside one event.
 */
final class TopicAdmin {

    private static final int UNSET = -1;

    private final Office office;
    private final TopicPolicy policy;
    private final Random random;
    private final Map<String, String> collisionKeys = new HashMap<>();

    /** For one request. */
    TopicAdmin(Office office, TopicPolicy policy, Random random) {
        this.office = office;
        this.policy = policy;
        this.random = random;
    }

    /** An answer, and when the brokers will have taken over what it reports. */
    record Created(CreateTopicsResponse response, CompletableFuture<?> accepted) {}

    CompletableFuture<Created> create(CreateTopicsRequest request) {
        CreateTopicsResponse response = new CreateTopicsResponse();
        List<Planned> planned = new ArrayList<>();
        List<CreatableTopicResult> results = new ArrayList<>();
        office.cluster().topicNames().forEach(name -> collisionKeys.put(TopicName.collisionKey(name), name));
        Set<String> repeated = repeatedNames(request);
        for (CreatableTopic topic : request.topics()) {
            CreatableTopicResult result =
                    new CreatableTopicResult().setName(topic.name()).setErrorMessage(null);
            if (repeated.contains(topic.name())
                    && response.topics().stream()
                            .anyMatch(earlier -> earlier.name().equals(topic.name()))) {
                continue;
            }
            response.topics().add(result);
            try {
                Planned plan = plan(topic, repeated);
                describe(result, plan);
                planned.add(plan);
                results.add(result);
            } catch (ApiException e) {
                fail(result, e.error(), e.getMessage());
            }
        }
        if (request.validateOnly()) {
            return CompletableFuture.completedFuture(new Created(response, CompletableFuture.completedFuture(null)));
        }
        UpdateBatch batch = office.newBatch();
        return new TopicCreation(office, random).create(planned, batch).thenApply(outcomes -> {
            for (int i = 0; i < outcomes.size(); i++) {
                complete(results.get(i), outcomes.get(i));
            }
            return new Created(
                    response,
                    planned.isEmpty() ? CompletableFuture.completedFuture(null) : office.sendToReachable(batch));
        });
    }

    private static Set<String> repeatedNames(CreateTopicsRequest request) {
        Set<String> seen = new HashSet<>();
        Set<String> repeated = new HashSet<>();
        for (CreatableTopic topic : request.topics()) {
            if (!seen.add(topic.name())) {
                repeated.add(topic.name());
            }
        }
        return repeated;
    }

    private Planned plan(CreatableTopic topic, Set<String> repeated) {
        if (repeated.contains(topic.name())) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "Create topics request from client contains multiple" + " entries for the following topics: "
                            + topic.name());
        }
        validateName(topic.name());
        Map<String, String> overrides = overridesOf(topic);
        List<List<Integer>> assignments = topic.assignments().isEmpty() ? place(topic) : manual(topic);
        policy.validateTopic(topic.name(), overrides);
        collisionKeys.put(TopicName.collisionKey(topic.name()), topic.name());
        return new Planned(topic.name(), assignments, overrides);
    }

    private void validateName(String name) {
        String problem = TopicName.problem(name);
        if (problem != null) {
            throw new ApiException(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
        }
        if (office.cluster().topic(name) != null) {
            throw new ApiException(ErrorCode.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists.");
        }
        String colliding = collisionKeys.get(TopicName.collisionKey(name));
        if (colliding != null) {
            throw new ApiException(
                    ErrorCode.INVALID_TOPIC_EXCEPTION,
                    "Topic '" + name + "' collides with existing topic: " + colliding);
        }
    }

    private static Map<String, String> overridesOf(CreatableTopic topic) {
        Map<String, String> overrides = new TreeMap<>();
        for (CreatableTopicConfig config : topic.configs()) {
            String value = config.value();
            if (value == null) {
                throw new ApiException(
                        ErrorCode.INVALID_CONFIG, "Null value not supported for topic configs: " + config.name());
            }
            overrides.put(config.name(), value);
        }
        return overrides;
    }

    private List<List<Integer>> place(CreatableTopic topic) {
        int partitions = topic.numPartitions() == UNSET ? policy.defaultPartitions() : topic.numPartitions();
        int factor = topic.replicationFactor() == UNSET ? policy.defaultReplicationFactor() : topic.replicationFactor();
        if (partitions <= 0) {
            throw new ApiException(ErrorCode.INVALID_PARTITIONS, "Number of partitions must be larger than 0.");
        }
        checkFactor(factor);
        return new ReplicaPlacement(office.cluster().availableBrokers()).place(0, partitions, factor, random);
    }

    private void checkFactor(int factor) {
        int live = office.cluster().availableBrokers().size();
        if (factor <= 0) {
            throw new ApiException(ErrorCode.INVALID_REPLICATION_FACTOR, "Replication factor must be larger than 0.");
        }
        if (factor > live) {
            throw new ApiException(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "Replication factor: " + factor + " larger than available brokers: " + live + ".");
        }
    }

    private List<List<Integer>> manual(CreatableTopic topic) {
        if (topic.numPartitions() != UNSET || topic.replicationFactor() != UNSET) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "Both numPartitions or replicationFactor and replicasAssignments were set."
                            + " Both cannot be used at the same time.");
        }
        TreeMap<Integer, List<Integer>> byNumber = new TreeMap<>();
        for (CreatableReplicaAssignment assignment : topic.assignments()) {
            if (byNumber.put(assignment.partitionIndex(), List.copyOf(assignment.brokerIds())) != null) {
                throw invalidAssignment("partition " + assignment.partitionIndex() + " is assigned twice");
            }
        }
        List<List<Integer>> assignments = new ArrayList<>(byNumber.values());
        if (byNumber.firstKey() != 0 || byNumber.lastKey() != assignments.size() - 1) {
            throw invalidAssignment(
                    "partitions should be a consecutive 0-based integer sequence, they are " + byNumber.keySet());
        }
        validateReplicas(office, assignments, assignments.get(0).size());
        return assignments;
    }

    /** Checks manual assignments: live brokers, none twice, the same number for every partition. */
    static void validateReplicas(Office office, List<List<Integer>> assignments, int replicationFactor) {
        for (List<Integer> replicas : assignments) {
            if (replicas.isEmpty() || new HashSet<>(replicas).size() != replicas.size()) {
                throw invalidAssignment("replicas " + replicas + " are empty or name a broker twice");
            }
            if (replicas.size() != replicationFactor) {
                throw invalidAssignment("All partitions should have the same number of replicas: " + replicas
                        + " are not " + replicationFactor);
            }
            for (int replica : replicas) {
                if (office.cluster().broker(replica) == null) {
                    throw invalidAssignment("broker " + replica + " in " + replicas + " is not live; live brokers are "
                            + office.cluster().brokerIds());
                }
            }
        }
    }

    static ApiException invalidAssignment(String problem) {
        return new ApiException(ErrorCode.INVALID_REPLICA_ASSIGNMENT, problem);
    }

    private void describe(CreatableTopicResult result, Planned plan) {
        result.setNumPartitions(plan.assignments().size())
                .setReplicationFactor((short) plan.assignments().get(0).size())
                .setConfigs(policy.describeTopic(plan.overrides()));
    }

    private static void complete(CreatableTopicResult result, Outcome outcome) {
        result.setTopicId(outcome.topicId());
        if (outcome.error() != ErrorCode.NONE) {
            fail(result, outcome.error(), "Topic '" + result.name() + "' already exists.");
        }
    }

    private static void fail(CreatableTopicResult result, ErrorCode error, @Nullable String message) {
        result.setErrorCode(error.code())
                .setErrorMessage(message)
                .setNumPartitions(UNSET)
                .setReplicationFactor((short) UNSET)
                .setConfigs(new ArrayList<>());
    }

    /** The wait was cut short: the topics exist, but not every broker has said that it knows them. */
    static CreateTopicsResponse timedOut(CreateTopicsResponse response) {
        response.topics().stream()
                .filter(result -> result.errorCode() == ErrorCode.NONE.code())
                .forEach(result -> fail(result, ErrorCode.REQUEST_TIMED_OUT, "The creation is still going on."));
        return response;
    }
}
