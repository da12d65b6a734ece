package io.ottla.controller;

import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.LeaderElection;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.TopicState;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ElectLeadersRequest;
import io.ottla.protocol.message.ElectLeadersRequest.TopicPartitions;
import io.ottla.protocol.message.ElectLeadersResponse;
import io.ottla.protocol.message.ElectLeadersResponse.PartitionResult;
import io.ottla.protocol.message.ElectLeadersResponse.ReplicaElectionResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Answers ElectLeaders (KIP-183, KIP-460). For one request; confined to the controller's executor, inside one event. */
final class ElectionRequests {

    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;

    private final Office office;
    private final Map<TopicPartition, PartitionResult> results = new TreeMap<>();
    private final Map<PartitionState, PartitionResult> electable = new LinkedHashMap<>();

    ElectionRequests(Office office) {
        this.office = office;
    }

    /** An answer, and when the brokers will have taken over what it reports. */
    record Elected(ElectLeadersResponse response, CompletableFuture<?> accepted) {}

    CompletableFuture<Elected> elect(ElectLeadersRequest request) {
        LeaderElection rule = ruleOf(request.electionType());
        List<TopicPartitions> wanted = request.topicPartitions();
        for (TopicPartition id : wanted == null ? all() : named(wanted)) {
            PartitionResult result = new PartitionResult().setPartitionId(id.partition());
            results.put(id, result);
            examine(id, rule, result);
        }
        UpdateBatch batch = office.newBatch();
        return office.partitions()
                .handOver(List.copyOf(electable.keySet()), rule, batch)
                .thenApply(unelected -> {
                    unelected.forEach(partition -> failed(partition, rule));
                    boolean any = unelected.size() < electable.size();
                    return new Elected(
                            response(wanted == null),
                            any ? office.sendToReachable(batch) : CompletableFuture.completedFuture(null));
                });
    }

    private static LeaderElection ruleOf(byte type) {
        return switch (type) {
            case PREFERRED -> LeaderElection.PREFERRED;
            case UNCLEAN -> LeaderElection.UNCLEAN;
            default ->
                throw new ApiException(
                        ErrorCode.INVALID_REQUEST, "election type " + type + ", expected 0 (preferred) or 1 (unclean)");
        };
    }

    private Iterable<TopicPartition> all() {
        return office.cluster().partitions().stream().map(PartitionState::id).toList();
    }

    private static Iterable<TopicPartition> named(List<TopicPartitions> wanted) {
        TreeSet<TopicPartition> ids = new TreeSet<>();
        wanted.forEach(topic ->
                topic.partitions().forEach(partition -> ids.add(new TopicPartition(topic.topic(), partition))));
        return ids;
    }

    private void examine(TopicPartition id, LeaderElection rule, PartitionResult result) {
        TopicState topic = office.cluster().topic(id.topic());
        PartitionState partition = topic == null ? null : topic.partition(id.partition());
        if (topic == null || partition == null) {
            fail(result, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "The partition does not exist.");
        } else if (topic.isDeleting()) {
            fail(result, ErrorCode.INVALID_TOPIC_EXCEPTION, "The topic is being deleted");
        } else if (isNeedless(partition, rule)) {
            fail(result, ErrorCode.ELECTION_NOT_NEEDED, ErrorCode.ELECTION_NOT_NEEDED.message());
        } else {
            electable.put(partition, result);
        }
    }

    private boolean isNeedless(PartitionState partition, LeaderElection rule) {
        return rule == LeaderElection.PREFERRED
                ? LeaderElections.isPreferredLeading(partition)
                : office.cluster().isServing(partition.leader(), partition.id());
    }

    private void failed(PartitionState partition, LeaderElection rule) {
        PartitionResult result = electable.get(partition);
        if (result != null) {
            boolean preferred = rule == LeaderElection.PREFERRED;
            fail(
                    result,
                    preferred ? ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE : ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                    "Failed to elect leader for partition " + partition.id() + ": "
                            + (preferred
                                    ? "the first of the replicas "
                                            + partition.assignment().replicas() + " is not in sync"
                                    : "none of the replicas "
                                            + partition.assignment().replicas() + " is live"));
        }
    }

    private static void fail(PartitionResult result, ErrorCode error, @Nullable String message) {
        result.setErrorCode(error.code()).setErrorMessage(message);
    }

    /** Who asked for all partitions is not told of those where nothing was to be done. */
    private ElectLeadersResponse response(boolean onlyChanged) {
        Map<String, ReplicaElectionResult> byTopic = new LinkedHashMap<>();
        results.forEach((id, result) -> {
            if (!onlyChanged || result.errorCode() != ErrorCode.ELECTION_NOT_NEEDED.code()) {
                byTopic.computeIfAbsent(id.topic(), name -> new ReplicaElectionResult().setTopic(name))
                        .partitionResult()
                        .add(result);
            }
        });
        return new ElectLeadersResponse().setReplicaElectionResults(new ArrayList<>(byTopic.values()));
    }

    /** The wait was cut short: leaders are elected, but not every broker has said that it knows. */
    static ElectLeadersResponse timedOut(ElectLeadersResponse response) {
        response.replicaElectionResults().stream()
                .flatMap(topic -> topic.partitionResult().stream())
                .filter(result -> result.errorCode() == ErrorCode.NONE.code())
                .forEach(result -> fail(result, ErrorCode.REQUEST_TIMED_OUT, "The election is still going on."));
        return response;
    }
}
