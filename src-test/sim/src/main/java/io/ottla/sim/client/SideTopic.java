package io.ottla.sim.client;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.CreatePartitionsRequest;
import io.ottla.protocol.message.CreatePartitionsResponse;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableReplicaAssignment;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import io.ottla.protocol.message.CreateTopicsResponse;
import io.ottla.protocol.message.DeleteTopicsRequest;
import io.ottla.protocol.message.DeleteTopicsResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** A topic that nobody uses: created with replicas where its operator wants them, made larger, and deleted by its id. */
final class SideTopic {
    private static final short CREATE_VERSION = 7;
    private static final short GROW_VERSION = 3;
    private static final short DELETE_VERSION = 6;
    private static final int TIMEOUT_MS = 5_000;
    private static final long BACKOFF_MS = 500;
    private static final int LIFE_MAX_MS = 15_000;
    private static final int GROWN = 4;

    private final ClientNode node;
    private final int brokers;
    private int created;
    private boolean busy;

    SideTopic(ClientNode node, int brokers) {
        this.node = node;
        this.brokers = brokers;
    }

    /** Whether there is none, as far as is known. */
    boolean isIdle() {
        return !busy;
    }

    /** A topic of its own name, unless there is one already. */
    void create(Random random) {
        if (!busy) {
            busy = true;
            create("side-" + created++, random.nextInt(LIFE_MAX_MS));
        }
    }

    private void create(String name, int lifeMs) {
        CreatableTopic topic =
                new CreatableTopic().setName(name).setNumPartitions(-1).setReplicationFactor((short) -1);
        topic.assignments().add(placed(0));
        topic.assignments().add(placed(1));
        topic.configs()
                .add(new CreatableTopicConfig().setName("min.insync.replicas").setValue("1"));
        topic.configs()
                .add(new CreatableTopicConfig()
                        .setName("unclean.leader.election.enable")
                        .setValue("false"));
        CreateTopicsRequest request = new CreateTopicsRequest().setTimeoutMs(TIMEOUT_MS);
        request.topics().add(topic);
        var unused = node.<CreateTopicsResponse>sendAnywhere(request, CREATE_VERSION)
                .whenComplete((response, failure) -> {
                    CreateTopicsResponse.CreatableTopicResult result =
                            response == null ? null : response.topics().get(0);
                    node.note("creation of " + name + ": " + response);
                    if (result != null && result.errorCode() == ErrorCode.NONE.code()) {
                        grow(name);
                        UUID id = result.topicId();
                        node.later(lifeMs, () -> deleteById(name, id));
                    } else if (result != null && result.errorCode() == ErrorCode.TOPIC_ALREADY_EXISTS.code()) {
                        // An earlier attempt has made it, and its answer was lost.
                        delete(name);
                    } else {
                        node.later(BACKOFF_MS, () -> create(name, lifeMs));
                    }
                });
    }

    private CreatableReplicaAssignment placed(int partition) {
        return new CreatableReplicaAssignment()
                .setPartitionIndex(partition)
                .setBrokerIds(new ArrayList<>(List.of(1 + partition % brokers, 1 + (partition + 1) % brokers)));
    }

    /** As wanted, and then in ways that are refused. */
    private void grow(String name) {
        CreatePartitionsRequest.CreatePartitionsTopic topic = new CreatePartitionsRequest.CreatePartitionsTopic()
                .setName(name)
                .setCount(GROWN);
        List<CreatePartitionsRequest.CreatePartitionsAssignment> placed = new ArrayList<>();
        for (int i = 2; i < GROWN; i++) {
            placed.add(new CreatePartitionsRequest.CreatePartitionsAssignment()
                    .setBrokerIds(placed(i).brokerIds()));
        }
        topic.setAssignments(placed);
        CreatePartitionsRequest request = new CreatePartitionsRequest().setTimeoutMs(TIMEOUT_MS);
        request.topics().add(topic);
        request.topics()
                .add(new CreatePartitionsRequest.CreatePartitionsTopic()
                        .setName("no-such-topic")
                        .setCount(2));
        var unused = node.<CreatePartitionsResponse>sendAnywhere(request, GROW_VERSION)
                .handle((response, failure) -> {
                    node.note("growth of " + name + ": " + response);
                    return name;
                });
    }

    private void deleteById(String name, UUID id) {
        DeleteTopicsRequest request = new DeleteTopicsRequest().setTimeoutMs(TIMEOUT_MS);
        request.topics()
                .add(new DeleteTopicsRequest.DeleteTopicState().setName(null).setTopicId(id));
        delete(name, request, ErrorCode.UNKNOWN_TOPIC_ID, () -> deleteById(name, id));
    }

    private void delete(String name) {
        DeleteTopicsRequest request = new DeleteTopicsRequest().setTimeoutMs(TIMEOUT_MS);
        request.topics().add(new DeleteTopicsRequest.DeleteTopicState().setName(name));
        delete(name, request, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, () -> delete(name));
    }

    private void delete(String name, DeleteTopicsRequest request, ErrorCode whenGone, Runnable again) {
        var unused = node.<DeleteTopicsResponse>sendAnywhere(request, DELETE_VERSION)
                .whenComplete((response, failure) -> {
                    node.note("deletion of " + name + ": " + response);
                    short error = response == null
                            ? ErrorCode.REQUEST_TIMED_OUT.code()
                            : response.responses().get(0).errorCode();
                    if (error == ErrorCode.NONE.code() || error == whenGone.code()) {
                        busy = false;
                    } else {
                        node.later(BACKOFF_MS, again);
                    }
                });
    }

    /** In ways that are refused, each for another reason. */
    void createBadly() {
        CreateTopicsRequest request =
                new CreateTopicsRequest().setTimeoutMs(TIMEOUT_MS).setValidateOnly(true);
        request.topics().add(topic("bad/name", 1, 1));
        request.topics().add(topic("too-many-replicas", 1, brokers + 1));
        request.topics().add(topic("no-partitions", 0, 1));
        CreatableTopic unknown = topic("bad-setting", 1, 1);
        unknown.configs()
                .add(new CreatableTopicConfig().setName("segment.bytes").setValue("-7"));
        request.topics().add(unknown);
        CreatableTopic twice = topic("replica-twice", -1, -1);
        twice.assignments()
                .add(new CreatableReplicaAssignment()
                        .setPartitionIndex(0)
                        .setBrokerIds(new ArrayList<>(List.of(1, 1))));
        request.topics().add(twice);
        CreatableTopic gap = topic("partition-missing", -1, -1);
        gap.assignments().add(placed(1));
        request.topics().add(gap);
        request.topics().add(topic("as-it-should-be", 1, 1));
        var unused = node.<CreateTopicsResponse>sendAnywhere(request, CREATE_VERSION)
                .handle((response, failure) -> {
                    node.note("creations that cannot be: " + response);
                    return request;
                });
    }

    private static CreatableTopic topic(String name, int partitions, int replicas) {
        return new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) replicas);
    }
}
