package io.ottla.controller;

import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.ClusterLoader;
import io.ottla.controller.state.ClusterLoader.LoadedTopic;
import io.ottla.controller.state.ClusterState;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.TopicState;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.DeleteTopicsNode;
import io.ottla.controller.znode.TopicNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.schema.Base64Uuid;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Topics that come, grow and go, whoever has written them. Confined to the controller's executor; lasts for one term.
 *
 * <p>Changes are read a moment after the watch has fired, so that a thousand of them are one event; most of them are the
 * controller's own, which are no difference to what it knows.
 */
final class TopicEvents {

    private static final Logger LOG = LoggerFactory.getLogger(TopicEvents.class);
    private static final long SETTLE_MS = 20;

    private final Office office;
    private final ClusterLoader loader;
    private final TopicDeletion deletion;
    private final Random random;
    private final ClusterEvents cluster;
    private final Set<String> changedTopics = new TreeSet<>();
    /** Topics whose znode has a watch. */
    private final Set<String> watched = new TreeSet<>();

    private boolean topicsPending;
    private boolean deletionsPending;

    TopicEvents(Office office, ClusterLoader loader, TopicDeletion deletion, Random random, ClusterEvents cluster) {
        this.office = office;
        this.loader = loader;
        this.deletion = deletion;
        this.random = random;
        this.cluster = cluster;
    }

    private ClusterState cluster() {
        return office.cluster();
    }

    private ZooKeeperSession session() {
        return office.writer().session();
    }

    /** Reads all topics, and arms all watches. */
    CompletableFuture<Void> load() {
        return readTopicNames()
                .thenCompose(names -> {
                    watched.addAll(names);
                    return loader.topics(names, event -> topicChanged(event.path()));
                })
                .thenCompose(this::addTopics)
                .thenApply(added -> null);
    }

    /** Adds topics that were read, with the states of their partitions; those without an id are given one. */
    private CompletableFuture<List<PartitionState>> addTopics(List<LoadedTopic> loaded) {
        List<PartitionState> partitions = new ArrayList<>();
        List<CompletableFuture<?>> upgrades = new ArrayList<>();
        for (LoadedTopic each : loaded) {
            UUID id = each.node().topicId();
            if (id == null) {
                id = Base64Uuid.random(random);
                TopicNode upgraded = new TopicNode(id, each.node().partitions());
                upgrades.add(office.writer()
                        .write(List.of(
                                WriteOperation.set(TopicNode.path(each.name()), upgraded.encode(), each.version()))));
            }
            TopicState topic = cluster().addTopic(each.name(), id);
            each.node()
                    .partitions()
                    .forEach((number, assignment) -> partitions.add(topic.addPartition(number, assignment)));
        }
        return CompletableFuture.allOf(upgrades.toArray(CompletableFuture<?>[]::new))
                .thenCompose(done -> loader.states(partitions, cluster()))
                .thenApply(done -> partitions);
    }

    private CompletableFuture<List<String>> readTopicNames() {
        return session().children(TopicNode.PARENT, event -> topicsChanged());
    }

    /** The list of topics, or one of the topics remembered as changed, may differ from what is known. */
    private void topicsChanged() {
        if (!cluster.isOver() && !topicsPending) {
            topicsPending = true;
            var unused = session()
                    .executor()
                    .schedule(
                            () -> cluster.submit("topics changed", () -> {
                                topicsPending = false;
                                return readTopicNames().thenCompose(this::onTopicNames);
                            }),
                            SETTLE_MS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void topicChanged(String path) {
        changedTopics.add(path.substring(TopicNode.PARENT.length() + 1));
        topicsChanged();
    }

    private CompletableFuture<Void> onTopicNames(List<String> names) {
        Set<String> present = new TreeSet<>(names);
        for (String known : List.copyOf(cluster().topicNames())) {
            TopicState topic = cluster().topic(known);
            if (!present.contains(known) && topic != null && !topic.isDeleting()) {
                forget(topic);
            }
        }
        // Topics that this controller has created are read once too: that arms the watch on their znode.
        Set<String> toRead = new TreeSet<>(changedTopics);
        names.stream().filter(watched::add).forEach(toRead::add);
        toRead.retainAll(present);
        watched.retainAll(present);
        changedTopics.clear();
        return loader.topics(toRead, event -> topicChanged(event.path())).thenCompose(this::onTopicsRead);
    }

    /** Somebody has removed the topic's znode; brokers are told to forget it, its replicas stay on their disks. */
    private void forget(TopicState topic) {
        LOG.warn("The znode of topic {} was removed by somebody else", topic.name());
        UpdateBatch batch = office.newBatch();
        topic.partitions().forEach(partition -> batch.metadata(partition.deletionUpdate(office.epoch())));
        cluster().removeTopic(topic.name());
        cluster.propagate(batch);
    }

    private CompletableFuture<Void> onTopicsRead(List<LoadedTopic> loaded) {
        List<LoadedTopic> unknown = new ArrayList<>();
        List<PartitionState> grown = new ArrayList<>();
        for (LoadedTopic each : loaded) {
            TopicState topic = cluster().topic(each.name());
            if (topic == null) {
                unknown.add(each);
            } else if (!topic.isDeleting()) {
                each.node()
                        .partitions()
                        .forEach((number, assignment) -> addIfUnknown(topic, number, assignment, grown));
            }
        }
        return addTopics(unknown)
                .thenCompose(added -> loader.states(grown, cluster()).thenApply(done -> {
                    grown.addAll(added);
                    return grown;
                }))
                .thenCompose(all -> all.isEmpty() ? CompletableFuture.completedFuture(null) : cluster.bringUp(all));
    }

    private static void addIfUnknown(
            TopicState topic, int number, ReplicaAssignment assignment, List<PartitionState> grown) {
        if (topic.partition(number) == null) {
            grown.add(topic.addPartition(number, assignment));
        }
    }

    /** Names of the topics that are wished away. */
    CompletableFuture<List<String>> readDeletions() {
        return session().children(DeleteTopicsNode.PARENT, event -> deletionsChanged());
    }

    private void deletionsChanged() {
        if (!cluster.isOver() && !deletionsPending) {
            deletionsPending = true;
            cluster.submit("topic deletions changed", () -> {
                deletionsPending = false;
                return readDeletions().thenCompose(this::onDeletions);
            });
        }
    }

    /** Begins to delete what is to be deleted. */
    CompletableFuture<Void> onDeletions(List<String> names) {
        List<TopicState> doomed = new ArrayList<>();
        List<String> strays = new ArrayList<>();
        for (String name : names) {
            TopicState topic = cluster().topic(name);
            if (topic == null) {
                strays.add(name);
            } else if (!topic.isDeleting()) {
                doomed.add(topic);
            }
        }
        if (!doomed.isEmpty()) {
            deletion.begin(doomed);
        }
        return removeStrays(strays);
    }

    /** Wishes to delete topics that do not exist. */
    private CompletableFuture<Void> removeStrays(List<String> names) {
        List<CompletableFuture<?>> removed = new ArrayList<>();
        for (String name : names) {
            removed.add(office.writer()
                    .write(List.of(WriteOperation.delete(DeleteTopicsNode.path(name), ZooKeeperSession.ANY_VERSION)))
                    .exceptionallyCompose(failure -> ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                            ? CompletableFuture.completedFuture(List.of())
                            : CompletableFuture.failedFuture(failure)));
        }
        return CompletableFuture.allOf(removed.toArray(CompletableFuture<?>[]::new));
    }
}
