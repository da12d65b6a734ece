package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.CoordinatorDirectory;
import io.ottla.broker.coordinator.group.TopicDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A cluster of one broker and one topic of clients, whose internal topics come into being when the test says so. */
final class FakeCluster implements TopicDirectory, CoordinatorDirectory {
    static final UUID TOPIC_ID = new UUID(0, 7);
    static final Node NODE = new Node(7, "broker.example", 9092);

    final List<String> created = new ArrayList<>();
    final CompletableFuture<Void> creation = new CompletableFuture<>();
    private boolean led;

    /** From now on the broker leads every internal partition. */
    void announceLeader() {
        led = true;
    }

    @Override
    public @Nullable String nameOf(UUID topicId) {
        return topicId.equals(TOPIC_ID) ? "t" : null;
    }

    @Override
    public @Nullable UUID idOf(String topic) {
        return topic.equals("t") ? TOPIC_ID : null;
    }

    @Override
    public boolean has(String topic, int partition) {
        return topic.equals("t") && partition == 0;
    }

    @Override
    public boolean exists(String internalTopic) {
        return led;
    }

    @Override
    public @Nullable Node leader(String internalTopic, int partition, String listenerName) {
        return led && listenerName.equals("PLAINTEXT") ? NODE : null;
    }

    @Override
    public CompletionStage<?> create(String internalTopic) {
        created.add(internalTopic);
        return creation;
    }
}
