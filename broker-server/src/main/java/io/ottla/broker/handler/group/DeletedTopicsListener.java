package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.replication.metadata.MetadataImage;
import io.ottla.replication.metadata.MetadataListener;
import io.ottla.replication.metadata.TopicImage;
import java.util.TreeSet;

/** Tells the group coordinator which topics are gone from the cluster, re-created ones included. Stateless. */
public final class DeletedTopicsListener implements MetadataListener {
    private final GroupCoordinator coordinator;

    public DeletedTopicsListener(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public void onMetadata(MetadataImage before, MetadataImage after) {
        TreeSet<String> deleted = new TreeSet<>();
        for (TopicImage topic : before.topics()) {
            TopicImage now = after.topic(topic.name());
            if (now == null || !now.id().equals(topic.id())) {
                deleted.add(topic.name());
            }
        }
        if (!deleted.isEmpty()) {
            coordinator.onTopicsDeleted(deleted);
        }
    }
}
