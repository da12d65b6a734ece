package io.ottla.controller.znode;

import io.ottla.protocol.api.TopicPartition;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code /admin/reassign_partitions}: what old tools write to have replicas moved. */
public final class ReassignPartitionsNode {

    /** The one node there is. */
    public static final String PATH = "/admin/reassign_partitions";

    private ReassignPartitionsNode() {}

    /** The contents of the znode: the target replicas by partition. */
    public static byte[] encode(SortedMap<TopicPartition, List<Integer>> targets) {
        return JsonNode.write(json -> {
            json.writeNumberField("version", 1);
            json.writeArrayFieldStart("partitions");
            for (var target : targets.entrySet()) {
                json.writeStartObject();
                json.writeStringField("topic", target.getKey().topic());
                json.writeNumberField("partition", target.getKey().partition());
                JsonNode.writeInts(json, "replicas", target.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /** The target replicas by partition. */
    public static SortedMap<TopicPartition, List<Integer>> decode(byte[] data) {
        SortedMap<TopicPartition, List<Integer>> targets = new TreeMap<>();
        for (JsonNode entry : JsonNode.parse(PATH, data).objects("partitions")) {
            TopicPartition partition = new TopicPartition(entry.text("topic"), entry.integer("partition"));
            targets.put(partition, entry.integers("replicas"));
        }
        return targets;
    }
}
