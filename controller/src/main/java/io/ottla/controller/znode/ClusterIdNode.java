package io.ottla.controller.znode;

/** {@code /cluster/id}: the id that every member of the cluster, and every log directory, must agree on. */
public final class ClusterIdNode {

    /** The path. */
    public static final String PATH = "/cluster/id";

    private ClusterIdNode() {}

    /** The contents of the znode; the version is text, as Kafka has it. */
    public static byte[] encode(String clusterId) {
        return JsonNode.write(json -> {
            json.writeStringField("version", "1");
            json.writeStringField("id", clusterId);
        });
    }

    /** The id in the znode. */
    public static String decode(byte[] data) {
        return JsonNode.parse(PATH, data).text("id");
    }
}
