package io.ottla.broker.handler.group;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.coordinator.group.CoordinatorDirectory;
import io.ottla.broker.coordinator.group.TopicDirectory;
import io.ottla.protocol.schema.Base64Uuid;
import io.ottla.replication.metadata.BrokerImage;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.metadata.MetadataImage;
import io.ottla.replication.metadata.PartitionImage;
import io.ottla.replication.metadata.TopicImage;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What groups need to know of the cluster, out of its image. Any thread. */
public final class ClusterDirectory implements TopicDirectory, CoordinatorDirectory {
    /** A new topic has leaders within this time, or clients are told to ask again. */
    private static final long CREATION_TIMEOUT_MS = 5000;

    private final MetadataCache metadata;
    private final Function<String, CompletionStage<?>> creator;
    private final EventExecutor timers;
    /** One creation of a topic at a time, however many clients ask. */
    private final Map<String, CompletableFuture<?>> creations = new ConcurrentHashMap<>();

    /**
     * @param creator creates an internal topic with its configured partitions and settings, through the controller
     * @param timers any loop
     */
    public ClusterDirectory(
            MetadataCache metadata, Function<String, CompletionStage<?>> creator, EventExecutor timers) {
        this.metadata = metadata;
        this.creator = creator;
        this.timers = timers;
    }

    @Override
    public @Nullable String nameOf(UUID topicId) {
        TopicImage topic = metadata.image().topic(topicId);
        return topic == null ? null : topic.name();
    }

    @Override
    public @Nullable UUID idOf(String topic) {
        TopicImage image = metadata.image().topic(topic);
        return image == null || image.id().equals(Base64Uuid.ZERO) ? null : image.id();
    }

    @Override
    public boolean has(String topic, int partition) {
        return metadata.image().partition(topic, partition) != null;
    }

    @Override
    public boolean exists(String internalTopic) {
        return metadata.image().topic(internalTopic) != null;
    }

    @Override
    public @Nullable Node leader(String internalTopic, int partition, String listenerName) {
        MetadataImage image = metadata.image();
        PartitionImage leading = image.partition(internalTopic, partition);
        BrokerImage broker = leading == null ? null : image.broker(leading.leader());
        BrokerImage.Endpoint endpoint = broker == null ? null : broker.endpoint(listenerName);
        return broker == null || endpoint == null ? null : new Node(broker.id(), endpoint.host(), endpoint.port());
    }

    @Override
    public CompletionStage<?> create(String internalTopic) {
        CompletableFuture<MetadataImage> mine = new CompletableFuture<>();
        CompletableFuture<?> running = creations.putIfAbsent(internalTopic, mine);
        if (running != null) {
            return running;
        }
        return startCreation(internalTopic)
                .thenCompose(created -> metadata.awaitTopics(List.of(internalTopic), timers, CREATION_TIMEOUT_MS))
                .whenComplete((image, cause) -> {
                    creations.remove(internalTopic, mine);
                    if (cause == null) {
                        mine.complete(image);
                    } else {
                        mine.completeExceptionally(cause);
                    }
                });
    }

    private CompletionStage<?> startCreation(String internalTopic) {
        try {
            return creator.apply(internalTopic);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
