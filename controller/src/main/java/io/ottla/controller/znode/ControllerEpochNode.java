package io.ottla.controller.znode;

import java.nio.charset.StandardCharsets;

/** {@code /controller_epoch}: the epoch of the latest controller, as decimal text. Its version fences writes. */
public final class ControllerEpochNode {

    /** The path. */
    public static final String PATH = "/controller_epoch";

    /** What the node is created with; the first controller has epoch 1. */
    public static final int BEFORE_FIRST = 0;

    private ControllerEpochNode() {}

    /** The contents of the znode. */
    public static byte[] encode(int epoch) {
        return Integer.toString(epoch).getBytes(StandardCharsets.UTF_8);
    }

    /** The epoch in the znode. */
    public static int decode(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new MalformedNodeException(PATH, "holds \"" + text + "\", expected a decimal epoch");
        }
    }
}
