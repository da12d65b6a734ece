package io.ottla.sim.client;

import io.ottla.controller.znode.PreferredElectionNode;
import io.ottla.controller.znode.ReassignPartitionsNode;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest;
import io.ottla.protocol.message.ElectLeadersRequest;
import io.ottla.protocol.message.ListPartitionReassignmentsRequest;
import io.ottla.protocol.message.UpdateFeaturesRequest;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.sim.zk.SimZooKeeper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What an operator does now and then: rare requests, those of old tools, and those that are wrong. */
public final class Errands {
    private static final short LIST_VERSION = 0;
    private static final short ELECT_VERSION = 2;
    private static final short REASSIGN_VERSION = 0;
    private static final short FEATURES_VERSION = 1;
    private static final int TIMEOUT_MS = 5_000;
    private static final int NO_BROKER = 99;

    private final ClientNode node;
    private final int brokers;
    private final SimZooKeeper zooKeeper;
    private final SideTopic side;

    /** @param zooKeeper where old tools write */
    public Errands(ClientNode node, int brokers, SimZooKeeper zooKeeper) {
        this.node = node;
        this.brokers = brokers;
        this.zooKeeper = zooKeeper;
        this.side = new SideTopic(node, brokers);
    }

    /** Whether nothing that was begun is still to be ended. */
    boolean isIdle() {
        return side.isIdle();
    }

    /** Does something for, or to, a partition. */
    void run(TopicPartition partition, Random random) {
        switch (random.nextInt(5)) {
            case 0 -> {
                list(null);
                list(partition);
                electEverywhere();
            }
            case 1 -> reassignAsOfOld(partition, random);
            case 2 -> electAsOfOld(partition);
            case 3 -> side.create(random);
            default -> {
                reassignNowhere(partition);
                side.createBadly();
                upgrade();
            }
        }
    }

    // --- the controller

    private void list(@Nullable TopicPartition partition) {
        ListPartitionReassignmentsRequest request =
                new ListPartitionReassignmentsRequest().setTimeoutMs(TIMEOUT_MS).setTopics(null);
        if (partition != null) {
            request.setTopics(
                    new ArrayList<>(List.of(new ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics()
                            .setName(partition.topic())
                            .setPartitionIndexes(new ArrayList<>(List.of(partition.partition()))))));
        }
        note(node.sendAnywhere(request, LIST_VERSION), "reassignments of " + partition);
    }

    private void electEverywhere() {
        ElectLeadersRequest request =
                new ElectLeadersRequest().setTimeoutMs(TIMEOUT_MS).setTopicPartitions(null);
        note(node.sendAnywhere(request, ELECT_VERSION), "election of all preferred leaders");
    }

    private void reassignNowhere(TopicPartition partition) {
        AlterPartitionReassignmentsRequest request = new AlterPartitionReassignmentsRequest().setTimeoutMs(TIMEOUT_MS);
        List<List<Integer>> targets = List.of(List.of(1, NO_BROKER), List.of(1, 1), List.of(-1), List.of());
        for (List<Integer> target : targets) {
            AlterPartitionReassignmentsRequest.ReassignableTopic topic =
                    new AlterPartitionReassignmentsRequest.ReassignableTopic().setName(partition.topic());
            topic.partitions()
                    .add(new AlterPartitionReassignmentsRequest.ReassignablePartition()
                            .setPartitionIndex(partition.partition())
                            .setReplicas(new ArrayList<>(target)));
            request.topics().add(topic);
        }
        note(node.sendAnywhere(request, REASSIGN_VERSION), "reassignments that cannot be");
    }

    /** Of a cluster that is not said to be Ottla's only: refused, or merely looked at. */
    private void upgrade() {
        UpdateFeaturesRequest request =
                new UpdateFeaturesRequest().setTimeoutMs(TIMEOUT_MS).setValidateOnly(true);
        for (String feature : List.of("transaction.version", "no.such.feature")) {
            request.featureUpdates()
                    .add(new UpdateFeaturesRequest.FeatureUpdateKey()
                            .setFeature(feature)
                            .setMaxVersionLevel((short) 2)
                            .setUpgradeType((byte) 1));
        }
        note(node.sendAnywhere(request, FEATURES_VERSION), "a look at features");
    }

    // --- what old tools write

    private void reassignAsOfOld(TopicPartition partition, Random random) {
        List<Integer> replicas = new ArrayList<>();
        for (int id = 1; id <= brokers; id++) {
            replicas.add(id);
        }
        Collections.shuffle(replicas, random);
        TreeMap<TopicPartition, List<Integer>> wanted = new TreeMap<>();
        wanted.put(partition, replicas.subList(0, 3));
        wanted.put(new TopicPartition("no-such-topic", 0), List.of(1, 2, 3));
        write(ReassignPartitionsNode.PATH, ReassignPartitionsNode.encode(wanted));
    }

    private void electAsOfOld(TopicPartition partition) {
        write(
                PreferredElectionNode.PATH,
                PreferredElectionNode.encode(List.of(partition, new TopicPartition("no-such-topic", 0))));
    }

    private void write(String path, byte[] data) {
        node.note((zooKeeper.add(path, data) ? "has written " : "finds ") + path);
    }

    private void note(CompletableFuture<? extends ApiMessage> sent, String what) {
        var unused = sent.handle((response, failure) -> {
            Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
            node.note(what + ": " + (response == null ? cause : response));
            return what;
        });
    }
}
