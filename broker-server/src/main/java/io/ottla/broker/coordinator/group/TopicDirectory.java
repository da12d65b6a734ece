package io.ottla.broker.coordinator.group;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which topics there are. Any thread. */
public interface TopicDirectory {
    /** The name of the topic with this id; null if there is none. */
    @Nullable
    String nameOf(UUID topicId);

    /** The id of the topic with this name; null if there is none, or it has no id. */
    @Nullable
    UUID idOf(String topic);

    /** Whether {@code topic} exists and has {@code partition}. */
    boolean has(String topic, int partition);
}
