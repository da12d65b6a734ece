package io.ottla.controller.znode;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code /feature}: the finalized features of the cluster (KIP-584), written as version 2.
 *
 * @param enabled whether feature versioning is on
 * @param levels level by feature; a name here that a broker does not know stops an Apache Kafka broker
 */
public record FeatureNode(boolean enabled, SortedMap<String, Integer> levels) {

    /** The path. */
    public static final String PATH = "/feature";

    private static final String LEVEL = "max_version_level";
    private static final int DISABLED = 0;
    private static final int ENABLED = 1;

    /** What a new cluster starts with, as a controller of Apache Kafka 3.9 would. */
    public static FeatureNode initial() {
        return new FeatureNode(true, new TreeMap<>());
    }

    /** The contents of the znode. */
    public byte[] encode() {
        return JsonNode.write(json -> {
            json.writeObjectFieldStart("features");
            for (Map.Entry<String, Integer> level : levels.entrySet()) {
                json.writeObjectFieldStart(level.getKey());
                json.writeNumberField(LEVEL, level.getValue());
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeNumberField("version", 2);
            json.writeNumberField("status", enabled ? ENABLED : DISABLED);
        });
    }

    /** Reads versions 1 and 2; of the ranges of version 1 the upper end is the level. */
    public static FeatureNode decode(byte[] data) {
        JsonNode json = JsonNode.parse(PATH, data);
        JsonNode features = json.object("features");
        SortedMap<String, Integer> levels = new TreeMap<>();
        for (String name : features.names()) {
            levels.put(name, features.object(name).integer(LEVEL));
        }
        return new FeatureNode(json.integer("status") == ENABLED, levels);
    }
}
