package io.ottla.controller;

import io.ottla.controller.event.EventQueue;
import io.ottla.controller.propagation.BrokerAnswer;
import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.ClusterLoader;
import io.ottla.controller.state.ClusterLoader.LoadedTopic;
import io.ottla.controller.state.ClusterState;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.PartitionStatus;
import io.ottla.controller.state.ReplicaStatus;
import io.ottla.controller.state.TopicState;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.DeleteTopicsNode;
import io.ottla.controller.znode.FeatureNode;
import io.ottla.controller.znode.TopicNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.LeaderAndIsrResponse;
import io.ottla.protocol.message.LeaderAndIsrResponse.LeaderAndIsrPartitionError;
import io.ottla.protocol.message.LeaderAndIsrResponse.LeaderAndIsrTopicError;
import io.ottla.protocol.schema.Base64Uuid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a controller does when it takes office, and when brokers and topics come and go. Confined to the controller's
 * executor; lasts for one term.
 *
 * <p>Every watch only says that something has changed: the event that follows reads what is there now, arms the watch
 * again, and acts on the difference. Changes of topics are read a moment later, so that a thousand of them are one event;
 * most of them are the controller's own, which are no difference.
 */
final class ClusterEvents {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterEvents.class);
    private static final long TOPICS_SETTLE_MS = 20;

    private final Office office;
    private final ClusterLoader loader;
    private final EventQueue events;
    private final TopicDeletion deletion;
    private final Random random;
    private final Runnable resign;
    private final Set<String> changedTopics = new TreeSet<>();
    /** Topics whose znode has a watch. */
    private final Set<String> watched = new TreeSet<>();

    private boolean brokersPending;
    private boolean topicsPending;
    private boolean deletionsPending;
    private boolean over;

    ClusterEvents(Office office, EventQueue events, TopicDeletion deletion, Random random, Runnable resign) {
        this.office = office;
        this.loader = new ClusterLoader(office.writer().session());
        this.events = events;
        this.deletion = deletion;
        this.random = random;
        this.resign = resign;
    }

    private ClusterState cluster() {
        return office.cluster();
    }

    private ZooKeeperSession session() {
        return office.writer().session();
    }

    /** The term has ended; watches that still fire are ignored. */
    void end() {
        over = true;
    }

    /** Reads everything, then tells everybody. */
    CompletableFuture<Void> takeOffice() {
        return createFeatureNode()
                .thenCompose(done -> readBrokers())
                .thenAccept(brokers -> brokers.forEach(this::admit))
                .thenCompose(done -> readTopicNames())
                .thenCompose(names -> {
                    watched.addAll(names);
                    return loader.topics(names, event -> topicChanged(event.path()));
                })
                .thenCompose(this::addTopics)
                .thenCompose(added -> readDeletions())
                .thenCompose(this::assumeState);
    }

    private CompletableFuture<Void> createFeatureNode() {
        return session()
                .exists(FeatureNode.PATH)
                .thenCompose(stat -> stat.isPresent()
                        ? CompletableFuture.completedFuture(null)
                        : session()
                                .create(FeatureNode.PATH, FeatureNode.initial().encode(), NodeKind.PERSISTENT)
                                .handle((created, failure) -> null));
    }

    private void admit(LiveBroker broker) {
        cluster().putBroker(broker);
        office.senders().add(broker);
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
                .thenCompose(done -> loader.states(partitions))
                .thenApply(done -> partitions);
    }

    private CompletableFuture<Void> assumeState(List<String> deletions) {
        UpdateBatch greeting = office.newBatch();
        greeting.liveBrokers();
        var unused = office.send(greeting);
        List<TopicState> doomed = new ArrayList<>();
        List<String> strays = new ArrayList<>();
        for (String name : deletions) {
            TopicState topic = cluster().topic(name);
            if (topic == null) {
                strays.add(name);
            } else {
                topic.beginDeletion();
                doomed.add(topic);
            }
        }
        return bringUp(cluster().partitions()).thenCompose(done -> {
            deletion.begin(doomed);
            return removeStrays(strays);
        });
    }

    /** Finds the status of partitions that were read, gives them leaders where they lack one, and tells the brokers. */
    private CompletableFuture<Void> bringUp(Collection<PartitionState> partitions) {
        UpdateBatch batch = office.newBatch();
        List<PartitionState> unled = new ArrayList<>();
        List<PartitionState> fresh = new ArrayList<>();
        List<PartitionState> led = new ArrayList<>();
        for (PartitionState partition : partitions) {
            if (partition.state() == null) {
                fresh.add(partition);
                continue;
            }
            partition.assignment().replicas().stream()
                    .filter(replica -> cluster().broker(replica) == null)
                    .forEach(replica -> partition.replicaBecomes(replica, ReplicaStatus.OFFLINE));
            boolean leaderLives = cluster().broker(partition.leader()) != null;
            partition.become(leaderLives ? PartitionStatus.ONLINE : PartitionStatus.OFFLINE);
            (leaderLives ? led : unled).add(partition);
        }
        led.forEach(partition -> office.partitions().announce(partition, batch));
        return office.partitions()
                .electLeaders(unled, batch)
                .thenCompose(done -> office.partitions().initialize(fresh, batch))
                .thenCompose(done -> office.partitions().shrinkIsr(led, batch))
                .thenAccept(done -> propagate(batch));
    }

    private void propagate(UpdateBatch batch) {
        var unused = office.send(batch).thenAccept(this::onAnswers);
    }

    /** A broker that cannot host a replica because of its disk hosts it no more, until it registers again. */
    void onAnswers(List<BrokerAnswer> answers) {
        for (BrokerAnswer answer : answers) {
            if (answer instanceof BrokerAnswer.Answered answered
                    && answered.response() instanceof LeaderAndIsrResponse response) {
                logRefusals(answer.brokerId(), response);
            }
        }
    }

    private void logRefusals(int brokerId, LeaderAndIsrResponse response) {
        if (response.errorCode() != ErrorCode.NONE.code()) {
            LOG.warn("Broker {} refused LeaderAndIsr: {}", brokerId, ErrorCode.forCode(response.errorCode()));
        }
        for (LeaderAndIsrTopicError topicError : response.topics()) {
            for (LeaderAndIsrPartitionError error : topicError.partitionErrors()) {
                if (error.errorCode() != ErrorCode.NONE.code()) {
                    TopicState topic = cluster().topic(topicError.topicId());
                    LOG.error(
                            "Broker {} cannot take its part in {}: {}",
                            brokerId,
                            topic == null
                                    ? topicError.topicId()
                                    : new TopicPartition(topic.name(), error.partitionIndex()),
                            ErrorCode.forCode(error.errorCode()));
                }
            }
        }
    }

    private CompletableFuture<List<LiveBroker>> readBrokers() {
        return loader.brokers(event -> brokersChanged(), event -> brokersChanged());
    }

    private void brokersChanged() {
        if (!over && !brokersPending) {
            brokersPending = true;
            submit("brokers changed", () -> {
                brokersPending = false;
                return readBrokers().thenCompose(this::onBrokers);
            });
        }
    }

    /** Acts on the difference between the brokers known and those registered now. */
    private CompletableFuture<Void> onBrokers(List<LiveBroker> registered) {
        Map<Integer, LiveBroker> now = new HashMap<>();
        registered.forEach(broker -> now.put(broker.id(), broker));
        List<Integer> gone = new ArrayList<>();
        List<LiveBroker> come = new ArrayList<>();
        boolean changed = false;
        for (LiveBroker known : List.copyOf(cluster().brokers())) {
            LiveBroker current = now.get(known.id());
            if (current == null || current.epoch() != known.epoch()) {
                gone.add(known.id());
            } else if (!current.node().equals(known.node())) {
                cluster().putBroker(current);
                changed = true;
            }
        }
        for (LiveBroker broker : registered) {
            LiveBroker known = cluster().broker(broker.id());
            if (known == null || known.epoch() != broker.epoch()) {
                come.add(broker);
            }
        }
        if (changed) {
            UpdateBatch batch = office.newBatch();
            batch.liveBrokers();
            propagate(batch);
        }
        return onGone(gone).thenCompose(done -> onCome(come));
    }

    private CompletableFuture<Void> onGone(List<Integer> gone) {
        if (gone.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        LOG.info("Brokers {} have gone", gone);
        for (int id : gone) {
            cluster().removeBroker(id);
            office.senders().remove(id);
        }
        UpdateBatch batch = office.newBatch();
        batch.liveBrokers();
        List<PartitionState> unled = new ArrayList<>();
        List<PartitionState> led = new ArrayList<>();
        for (PartitionState partition : cluster().partitions()) {
            boolean touched = false;
            for (int id : gone) {
                if (partition.assignment().replicas().contains(id)) {
                    partition.replicaBecomes(id, ReplicaStatus.OFFLINE);
                    touched = true;
                }
            }
            if (gone.contains(partition.leader())) {
                unled.add(partition);
            } else if (touched && partition.state() != null) {
                led.add(partition);
                batch.metadata(partition.update());
            }
        }
        unled.forEach(partition -> partition.become(PartitionStatus.OFFLINE));
        return office.partitions()
                .electLeaders(unled, batch)
                .thenCompose(done -> office.partitions().shrinkIsr(led, batch))
                .thenAccept(done -> propagate(batch));
    }

    private CompletableFuture<Void> onCome(List<LiveBroker> come) {
        if (come.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<Integer> ids = come.stream().map(LiveBroker::id).toList();
        LOG.info("Brokers {} have come", ids);
        come.forEach(this::admit);
        UpdateBatch batch = office.newBatch();
        batch.liveBrokers();
        List<PartitionState> unled = new ArrayList<>();
        List<PartitionState> fresh = new ArrayList<>();
        for (PartitionState partition : cluster().partitions()) {
            if (partition.status() == PartitionStatus.OFFLINE) {
                unled.add(partition);
            } else if (partition.status() == PartitionStatus.NEW) {
                fresh.add(partition);
            }
            if (partition.state() != null) {
                batch.metadata(partition.update());
                greet(partition, ids, batch);
            }
        }
        return office.partitions()
                .electLeaders(unled, batch)
                .thenCompose(done -> office.partitions().initialize(fresh, batch))
                .thenAccept(done -> {
                    propagate(batch);
                    deletion.resume();
                });
    }

    private static void greet(PartitionState partition, List<Integer> ids, UpdateBatch batch) {
        for (int id : ids) {
            if (partition.assignment().replicas().contains(id)) {
                partition.replicaBecomes(id, ReplicaStatus.ONLINE);
                batch.leaderAndIsr(id, partition.update());
            }
        }
    }

    private CompletableFuture<List<String>> readTopicNames() {
        return session().children(TopicNode.PARENT, event -> topicsChanged());
    }

    /** The list of topics, or one of the topics remembered as changed, may differ from what is known. */
    private void topicsChanged() {
        if (!over && !topicsPending) {
            topicsPending = true;
            var unused = session()
                    .executor()
                    .schedule(
                            () -> submit("topics changed", () -> {
                                topicsPending = false;
                                return readTopicNames().thenCompose(this::onTopicNames);
                            }),
                            TOPICS_SETTLE_MS,
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
        propagate(batch);
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
                .thenCompose(added -> loader.states(grown).thenApply(done -> {
                    grown.addAll(added);
                    return grown;
                }))
                .thenCompose(all -> all.isEmpty() ? CompletableFuture.completedFuture(null) : bringUp(all));
    }

    private static void addIfUnknown(
            TopicState topic, int number, ReplicaAssignment assignment, List<PartitionState> grown) {
        if (topic.partition(number) == null) {
            grown.add(topic.addPartition(number, assignment));
        }
    }

    private CompletableFuture<List<String>> readDeletions() {
        return session().children(DeleteTopicsNode.PARENT, event -> deletionsChanged());
    }

    private void deletionsChanged() {
        if (!over && !deletionsPending) {
            deletionsPending = true;
            submit("topic deletions changed", () -> {
                deletionsPending = false;
                return readDeletions().thenCompose(this::onDeletions);
            });
        }
    }

    private CompletableFuture<Void> onDeletions(List<String> names) {
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

    /** Runs unless the term is over by then. A failure ends the term: what is known may no longer be what is so. */
    private void submit(String name, Supplier<CompletableFuture<Void>> body) {
        var unused = events.submitAlways(name, () -> over ? CompletableFuture.completedFuture(null) : body.get())
                .exceptionally(failure -> {
                    if (!over) {
                        LOG.error(
                                "Controller event \"{}\" failed; resigning", name, ZooKeeperException.unwrap(failure));
                        resign.run();
                    }
                    return null;
                });
    }
}
