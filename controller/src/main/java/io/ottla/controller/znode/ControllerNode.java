package io.ottla.controller.znode;

/**
 * {@code /controller}, ephemeral: which broker is the controller.
 *
 * @param brokerId the controller's broker id
 * @param timestampMs wall clock at election
 */
public record ControllerNode(int brokerId, long timestampMs) {

    /** The path. */
    public static final String PATH = "/controller";

    /** The contents of the znode; the epoch of a KRaft controller never applies here. */
    public byte[] encode() {
        return JsonNode.write(json -> {
            json.writeNumberField("version", 2);
            json.writeNumberField("brokerid", brokerId);
            json.writeStringField("timestamp", Long.toString(timestampMs));
            json.writeNumberField("kraftControllerEpoch", -1);
        });
    }

    /** Reads versions 1 and 2. */
    public static ControllerNode decode(byte[] data) {
        JsonNode json = JsonNode.parse(PATH, data);
        return new ControllerNode(json.integer("brokerid"), json.number("timestamp", -1));
    }
}
