package io.ottla.controller.znode;

/** {@code /config/changes/config_change_<seq>}: tells every broker that settings have changed; they then read them. */
public final class ConfigChangeNode {

    /** Parent of the notifications. */
    public static final String PARENT = "/config/changes";

    /** Begins the name of every notification; ten digits follow. */
    public static final String PREFIX = "config_change_";

    private ConfigChangeNode() {}

    /** What to create a sequential node as. */
    public static String sequencePath() {
        return PARENT + "/" + PREFIX;
    }

    /** Path of a notification by its name. */
    public static String path(String name) {
        return PARENT + "/" + name;
    }

    /** The number in a notification's name, -1 if it is not the name of one. */
    public static long sequenceOf(String name) {
        if (!name.startsWith(PREFIX)) {
            return -1;
        }
        try {
            return Long.parseLong(name.substring(PREFIX.length()));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The contents of the znode. */
    public static byte[] encode(String entityPath) {
        return JsonNode.write(json -> {
            json.writeNumberField("version", 2);
            json.writeStringField("entity_path", entityPath);
        });
    }

    /** The path below {@code /config} of what has changed; reads versions 1 and 2. */
    public static String decode(String name, byte[] data) {
        JsonNode json = JsonNode.parse(path(name), data);
        return json.has("entity_path")
                ? json.text("entity_path")
                : json.text("entity_type") + "/" + json.text("entity_name");
    }
}
