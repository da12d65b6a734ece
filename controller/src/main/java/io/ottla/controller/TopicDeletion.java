package io.ottla.controller;

import io.ottla.controller.event.EventQueue;
import io.ottla.controller.event.Gather;
import io.ottla.controller.propagation.BrokerAnswer;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.ReplicaStatus;
import io.ottla.controller.state.TopicState;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.ConfigNode;
import io.ottla.controller.znode.ConfigNode.EntityType;
import io.ottla.controller.znode.DeleteTopicsNode;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.TopicNode;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.StopReplicaResponse;
import io.ottla.protocol.message.StopReplicaResponse.StopReplicaPartitionError;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes topics: first the brokers forget them and remove their replicas, then the znodes go. Confined to the
 * controller's executor; lasts for one term.
 *
 * <p>A replica on a broker that is not live holds the deletion up until {@link #resume()} finds the broker back; the wish
 * stays under {@code /admin/delete_topics} meanwhile, where a new controller finds it.
 */
final class TopicDeletion {

    private static final Logger LOG = LoggerFactory.getLogger(TopicDeletion.class);
    private static final byte[] EMPTY = new byte[0];

    private final Office office;
    private final EventQueue events;
    private final Map<String, CompletableFuture<Void>> gone = new TreeMap<>();
    private Function<String, CompletableFuture<Void>> afterwards = topic -> CompletableFuture.completedFuture(null);

    TopicDeletion(Office office, EventQueue events) {
        this.office = office;
        this.events = events;
    }

    /** What else is to be done, in the same event, when a topic is gone. */
    void afterwards(Function<String, CompletableFuture<Void>> action) {
        afterwards = action;
    }

    /** Writes down the wish that this topic be deleted. */
    CompletableFuture<Void> request(String topic) {
        return office.writer()
                .write(List.of(WriteOperation.create(DeleteTopicsNode.path(topic), EMPTY)))
                .handle((done, failure) -> failure)
                .thenCompose(failure -> failure == null || ZooKeeperException.is(failure, ZooKeeperError.NODE_EXISTS)
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failure));
    }

    /**
     * Begins, or goes on, to delete these topics.
     *
     * @return by topic, completes when it is gone, or cannot go on because a broker with a replica of it is away
     */
    Map<String, CompletableFuture<Void>> begin(Collection<TopicState> topics) {
        UpdateBatch batch = office.newBatch();
        Map<String, CompletableFuture<Void>> done = new HashMap<>();
        List<TopicState> started = new ArrayList<>();
        for (TopicState topic : topics) {
            topic.beginDeletion();
            done.put(topic.name(), gone.computeIfAbsent(topic.name(), name -> new CompletableFuture<>()));
            if (tellBrokers(topic, batch)) {
                started.add(topic);
            }
        }
        var unused = office.send(batch).thenAccept(answers -> onAnswers(started, answers));
        return done;
    }

    /** Goes on with every deletion that was held up. */
    void resume() {
        List<TopicState> pending = office.cluster().topics().stream()
                .filter(TopicState::isDeleting)
                .toList();
        if (!pending.isEmpty()) {
            begin(pending);
        }
    }

    /** Whether anything was left to tell. */
    private boolean tellBrokers(TopicState topic, UpdateBatch batch) {
        boolean underWay = false;
        for (PartitionState partition : topic.partitions()) {
            batch.metadata(partition.deletionUpdate(office.epoch()));
            for (int replica : partition.assignment().replicas()) {
                underWay |= tellReplica(partition, replica, batch);
            }
        }
        return underWay || topic.partitions().isEmpty();
    }

    private boolean tellReplica(PartitionState partition, int replica, UpdateBatch batch) {
        ReplicaStatus status = partition.replica(replica);
        if (status == ReplicaStatus.DELETION_STARTED || status == ReplicaStatus.DELETION_SUCCESSFUL) {
            return status == ReplicaStatus.DELETION_SUCCESSFUL;
        }
        if (status != ReplicaStatus.OFFLINE) {
            partition.replicaBecomes(replica, ReplicaStatus.OFFLINE);
        }
        if (office.cluster().broker(replica) == null) {
            partition.replicaBecomes(replica, ReplicaStatus.DELETION_INELIGIBLE);
            return true;
        }
        partition.replicaBecomes(replica, ReplicaStatus.DELETION_STARTED);
        batch.deleteReplica(replica, partition.id());
        return true;
    }

    private void onAnswers(List<TopicState> topics, List<BrokerAnswer> answers) {
        Map<Integer, Heard> heard = new HashMap<>();
        for (BrokerAnswer answer : answers) {
            if (answer instanceof BrokerAnswer.Answered answered
                    && answered.response() instanceof StopReplicaResponse response) {
                heard.put(answer.brokerId(), Heard.of(response));
            }
        }
        List<TopicState> unheard = new ArrayList<>();
        for (TopicState topic : topics) {
            boolean allHeard = true;
            for (PartitionState partition : topic.partitions()) {
                for (int replica : partition.assignment().replicas()) {
                    allHeard &= onReplicaAnswer(partition, replica, heard.get(replica));
                }
            }
            if (!allHeard) {
                unheard.add(topic);
            }
        }
        var unused = events.submitAlways(
                "finish topic deletion", () -> finish(topics).thenRun(() -> tellAgain(unheard)));
    }

    /** Brokers that went before they answered may be back already, in which case nobody else would tell them again. */
    private void tellAgain(List<TopicState> unheard) {
        List<TopicState> told = unheard.stream()
                .filter(topic -> topic.partitions().stream()
                        .flatMap(partition -> partition.replicas().entrySet().stream())
                        .anyMatch(replica -> replica.getValue() == ReplicaStatus.DELETION_INELIGIBLE
                                && office.cluster().broker(replica.getKey()) != null))
                .toList();
        if (!told.isEmpty()) {
            begin(told);
        }
    }

    /** Says whether the broker was heard of; one that was not, or refused, still has the replica. */
    private static boolean onReplicaAnswer(PartitionState partition, int replica, @Nullable Heard answer) {
        if (partition.replica(replica) != ReplicaStatus.DELETION_STARTED) {
            return true;
        }
        ErrorCode error = answer == null ? ErrorCode.BROKER_NOT_AVAILABLE : answer.errorOf(partition.id());
        if (error == ErrorCode.NONE) {
            partition.replicaBecomes(replica, ReplicaStatus.DELETION_SUCCESSFUL);
        } else {
            LOG.warn("Broker {} did not delete its replica of {}: {}", replica, partition.id(), error);
            partition.replicaBecomes(replica, ReplicaStatus.DELETION_INELIGIBLE);
        }
        return answer != null;
    }

    /** What a broker has answered; a refusal of the whole request names no partitions. */
    private record Heard(ErrorCode whole, Map<TopicPartition, ErrorCode> refused) {

        static Heard of(StopReplicaResponse response) {
            Map<TopicPartition, ErrorCode> refused = new HashMap<>();
            for (StopReplicaPartitionError error : response.partitionErrors()) {
                refused.put(
                        new TopicPartition(error.topicName(), error.partitionIndex()),
                        ErrorCode.forCode(error.errorCode()));
            }
            return new Heard(ErrorCode.forCode(response.errorCode()), refused);
        }

        ErrorCode errorOf(TopicPartition partition) {
            return whole == ErrorCode.NONE ? refused.getOrDefault(partition, ErrorCode.NONE) : whole;
        }
    }

    private CompletableFuture<Void> finish(List<TopicState> topics) {
        return Gather.each(topics, this::finish).thenApply(done -> null);
    }

    private CompletableFuture<Void> finish(TopicState topic) {
        boolean allDeleted = topic.partitions().stream()
                .flatMap(partition -> partition.replicas().values().stream())
                .allMatch(status -> status == ReplicaStatus.DELETION_SUCCESSFUL);
        CompletableFuture<Void> removed = allDeleted ? removeNodes(topic) : CompletableFuture.completedFuture(null);
        return removed.whenComplete((done, failure) -> {
            CompletableFuture<Void> waiting = gone.remove(topic.name());
            if (waiting == null) {
                return;
            }
            if (failure == null) {
                waiting.complete(null);
            } else {
                waiting.completeExceptionally(failure);
            }
        });
    }

    /** The znodes as this controller would have made them; where others have left more, or less, what is there. */
    private CompletableFuture<Void> removeNodes(TopicState topic) {
        String name = topic.name();
        return office.writer()
                .writeInParts(deletions(expectedNodes(topic)))
                .exceptionallyCompose(failure -> ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                                || ZooKeeperException.is(failure, ZooKeeperError.NOT_EMPTY)
                        ? presentNodes(name)
                                .thenCompose(paths -> office.writer().writeInParts(deletions(paths)))
                        : CompletableFuture.failedFuture(failure))
                .thenCompose(done -> {
                    LOG.info("Topic {} is deleted", name);
                    office.cluster().removeTopic(name);
                    return afterwards.apply(name);
                });
    }

    private static List<WriteOperation> deletions(List<String> paths) {
        return paths.stream()
                .map(path -> WriteOperation.delete(path, ZooKeeperSession.ANY_VERSION))
                .toList();
    }

    private static List<String> expectedNodes(TopicState topic) {
        List<String> paths = new ArrayList<>();
        for (PartitionState partition : topic.partitions()) {
            if (partition.state() != null) {
                paths.add(PartitionStateNode.path(partition.id()));
                paths.add(PartitionStateNode.partitionPath(partition.id()));
            }
        }
        paths.add(PartitionStateNode.partitionsPath(topic.name()));
        paths.add(TopicNode.path(topic.name()));
        paths.add(ConfigNode.path(EntityType.TOPICS, topic.name()));
        paths.add(DeleteTopicsNode.path(topic.name()));
        return paths;
    }

    private CompletableFuture<List<String>> presentNodes(String topic) {
        ZooKeeperSession session = office.writer().session();
        List<String> roots =
                List.of(TopicNode.path(topic), ConfigNode.path(EntityType.TOPICS, topic), DeleteTopicsNode.path(topic));
        return Gather.each(roots, root -> subtree(session, root)).thenApply(paths -> {
            List<String> all = new ArrayList<>();
            paths.forEach(all::addAll);
            return all;
        });
    }

    /** Paths of a node and all below it, children before parents; none if there is no such node. */
    private static CompletableFuture<List<String>> subtree(ZooKeeperSession session, String path) {
        return session.children(path)
                .thenCompose(names -> Gather.each(names, name -> subtree(session, path + "/" + name)))
                .thenApply(below -> {
                    List<String> paths = new ArrayList<>();
                    below.forEach(paths::addAll);
                    paths.add(path);
                    return paths;
                })
                .exceptionallyCompose(failure -> ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                        ? CompletableFuture.completedFuture(List.of())
                        : CompletableFuture.failedFuture(failure));
    }

    /** The term is over; whoever waits is told to ask the next controller. */
    void abandon(RuntimeException why) {
        List.copyOf(gone.values()).forEach(waiting -> waiting.completeExceptionally(why));
        gone.clear();
    }
}
