package io.ottla.controller.znode;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ottla.protocol.schema.Base64Uuid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code /brokers/topics/<topic>}: the topic's id and where its replicas are. Written as version 3 (KIP-516).
 *
 * @param topicId null if the znode is of a version without ids
 * @param partitions assignment by partition number
 */
public record TopicNode(@Nullable UUID topicId, SortedMap<Integer, ReplicaAssignment> partitions) {

    /** Parent of all topics. */
    public static final String PARENT = "/brokers/topics";

    private static final int VERSION = 3;

    /**
     * The replicas of a partition.
     *
     * @param replicas broker ids, the preferred leader first
     * @param adding those of them that a reassignment adds
     * @param removing those of them that a reassignment removes
     */
    public record ReplicaAssignment(List<Integer> replicas, List<Integer> adding, List<Integer> removing) {

        /** Copies the lists. */
        public ReplicaAssignment {
            replicas = List.copyOf(replicas);
            adding = List.copyOf(adding);
            removing = List.copyOf(removing);
        }

        /** An assignment that no reassignment is changing. */
        public static ReplicaAssignment of(List<Integer> replicas) {
            return new ReplicaAssignment(replicas, List.of(), List.of());
        }

        /** Whether a reassignment (KIP-455) is changing it. */
        public boolean isBeingReassigned() {
            return !adding.isEmpty() || !removing.isEmpty();
        }

        /** Where the replicas were before the reassignment: what a cancelled one goes back to. */
        public List<Integer> origin() {
            return without(replicas, adding);
        }

        /** Where the replicas will be after the reassignment. */
        public List<Integer> target() {
            return without(replicas, removing);
        }

        /** The assignment while the replicas move from where they originally were to this target, which comes first. */
        public ReplicaAssignment reassignTo(List<Integer> target) {
            List<Integer> origin = origin();
            List<Integer> all = new ArrayList<>(target);
            all.addAll(without(origin, target));
            return new ReplicaAssignment(all, without(all, origin), without(all, target));
        }

        private static List<Integer> without(List<Integer> replicas, List<Integer> excluded) {
            return replicas.stream()
                    .filter(replica -> !excluded.contains(replica))
                    .toList();
        }
    }

    /** Where a topic is kept. */
    public static String path(String topic) {
        return PARENT + "/" + topic;
    }

    /** The contents of the znode. */
    public byte[] encode() {
        return JsonNode.write(json -> {
            writeReplicas(json, "partitions", ReplicaAssignment::replicas, true);
            if (topicId != null) {
                json.writeStringField("topic_id", Base64Uuid.toText(topicId));
            }
            writeReplicas(json, "adding_replicas", ReplicaAssignment::adding, false);
            writeReplicas(json, "removing_replicas", ReplicaAssignment::removing, false);
            json.writeNumberField("version", VERSION);
        });
    }

    private void writeReplicas(
            JsonGenerator json, String name, Function<ReplicaAssignment, List<Integer>> part, boolean withEmpty)
            throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<Integer, ReplicaAssignment> entry : partitions.entrySet()) {
            List<Integer> ids = part.apply(entry.getValue());
            if (withEmpty || !ids.isEmpty()) {
                JsonNode.writeInts(json, entry.getKey().toString(), ids);
            }
        }
        json.writeEndObject();
    }

    /** Reads versions 1 to 3. */
    public static TopicNode decode(String topic, byte[] data) {
        JsonNode json = JsonNode.parse(path(topic), data);
        JsonNode assigned = json.object("partitions");
        JsonNode adding = json.object("adding_replicas");
        JsonNode removing = json.object("removing_replicas");
        SortedMap<Integer, ReplicaAssignment> partitions = new TreeMap<>();
        for (String number : assigned.names()) {
            partitions.put(
                    partitionOf(json, number),
                    new ReplicaAssignment(
                            assigned.integers(number),
                            adding.has(number) ? adding.integers(number) : List.of(),
                            removing.has(number) ? removing.integers(number) : List.of()));
        }
        return new TopicNode(json.has("topic_id") ? json.uuid("topic_id") : null, partitions);
    }

    private static int partitionOf(JsonNode json, String number) {
        try {
            return Integer.parseInt(number);
        } catch (NumberFormatException e) {
            throw json.malformed("partition \"" + number + "\", expected a number");
        }
    }
}
