package io.ottla.broker.bootstrap;

import io.ottla.broker.coordinator.group.TopicDirectory;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.metadata.TopicImage;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The topics of the cluster as this broker knows them. Stateless; any thread. */
record CachedTopics(MetadataCache metadata) implements TopicDirectory {
    @Override
    public @Nullable String nameOf(UUID topicId) {
        TopicImage topic = metadata.image().topic(topicId);
        return topic == null ? null : topic.name();
    }

    @Override
    public @Nullable UUID idOf(String topic) {
        TopicImage known = metadata.image().topic(topic);
        return known == null ? null : known.id();
    }

    @Override
    public boolean has(String topic, int partition) {
        return metadata.image().partition(topic, partition) != null;
    }
}
