package io.ottla.controller.znode;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code /config/<type>/<name>}: the settings of one topic, broker, client, user or address, by name. */
public final class ConfigNode {

    /** Parent of all settings. */
    public static final String PARENT = "/config";

    /** Name under which the defaults of a type are kept. */
    public static final String DEFAULT_NAME = "<default>";

    /** What settings are for; the names of the znodes. */
    public enum EntityType {
        TOPICS("topics"),
        BROKERS("brokers"),
        CLIENTS("clients"),
        USERS("users"),
        IPS("ips");

        private final String pathName;

        EntityType(String pathName) {
            this.pathName = pathName;
        }

        /** As it stands in paths. */
        public String pathName() {
            return pathName;
        }

        /** Parent of the settings of this type. */
        public String parent() {
            return PARENT + "/" + pathName;
        }
    }

    private ConfigNode() {}

    /** Where the settings of an entity are kept; {@link #sanitize} names that come from users first. */
    public static String path(EntityType type, String name) {
        return type.parent() + "/" + name;
    }

    /** As change notifications name it: the path below {@code /config}. */
    public static String entityPath(EntityType type, String name) {
        return type.pathName() + "/" + name;
    }

    /** Makes any text a legal name of a znode, by percent-encoding as Kafka's Sanitizer does. */
    public static String sanitize(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }

    /** The contents of the znode. */
    public static byte[] encode(Map<String, String> settings) {
        return JsonNode.write(json -> {
            json.writeNumberField("version", 1);
            json.writeObjectFieldStart("config");
            for (Map.Entry<String, String> setting : new TreeMap<>(settings).entrySet()) {
                json.writeStringField(setting.getKey(), setting.getValue());
            }
            json.writeEndObject();
        });
    }

    /** The settings in the znode; an empty znode has none. */
    public static SortedMap<String, String> decode(String path, byte[] data) {
        SortedMap<String, String> settings = new TreeMap<>();
        if (data.length > 0) {
            JsonNode config = JsonNode.parse(path, data).object("config");
            config.names().forEach(name -> settings.put(name, config.text(name)));
        }
        return settings;
    }
}
