package io.ottla.replication.metadata;

import io.ottla.protocol.message.UpdateMetadataRequest;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataBroker;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataEndpoint;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataPartitionState;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataTopicState;
import io.ottla.protocol.schema.Base64Uuid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The cluster at one moment: immutable, safe on any thread. {@link #apply} makes the next image in time proportional to
 * the update, not to the cluster.
 */
public final class MetadataImage {

    /** What a broker knows before the controller has spoken. */
    public static final MetadataImage EMPTY =
            new MetadataImage(-1, List.of(), PersistentTree.empty(), PersistentTree.empty());

    /** {@code UpdateMetadataRequest.type} of a request that names every topic of the cluster (KIP-866). */
    private static final byte TYPE_FULL = 2;

    private final int controllerId;
    private final List<BrokerImage> brokers;
    private final PersistentTree<String, TopicImage> topicsByName;
    private final PersistentTree<UUID, TopicImage> topicsById;

    private MetadataImage(
            int controllerId,
            List<BrokerImage> brokers,
            PersistentTree<String, TopicImage> topicsByName,
            PersistentTree<UUID, TopicImage> topicsById) {
        this.controllerId = controllerId;
        this.brokers = brokers;
        this.topicsByName = topicsByName;
        this.topicsById = topicsById;
    }

    /** The controller's broker id, or -1. */
    public int controllerId() {
        return controllerId;
    }

    /** The live brokers by ascending id. */
    public List<BrokerImage> brokers() {
        return brokers;
    }

    /** The live broker of that id, or null. */
    public @Nullable BrokerImage broker(int id) {
        int low = 0;
        int high = brokers.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            BrokerImage broker = brokers.get(middle);
            if (broker.id() == id) {
                return broker;
            }
            if (broker.id() < id) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    public @Nullable TopicImage topic(String name) {
        return topicsByName.get(name);
    }

    /** The topic of that id, or null; the zero id is nobody's. */
    public @Nullable TopicImage topic(UUID id) {
        return topicsById.get(id);
    }

    /** The partition, or null where the topic or the partition is not known. */
    public @Nullable PartitionImage partition(String topic, int partition) {
        TopicImage image = topicsByName.get(topic);
        return image == null ? null : image.partition(partition);
    }

    /** All topics, sorted by name. */
    public Iterable<TopicImage> topics() {
        return topicsByName;
    }

    /** The topics whose names are not below {@code name}, sorted by name. */
    public Iterable<TopicImage> topicsFrom(String name) {
        return () -> topicsByName.iteratorFrom(name);
    }

    public int topicCount() {
        return topicsByName.size();
    }

    /**
     * The image after the update: live brokers are replaced, the named partitions are set, or removed where their leader
     * is -2. A topic that comes with another id than before has been re-created: nothing of the older one survives.
     */
    public MetadataImage apply(UpdateMetadataRequest update) {
        Draft draft = new Draft(this);
        for (UpdateMetadataTopicState topic : update.topicStates()) {
            draft.update(topic.topicName(), topic.topicId(), topic.partitionStates());
        }
        for (UpdateMetadataPartitionState partition : update.ungroupedPartitionStates()) {
            draft.update(partition.topicName(), Base64Uuid.ZERO, List.of(partition));
        }
        if (update.type() == TYPE_FULL) {
            draft.retainOnly(update.topicStates());
        }
        return new MetadataImage(update.controllerId(), brokersOf(update), draft.byName, draft.byId);
    }

    private List<BrokerImage> brokersOf(UpdateMetadataRequest update) {
        List<BrokerImage> next = new ArrayList<>(update.liveBrokers().size());
        for (UpdateMetadataBroker broker : update.liveBrokers()) {
            Map<String, BrokerImage.Endpoint> endpoints = new HashMap<>();
            for (UpdateMetadataEndpoint endpoint : broker.endpoints()) {
                endpoints.put(
                        endpoint.listener(),
                        new BrokerImage.Endpoint(endpoint.host(), endpoint.port(), endpoint.securityProtocol()));
            }
            next.add(new BrokerImage(broker.id(), broker.rack(), endpoints));
        }
        next.sort(Comparator.comparingInt(BrokerImage::id));
        return next.equals(brokers) ? brokers : List.copyOf(next);
    }

    /** The two trees of the image that is being made. Confined to one call of {@link MetadataImage#apply}. */
    private static final class Draft {
        PersistentTree<String, TopicImage> byName;
        PersistentTree<UUID, TopicImage> byId;

        Draft(MetadataImage base) {
            byName = base.topicsByName;
            byId = base.topicsById;
        }

        void update(String name, UUID id, List<UpdateMetadataPartitionState> states) {
            TopicImage before = byName.get(name);
            boolean idIsNew = !id.equals(Base64Uuid.ZERO) && (before == null || !id.equals(before.id()));
            TopicImage base = before;
            if (base == null || (idIsNew && !base.id().equals(Base64Uuid.ZERO))) {
                base = new TopicImage(name, id, List.of());
            } else if (idIsNew) {
                base = new TopicImage(name, id, base.partitions());
            }
            replace(before, base.withPartitions(merge(base.partitions(), states)));
        }

        void retainOnly(Collection<UpdateMetadataTopicState> named) {
            Set<String> names = new HashSet<>();
            named.forEach(topic -> names.add(topic.topicName()));
            for (Iterator<TopicImage> topics = byName.iterator(); topics.hasNext(); ) {
                TopicImage topic = topics.next();
                if (!names.contains(topic.name())) {
                    replace(topic, topic.withPartitions(List.of()));
                }
            }
        }

        private void replace(@Nullable TopicImage before, TopicImage after) {
            if (before != null && !before.id().equals(after.id())) {
                byId = byId.without(before.id());
            }
            if (after.partitions().isEmpty()) {
                byName = byName.without(after.name());
                byId = byId.without(after.id());
                return;
            }
            byName = byName.with(after.name(), after);
            if (!after.id().equals(Base64Uuid.ZERO)) {
                byId = byId.with(after.id(), after);
            }
        }

        private static Collection<PartitionImage> merge(
                List<PartitionImage> partitions, List<UpdateMetadataPartitionState> states) {
            TreeMap<Integer, PartitionImage> merged = new TreeMap<>();
            partitions.forEach(partition -> merged.put(partition.partition(), partition));
            for (UpdateMetadataPartitionState state : states) {
                if (state.leader() == PartitionImage.LEADER_OF_DELETED) {
                    merged.remove(state.partitionIndex());
                } else {
                    merged.put(state.partitionIndex(), imageOf(state));
                }
            }
            return merged.values();
        }

        private static PartitionImage imageOf(UpdateMetadataPartitionState state) {
            return new PartitionImage(
                    state.partitionIndex(),
                    state.leader(),
                    state.leaderEpoch(),
                    state.zkVersion(),
                    state.replicas(),
                    state.isr(),
                    state.offlineReplicas());
        }
    }
}
