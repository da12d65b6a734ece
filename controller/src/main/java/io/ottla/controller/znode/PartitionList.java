package io.ottla.controller.znode;

import io.ottla.protocol.api.TopicPartition;
import java.util.Collection;
import java.util.List;

/** {@code {"version":1,"partitions":[{"topic":"t","partition":0}]}}, the contents of several znodes. */
final class PartitionList {

    private PartitionList() {}

    static byte[] encode(Collection<TopicPartition> partitions) {
        return JsonNode.write(json -> {
            json.writeNumberField("version", 1);
            json.writeArrayFieldStart("partitions");
            for (TopicPartition partition : partitions) {
                json.writeStartObject();
                json.writeStringField("topic", partition.topic());
                json.writeNumberField("partition", partition.partition());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    static List<TopicPartition> decode(String path, byte[] data) {
        return JsonNode.parse(path, data).objects("partitions").stream()
                .map(entry -> new TopicPartition(entry.text("topic"), entry.integer("partition")))
                .toList();
    }
}
