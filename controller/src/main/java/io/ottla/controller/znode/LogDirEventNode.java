package io.ottla.controller.znode;

/** {@code /log_dir_event_notification/log_dir_event_<seq>}: a broker has lost a log directory. */
public final class LogDirEventNode {

    /** Parent of the notifications. */
    public static final String PARENT = "/log_dir_event_notification";

    private static final int LOG_DIR_FAILURE = 1;

    private LogDirEventNode() {}

    /** What to create a sequential node as. */
    public static String sequencePath() {
        return PARENT + "/log_dir_event_";
    }

    /** The contents of the znode. */
    public static byte[] encode(int brokerId) {
        return JsonNode.write(json -> {
            json.writeNumberField("version", 1);
            json.writeNumberField("broker", brokerId);
            json.writeNumberField("event", LOG_DIR_FAILURE);
        });
    }

    /** The broker that has lost a directory. */
    public static int decode(String name, byte[] data) {
        JsonNode json = JsonNode.parse(PARENT + "/" + name, data);
        int event = json.integer("event");
        if (event != LOG_DIR_FAILURE) {
            throw json.malformed("event " + event + ", expected " + LOG_DIR_FAILURE);
        }
        return json.integer("broker");
    }
}
