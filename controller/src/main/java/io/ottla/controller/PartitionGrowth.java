package io.ottla.controller;

import io.ottla.controller.event.Gather;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.ReplicaPlacement;
import io.ottla.controller.state.TopicState;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.TopicNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.CreatePartitionsRequest;
import io.ottla.protocol.message.CreatePartitionsRequest.CreatePartitionsAssignment;
import io.ottla.protocol.message.CreatePartitionsRequest.CreatePartitionsTopic;
import io.ottla.protocol.message.CreatePartitionsResponse;
import io.ottla.protocol.message.CreatePartitionsResponse.CreatePartitionsTopicResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Adds partitions to topics. Confined to the controller's executor, inside one event. */
final class PartitionGrowth {

    private final Office office;

    PartitionGrowth(Office office) {
        this.office = office;
    }

    /** An answer, and when the brokers will have taken over what it reports. */
    record Grown(CreatePartitionsResponse response, CompletableFuture<?> accepted) {}

    private record Planned(TopicState topic, SortedMap<Integer, List<Integer>> added) {}

    CompletableFuture<Grown> grow(CreatePartitionsRequest request) {
        CreatePartitionsResponse response = new CreatePartitionsResponse();
        UpdateBatch batch = office.newBatch();
        List<CompletableFuture<Void>> written = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (CreatePartitionsTopic wanted : request.topics()) {
            CreatePartitionsTopicResult result = new CreatePartitionsTopicResult().setName(wanted.name());
            response.results().add(result);
            try {
                if (!seen.add(wanted.name())) {
                    throw new ApiException(ErrorCode.INVALID_REQUEST, "Duplicate topic " + wanted.name());
                }
                Planned plan = plan(wanted);
                if (!request.validateOnly()) {
                    written.add(write(plan, batch));
                }
            } catch (ApiException e) {
                result.setErrorCode(e.error().code()).setErrorMessage(e.getMessage());
            }
        }
        return Gather.all(written)
                .thenApply(done -> new Grown(
                        response,
                        written.isEmpty() ? CompletableFuture.completedFuture(null) : office.sendToReachable(batch)));
    }

    private Planned plan(CreatePartitionsTopic wanted) {
        TopicState topic = office.cluster().topic(wanted.name());
        if (topic == null || topic.isDeleting()) {
            throw new ApiException(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + wanted.name() + "' does not exist.");
        }
        if (topic.partitions().stream()
                .anyMatch(partition -> partition.assignment().isBeingReassigned())) {
            throw new ApiException(
                    ErrorCode.REASSIGNMENT_IN_PROGRESS,
                    "A partition reassignment is in progress for the topic '" + wanted.name() + "'.");
        }
        int present = topic.partitions().size();
        int added = wanted.count() - present;
        if (added <= 0) {
            throw new ApiException(
                    ErrorCode.INVALID_PARTITIONS,
                    added == 0
                            ? "Topic already has " + present + " partitions."
                            : "The topic " + wanted.name() + " currently has " + present + " partitions; "
                                    + wanted.count() + " would not be an increase.");
        }
        PartitionState first = topic.partitions().iterator().next();
        List<List<Integer>> assignments =
                assignments(wanted, present, added, first.assignment().replicas());
        SortedMap<Integer, List<Integer>> byNumber = new TreeMap<>();
        for (int i = 0; i < added; i++) {
            byNumber.put(present + i, assignments.get(i));
        }
        return new Planned(topic, byNumber);
    }

    /** @param replicas of partition 0, whose number the others follow */
    private List<List<Integer>> assignments(
            CreatePartitionsTopic wanted, int present, int added, List<Integer> replicas) {
        int factor = replicas.size();
        List<CreatePartitionsAssignment> manual = wanted.assignments();
        if (manual == null) {
            int live = office.cluster().availableBrokers().size();
            if (factor > live) {
                throw new ApiException(
                        ErrorCode.INVALID_REPLICATION_FACTOR,
                        "Replication factor: " + factor + " larger than available brokers: " + live + ".");
            }
            return new ReplicaPlacement(office.cluster().availableBrokers())
                    .placeMore(present, added, factor, replicas.get(0));
        }
        if (manual.size() != added) {
            throw TopicAdmin.invalidAssignment("Increasing the number of partitions by " + added + " but "
                    + manual.size() + " assignments provided.");
        }
        List<List<Integer>> assignments = new ArrayList<>();
        manual.forEach(assignment -> assignments.add(List.copyOf(assignment.brokerIds())));
        TopicAdmin.validateReplicas(office, assignments, factor);
        return assignments;
    }

    private CompletableFuture<Void> write(Planned plan, UpdateBatch batch) {
        TopicState topic = plan.topic;
        TopicNode grown = topic.toNode();
        SortedMap<Integer, PartitionStateNode> states = new TreeMap<>();
        plan.added.forEach((number, replicas) -> {
            grown.partitions().put(number, ReplicaAssignment.of(replicas));
            office.partitions().firstState(replicas).ifPresent(state -> states.put(number, state));
        });
        List<WriteOperation> operations = new ArrayList<>();
        operations.add(WriteOperation.set(TopicNode.path(topic.name()), grown.encode(), ZooKeeperSession.ANY_VERSION));
        operations.addAll(TopicCreation.stateOperations(topic.name(), states));
        return office.writer()
                .writeInParts(operations)
                .thenRun(() -> plan.added.forEach((number, replicas) -> {
                    PartitionState partition = topic.addPartition(number, ReplicaAssignment.of(replicas));
                    PartitionStateNode state = states.get(number);
                    if (state != null) {
                        office.partitions().onFirstState(partition, state, 0, batch);
                    }
                }));
    }

    /** The wait was cut short: the partitions exist, but not every broker has said that it knows them. */
    static CreatePartitionsResponse timedOut(CreatePartitionsResponse response) {
        response.results().stream()
                .filter(result -> result.errorCode() == ErrorCode.NONE.code())
                .forEach(result -> result.setErrorCode(ErrorCode.REQUEST_TIMED_OUT.code())
                        .setErrorMessage("The creation is still going on."));
        return response;
    }
}
