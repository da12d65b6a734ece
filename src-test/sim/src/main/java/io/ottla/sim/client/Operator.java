package io.ottla.sim.client;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest;
import io.ottla.protocol.message.AlterReplicaLogDirsRequest;
import io.ottla.protocol.message.CreatePartitionsRequest;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsResponse;
import io.ottla.protocol.message.DeleteRecordsRequest;
import io.ottla.protocol.message.DeleteTopicsRequest;
import io.ottla.protocol.message.DeleteTopicsResponse;
import io.ottla.protocol.message.ElectLeadersRequest;
import io.ottla.protocol.message.IncrementalAlterConfigsRequest;
import io.ottla.protocol.message.IncrementalAlterConfigsResponse;
import io.ottla.protocol.message.UpdateFeaturesRequest;
import io.ottla.protocol.message.UpdateFeaturesResponse;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.sim.cluster.Fault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Who creates topics, and interferes with them. */
public final class Operator {
    private static final short CREATE_VERSION = 7;
    private static final short DELETE_VERSION = 5;
    private static final short PARTITIONS_VERSION = 3;
    private static final short REASSIGN_VERSION = 0;
    private static final short ELECT_VERSION = 2;
    private static final short CONFIG_VERSION = 1;
    private static final short RECORDS_VERSION = 2;
    private static final short FEATURES_VERSION = 1;
    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;
    private static final byte TOPIC_RESOURCE = 2;
    private static final byte BROKER_RESOURCE = 4;
    private static final int TIMEOUT_MS = 5_000;
    private static final long BACKOFF_MS = 200;
    private static final int PATIENCE = 200;
    private static final int MAX_PARTITIONS = 4;
    private static final int ABSENCE_MAX_MS = 10_000;
    private static final long HIGH_WATERMARK = -1;
    private static final short MOVE_VERSION = 2;
    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final int THROTTLE_MIN_BYTES = 2_000;
    private static final int THROTTLE_MAX_BYTES = 40_000;
    private static final int THROTTLED_MAX_MS = 20_000;
    private static final List<String> THROTTLES = List.of(
            "leader.replication.throttled.rate",
            "follower.replication.throttled.rate",
            "replica.alter.log.dirs.io.max.bytes.per.second");
    private static final List<String> THROTTLED_REPLICAS =
            List.of("leader.replication.throttled.replicas", "follower.replication.throttled.replicas");

    private final ClientNode node;
    private final Field field;
    private final Errands errands;
    private int fieldPartitions;
    private boolean recreating;
    /** How many throttles are to be taken away again. */
    private int throttles;

    private boolean upgrading;

    /**
     * What may be interfered with.
     *
     * @param brokers addresses of all, in the order of their ids, which count from 1
     * @param directories the log directories of each
     * @param replicas how many each partition has
     * @param topics by name the partitions of those that must not lose anything
     * @param careless the topic that may; its partitions grow, and it comes and goes
     */
    public record Field(
            List<String> brokers,
            List<List<String>> directories,
            short replicas,
            Map<String, Integer> topics,
            String careless) {}

    public Operator(ClientNode node, Field field, Errands errands) {
        this.node = node;
        this.field = field;
        this.errands = errands;
    }

    /** Whether it is for the operator to do that. */
    public boolean can(Fault fault) {
        return fault.compareTo(Fault.TOPIC_RECREATION) >= 0;
    }

    /** Whether nothing that was begun is still to be done. */
    public boolean isIdle() {
        return !recreating && !upgrading && throttles == 0 && errands.isIdle();
    }

    /** Does it, or tries to. */
    public void act(Fault fault, Random random) {
        String topic = topic(random);
        int partition = random.nextInt(partitions(topic));
        switch (fault) {
            case TOPIC_RECREATION -> recreate(random);
            case PARTITION_ADDED -> addPartition();
            case REASSIGNMENT -> reassign(topic, partition, placement(random));
            case REASSIGNMENT_CANCELLED -> reassign(topic, partition, null);
            case PREFERRED_ELECTION -> elect(PREFERRED, topic, partition);
            case UNCLEAN_ELECTION -> elect(UNCLEAN, field.careless(), random.nextInt(partitions(field.careless())));
            case SETTING_CHANGED -> change(topic, random);
            case DIRECTORY_MOVE -> move(topic, partition, random);
            case THROTTLED -> throttle(random);
            case ERRAND -> errands.run(new TopicPartition(topic, partition), random);
            default -> deleteRecords(random.nextInt(partitions(field.careless())));
        }
    }

    private String topic(Random random) {
        List<String> names = new ArrayList<>(field.topics().keySet());
        Collections.sort(names);
        if (fieldPartitions > 0) {
            names.add(field.careless());
        }
        return names.get(random.nextInt(names.size()));
    }

    private int partitions(String topic) {
        return Math.max(1, field.topics().getOrDefault(topic, fieldPartitions));
    }

    /** Any brokers, in any order. */
    private List<Integer> placement(Random random) {
        List<Integer> brokers = new ArrayList<>();
        for (int id = 1; id <= field.brokers().size(); id++) {
            brokers.add(id);
        }
        Collections.shuffle(brokers, random);
        return new ArrayList<>(brokers.subList(0, field.replicas()));
    }

    /** Creates a topic, again and again until it is there. */
    public void create(String topic, int partitions) {
        create(topic, partitions, 0);
    }

    /** @param patience how often to take its existence for that of a former topic, whose deletion goes on */
    private void create(String topic, int partitions, int patience) {
        if (topic.equals(field.careless())) {
            fieldPartitions = partitions;
        }
        CreateTopicsRequest request = new CreateTopicsRequest().setTimeoutMs(TIMEOUT_MS);
        request.topics()
                .add(new CreateTopicsRequest.CreatableTopic()
                        .setName(topic)
                        .setNumPartitions(partitions)
                        .setReplicationFactor(field.replicas()));
        CompletableFuture<CreateTopicsResponse> sent = node.sendAnywhere(request, CREATE_VERSION);
        var unused = sent.whenComplete((response, failure) -> {
            ErrorCode error = response == null
                    ? ErrorCode.REQUEST_TIMED_OUT
                    : ErrorCode.forCode(response.topics().get(0).errorCode());
            node.note("creation of " + topic + ": " + error);
            boolean former = error == ErrorCode.TOPIC_ALREADY_EXISTS && patience > 0;
            if (former || (error != ErrorCode.NONE && error != ErrorCode.TOPIC_ALREADY_EXISTS)) {
                node.later(BACKOFF_MS, () -> create(topic, partitions, former ? patience - 1 : patience));
            } else if (topic.equals(field.careless())) {
                recreating = false;
            }
        });
    }

    /** Raises a feature of the cluster, again and again until it is. */
    public void upgrade(String feature, short level) {
        upgrading = true;
        UpdateFeaturesRequest request = new UpdateFeaturesRequest().setTimeoutMs(TIMEOUT_MS);
        request.featureUpdates()
                .add(new UpdateFeaturesRequest.FeatureUpdateKey()
                        .setFeature(feature)
                        .setMaxVersionLevel(level));
        CompletableFuture<UpdateFeaturesResponse> sent = node.sendAnywhere(request, FEATURES_VERSION);
        var unused = sent.whenComplete((response, failure) -> {
            ErrorCode error = response == null
                    ? ErrorCode.REQUEST_TIMED_OUT
                    : ErrorCode.forCode(
                            response.results().isEmpty()
                                    ? response.errorCode()
                                    : response.results().get(0).errorCode());
            node.note("upgrade of " + feature + " to " + level + ": " + error);
            if (error == ErrorCode.NONE) {
                upgrading = false;
            } else {
                node.later(BACKOFF_MS, () -> upgrade(feature, level));
            }
        });
    }

    private void recreate(Random random) {
        if (fieldPartitions == 0 || recreating) {
            return;
        }
        recreating = true;
        int absenceMs = random.nextInt(ABSENCE_MAX_MS);
        int partitions = 1 + random.nextInt(MAX_PARTITIONS - 1);
        delete(() -> node.later(absenceMs, () -> create(field.careless(), partitions, PATIENCE)));
    }

    private void delete(Runnable then) {
        DeleteTopicsRequest request = new DeleteTopicsRequest().setTimeoutMs(TIMEOUT_MS);
        request.topicNames().add(field.careless());
        CompletableFuture<DeleteTopicsResponse> sent = node.sendAnywhere(request, DELETE_VERSION);
        var unused = sent.whenComplete((response, failure) -> {
            ErrorCode error = response == null
                    ? ErrorCode.REQUEST_TIMED_OUT
                    : ErrorCode.forCode(response.responses().get(0).errorCode());
            node.note("deletion of " + field.careless() + ": " + error);
            if (error == ErrorCode.NONE || error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
                then.run();
            } else {
                node.later(BACKOFF_MS, () -> delete(then));
            }
        });
    }

    private void addPartition() {
        if (fieldPartitions == 0 || fieldPartitions >= MAX_PARTITIONS || recreating) {
            return;
        }
        fieldPartitions++;
        CreatePartitionsRequest request = new CreatePartitionsRequest().setTimeoutMs(TIMEOUT_MS);
        request.topics()
                .add(new CreatePartitionsRequest.CreatePartitionsTopic()
                        .setName(field.careless())
                        .setCount(fieldPartitions));
        send(request, PARTITIONS_VERSION, "addition of a partition");
    }

    private void reassign(String topic, int partition, @Nullable List<Integer> replicas) {
        AlterPartitionReassignmentsRequest.ReassignableTopic asked =
                new AlterPartitionReassignmentsRequest.ReassignableTopic().setName(topic);
        asked.partitions()
                .add(new AlterPartitionReassignmentsRequest.ReassignablePartition()
                        .setPartitionIndex(partition)
                        .setReplicas(replicas));
        AlterPartitionReassignmentsRequest request = new AlterPartitionReassignmentsRequest().setTimeoutMs(TIMEOUT_MS);
        request.topics().add(asked);
        send(request, REASSIGN_VERSION, "reassignment of " + topic + "-" + partition + " to " + replicas);
    }

    private void elect(byte type, String topic, int partition) {
        ElectLeadersRequest request =
                new ElectLeadersRequest().setElectionType(type).setTimeoutMs(TIMEOUT_MS);
        request.setTopicPartitions(new ArrayList<>(List.of(new ElectLeadersRequest.TopicPartitions()
                .setTopic(topic)
                .setPartitions(new ArrayList<>(List.of(partition))))));
        send(request, ELECT_VERSION, "election of type " + type + " in " + topic + "-" + partition);
    }

    private void change(String topic, Random random) {
        boolean ofBroker = random.nextInt(4) == 0;
        String name;
        String value;
        switch (random.nextInt(ofBroker ? 2 : topic.equals(field.careless()) ? 5 : 3)) {
            case 0 -> {
                name = ofBroker ? "log.segment.bytes" : "segment.bytes";
                value = Integer.toString(8_192 << random.nextInt(3));
            }
            case 1 -> {
                name = ofBroker ? "log.flush.interval.messages" : "flush.messages";
                value = Integer.toString(1 + random.nextInt(50));
            }
            case 2 -> {
                name = "max.message.bytes";
                value = Integer.toString(50_000 + random.nextInt(100_000));
            }
            case 3 -> {
                name = "retention.bytes";
                value = Integer.toString(random.nextInt(60_000));
            }
            default -> {
                name = "retention.ms";
                value = Integer.toString(1_000 + random.nextInt(60_000));
            }
        }
        IncrementalAlterConfigsRequest.AlterConfigsResource resource =
                new IncrementalAlterConfigsRequest.AlterConfigsResource()
                        .setResourceType(ofBroker ? BROKER_RESOURCE : TOPIC_RESOURCE)
                        .setResourceName(ofBroker ? "" : topic);
        resource.configs()
                .add(new IncrementalAlterConfigsRequest.AlterableConfig()
                        .setName(name)
                        .setConfigOperation((byte) 0)
                        .setValue(value));
        IncrementalAlterConfigsRequest request = new IncrementalAlterConfigsRequest();
        request.resources().add(resource);
        send(request, CONFIG_VERSION, "setting of " + name + " to " + value);
    }

    private void move(String topic, int partition, Random random) {
        int broker = random.nextInt(field.brokers().size());
        List<String> directories = field.directories().get(broker);
        AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic moved =
                new AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic().setName(topic);
        moved.partitions().add(partition);
        AlterReplicaLogDirsRequest.AlterReplicaLogDir to = new AlterReplicaLogDirsRequest.AlterReplicaLogDir()
                .setPath(directories.get(random.nextInt(directories.size())));
        to.topics().add(moved);
        AlterReplicaLogDirsRequest request = new AlterReplicaLogDirsRequest();
        request.dirs().add(to);
        note(
                node.send(field.brokers().get(broker), request, MOVE_VERSION),
                "move of " + topic + "-" + partition + " to " + to.path());
    }

    private void throttle(Random random) {
        throttles++;
        setThrottles(SET, Integer.toString(THROTTLE_MIN_BYTES + random.nextInt(THROTTLE_MAX_BYTES)), () -> {});
        node.later(random.nextInt(THROTTLED_MAX_MS), () -> setThrottles(DELETE, null, () -> throttles--));
    }

    private void setThrottles(byte operation, @Nullable String bytesPerSecond, Runnable done) {
        IncrementalAlterConfigsRequest request = new IncrementalAlterConfigsRequest();
        IncrementalAlterConfigsRequest.AlterConfigsResource brokers =
                new IncrementalAlterConfigsRequest.AlterConfigsResource()
                        .setResourceType(BROKER_RESOURCE)
                        .setResourceName("");
        THROTTLES.forEach(name -> brokers.configs()
                .add(new IncrementalAlterConfigsRequest.AlterableConfig()
                        .setName(name)
                        .setConfigOperation(operation)
                        .setValue(bytesPerSecond)));
        request.resources().add(brokers);
        for (String topic : field.topics().keySet()) {
            IncrementalAlterConfigsRequest.AlterConfigsResource replicas =
                    new IncrementalAlterConfigsRequest.AlterConfigsResource()
                            .setResourceType(TOPIC_RESOURCE)
                            .setResourceName(topic);
            THROTTLED_REPLICAS.forEach(name -> replicas.configs()
                    .add(new IncrementalAlterConfigsRequest.AlterableConfig()
                            .setName(name)
                            .setConfigOperation(operation)
                            .setValue(operation == SET ? "*" : null)));
            request.resources().add(replicas);
        }
        CompletableFuture<IncrementalAlterConfigsResponse> sent = node.sendAnywhere(request, CONFIG_VERSION);
        var unused = sent.whenComplete((response, failure) -> {
            boolean set = response != null
                    && response.responses().stream().allMatch(each -> each.errorCode() == ErrorCode.NONE.code());
            node.note("throttles of " + bytesPerSecond + ": " + (response == null ? failure : response));
            if (set) {
                done.run();
            } else if (operation == DELETE) {
                node.later(BACKOFF_MS, () -> setThrottles(operation, null, done));
            }
        });
    }

    private void deleteRecords(int partition) {
        String leader = node.leaderAddress(partition);
        if (leader == null) {
            return;
        }
        DeleteRecordsRequest.DeleteRecordsTopic topic =
                new DeleteRecordsRequest.DeleteRecordsTopic().setName(field.careless());
        topic.partitions()
                .add(new DeleteRecordsRequest.DeleteRecordsPartition()
                        .setPartitionIndex(partition)
                        .setOffset(HIGH_WATERMARK));
        DeleteRecordsRequest request = new DeleteRecordsRequest().setTimeoutMs(TIMEOUT_MS);
        request.topics().add(topic);
        note(node.send(leader, request, RECORDS_VERSION), "deletion of records");
    }

    private void send(ApiMessage request, short version, String what) {
        note(node.sendAnywhere(request, version), what);
    }

    private void note(CompletableFuture<? extends ApiMessage> sent, String what) {
        var unused = sent.handle((response, failure) -> {
            Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
            node.note(what + ": " + (response == null ? cause : response));
            return what;
        });
    }
}
