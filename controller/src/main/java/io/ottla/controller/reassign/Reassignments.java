package io.ottla.controller.reassign;

import io.ottla.controller.state.PartitionState;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest.ReassignablePartition;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest.ReassignableTopic;
import io.ottla.protocol.message.AlterPartitionReassignmentsResponse;
import io.ottla.protocol.message.AlterPartitionReassignmentsResponse.ReassignablePartitionResponse;
import io.ottla.protocol.message.AlterPartitionReassignmentsResponse.ReassignableTopicResponse;
import io.ottla.protocol.message.ListPartitionReassignmentsRequest;
import io.ottla.protocol.message.ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics;
import io.ottla.protocol.message.ListPartitionReassignmentsResponse;
import io.ottla.protocol.message.ListPartitionReassignmentsResponse.OngoingPartitionReassignment;
import io.ottla.protocol.message.ListPartitionReassignmentsResponse.OngoingTopicReassignment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reassignments as they are asked for, listed, and resumed. Confined to the controller's executor; lasts for one term. */
public final class Reassignments {

    private static final Logger LOG = LoggerFactory.getLogger(Reassignments.class);

    private final ReassignmentContext context;
    private final ReassignmentPlan plans;
    private final ReassignmentSteps steps;
    private final LegacyReassignments legacy;
    private boolean legacyPending;

    /** Nothing is known of any reassignment until {@link #takeOffice()}. */
    public Reassignments(ReassignmentContext context) {
        this.context = context;
        this.plans = new ReassignmentPlan(context.cluster());
        this.legacy = new LegacyReassignments(context);
        this.steps = new ReassignmentSteps(context, this::onFinished);
    }

    /** Goes on with what is under way, once everything is led. Inside an event. */
    public CompletableFuture<Void> takeOffice() {
        return legacy.read(this::legacyChanged)
                .thenCompose(this::onLegacy)
                .thenCompose(done -> resume(context.cluster().brokerIds()));
    }

    /** Brokers have come: what waited for them goes on. Inside an event. */
    public CompletableFuture<Void> resume(Set<Integer> brokerIds) {
        List<PartitionState> due = new ArrayList<>();
        for (PartitionState partition : context.cluster().partitions()) {
            ReplicaAssignment assignment = partition.assignment();
            if (assignment.isBeingReassigned()
                    && (steps.isComplete(partition)
                            || assignment.adding().stream().anyMatch(brokerIds::contains))) {
                due.add(partition);
            }
        }
        return due.isEmpty() ? CompletableFuture.completedFuture(null) : steps.advance(due);
    }

    /** The ISR of these partitions has changed; those of which all target replicas are in sync now are finished. */
    public void isrChanged(Collection<PartitionState> changed) {
        List<TopicPartition> caughtUp = changed.stream()
                .filter(partition -> partition.assignment().isBeingReassigned() && steps.isComplete(partition))
                .map(PartitionState::id)
                .toList();
        if (!caughtUp.isEmpty()) {
            context.submit("reassigned replicas are in sync", () -> complete(caughtUp));
        }
    }

    private CompletableFuture<Void> complete(List<TopicPartition> caughtUp) {
        Set<TopicPartition> ids = new HashSet<>(caughtUp);
        List<PartitionState> due = context.cluster().partitions().stream()
                .filter(partition -> ids.contains(partition.id()))
                .filter(partition -> partition.assignment().isBeingReassigned() && steps.isComplete(partition))
                .toList();
        return steps.advance(due);
    }

    /** A topic is gone. Inside an event. */
    public CompletableFuture<Void> forget(String topic) {
        steps.forget(topic);
        return legacy.remove(legacy.of(topic));
    }

    private void onFinished(Collection<TopicPartition> finished) {
        context.submit("forget reassignments", () -> legacy.remove(finished));
    }

    private void legacyChanged() {
        if (!legacyPending) {
            legacyPending = true;
            context.submit("reassignments asked for in ZooKeeper", () -> {
                legacyPending = false;
                return legacy.read(this::legacyChanged).thenCompose(this::onLegacy);
            });
        }
    }

    private CompletableFuture<Void> onLegacy(SortedMap<TopicPartition, List<Integer>> targets) {
        SortedMap<TopicPartition, ReplicaAssignment> changes = new TreeMap<>();
        Set<TopicPartition> refused = new HashSet<>();
        targets.forEach((id, target) -> {
            try {
                PartitionState partition = plans.partition(id);
                ReplicaAssignment next = plans.plan(partition, target, true);
                ReplicaAssignment finishing = steps.finishing().get(id);
                boolean underWay = finishing == null
                        ? next.isBeingReassigned() && next.equals(partition.assignment())
                        : finishing.target().equals(target);
                if (!underWay) {
                    changes.put(id, next);
                }
            } catch (ApiException e) {
                LOG.warn("{} cannot be reassigned to {}: {}", id, target, e.getMessage());
                refused.add(id);
            }
        });
        return (changes.isEmpty()
                        ? CompletableFuture.completedFuture(Map.<TopicPartition, ApiException>of())
                        : steps.begin(changes))
                .thenCompose(failures -> {
                    refused.addAll(failures.keySet());
                    return legacy.remove(refused);
                });
    }

    /** Begins and cancels reassignments; completes when that is written down. Inside an event. */
    public CompletableFuture<AlterPartitionReassignmentsResponse> alter(AlterPartitionReassignmentsRequest request) {
        AlterPartitionReassignmentsResponse response = new AlterPartitionReassignmentsResponse()
                .setAllowReplicationFactorChange(request.allowReplicationFactorChange())
                .setErrorMessage(null);
        SortedMap<TopicPartition, ReplicaAssignment> changes = new TreeMap<>();
        Map<TopicPartition, ReassignablePartitionResponse> answers = new TreeMap<>();
        for (ReassignableTopic topic : request.topics()) {
            ReassignableTopicResponse topicAnswer = new ReassignableTopicResponse().setName(topic.name());
            response.responses().add(topicAnswer);
            for (ReassignablePartition wanted : topic.partitions()) {
                ReassignablePartitionResponse answer = new ReassignablePartitionResponse()
                        .setPartitionIndex(wanted.partitionIndex())
                        .setErrorMessage(null);
                topicAnswer.partitions().add(answer);
                TopicPartition id = new TopicPartition(topic.name(), wanted.partitionIndex());
                try {
                    changes.put(
                            id,
                            plans.plan(plans.partition(id), wanted.replicas(), request.allowReplicationFactorChange()));
                    answers.put(id, answer);
                } catch (ApiException e) {
                    fail(answer, e);
                }
            }
        }
        // Whatever was asked for last holds: the node of old tools loses what is asked for here.
        return legacy.remove(changes.keySet())
                .thenCompose(done -> steps.begin(changes))
                .thenApply(failures -> {
                    failures.forEach((id, failure) -> fail(answers.get(id), failure));
                    return response;
                });
    }

    private static void fail(@Nullable ReassignablePartitionResponse answer, ApiException failure) {
        if (answer != null) {
            answer.setErrorCode(failure.error().code()).setErrorMessage(failure.getMessage());
        }
    }

    /** The reassignments under way, of all partitions or of those asked for. */
    public ListPartitionReassignmentsResponse list(ListPartitionReassignmentsRequest request) {
        Set<TopicPartition> wanted = wanted(request);
        ListPartitionReassignmentsResponse response = new ListPartitionReassignmentsResponse()
                .setErrorCode(ErrorCode.NONE.code())
                .setErrorMessage(null);
        OngoingTopicReassignment topic = null;
        for (PartitionState partition : context.cluster().partitions()) {
            TopicPartition id = partition.id();
            ReplicaAssignment assignment = steps.finishing().getOrDefault(id, partition.assignment());
            if (!assignment.isBeingReassigned() || (wanted != null && !wanted.contains(id))) {
                continue;
            }
            if (topic == null || !topic.name().equals(id.topic())) {
                topic = new OngoingTopicReassignment().setName(id.topic());
                response.topics().add(topic);
            }
            topic.partitions()
                    .add(new OngoingPartitionReassignment()
                            .setPartitionIndex(id.partition())
                            .setReplicas(assignment.replicas())
                            .setAddingReplicas(assignment.adding())
                            .setRemovingReplicas(assignment.removing()));
        }
        return response;
    }

    /** The partitions asked for; null stands for all. */
    private static @Nullable Set<TopicPartition> wanted(ListPartitionReassignmentsRequest request) {
        if (request.topics() == null) {
            return null;
        }
        Set<TopicPartition> wanted = new HashSet<>();
        for (ListPartitionReassignmentsTopics topic : request.topics()) {
            topic.partitionIndexes().forEach(index -> wanted.add(new TopicPartition(topic.name(), index)));
        }
        return wanted;
    }
}
