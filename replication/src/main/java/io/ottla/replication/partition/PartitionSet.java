package io.ottla.replication.partition;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.record.BatchValidator;
import io.ottla.protocol.schema.Base64Uuid;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All partitions that this broker hosts. Any thread may look up, without a lock and without making a key; only
 * {@link ReplicaControl} adds and removes, under this object's monitor.
 */
public final class PartitionSet {

    private static final Partition[] NO_PARTITIONS = {};

    private final List<HomeLoop> homes;
    private final ConcurrentHashMap<String, HostedTopic> topicsByName = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<UUID, HostedTopic> topicsById = new ConcurrentHashMap<>();

    /** A topic of which this broker hosts partitions; the array is indexed by partition and replaced on change. */
    private static final class HostedTopic {
        final UUID id;
        volatile @Nullable Partition[] partitions = NO_PARTITIONS;

        HostedTopic(UUID id) {
            this.id = id;
        }

        @Nullable
        Partition get(int index) {
            @Nullable Partition[] current = partitions;
            return index >= 0 && index < current.length ? current[index] : null;
        }
    }

    /**
     * @param loops the network loops; partitions are spread over them
     * @param clock the wall clock against which timestamps of records are held
     */
    public PartitionSet(List<? extends EventExecutor> loops, Clock clock, LeaderServices services) {
        List<HomeLoop> all = new ArrayList<>();
        for (EventExecutor loop : loops) {
            all.add(new HomeLoop(loop, all.size(), new BatchValidator(), clock, services));
        }
        this.homes = List.copyOf(all);
    }

    /** The hosted partition, or null. Any thread. */
    public @Nullable Partition get(String topic, int partition) {
        HostedTopic hosted = topicsByName.get(topic);
        return hosted == null ? null : hosted.get(partition);
    }

    /** The hosted partition of the topic with that id, or null. Any thread. */
    public @Nullable Partition get(UUID topicId, int partition) {
        HostedTopic hosted = topicsById.get(topicId);
        return hosted == null ? null : hosted.get(partition);
    }

    /** All hosted partitions, sorted by name. Any thread. */
    public List<Partition> all() {
        List<Partition> all = new ArrayList<>();
        for (HostedTopic topic : topicsByName.values()) {
            for (Partition partition : topic.partitions) {
                if (partition != null) {
                    all.add(partition);
                }
            }
        }
        all.sort(Comparator.comparing(Partition::name));
        return all;
    }

    /** The hosted partitions of a topic, sorted. Any thread. */
    public List<Partition> all(String topic) {
        HostedTopic hosted = topicsByName.get(topic);
        List<Partition> all = new ArrayList<>();
        if (hosted != null) {
            for (Partition partition : hosted.partitions) {
                if (partition != null) {
                    all.add(partition);
                }
            }
        }
        return all;
    }

    /**
     * Lets every leader look again at who is in sync; to be called about twice in {@code replica.lag.time.max.ms}. Any
     * thread.
     */
    public void reviewIsrs() {
        for (HomeLoop home : homes) {
            home.loop().execute(() -> {
                for (HostedTopic topic : topicsByName.values()) {
                    for (Partition partition : topic.partitions) {
                        if (partition != null && partition.loop() == home.loop()) {
                            partition.reviewIsr();
                        }
                    }
                }
            });
        }
    }

    /** How many loops there are: {@link Partition#loopIndex} is below it. */
    public int loopCount() {
        return homes.size();
    }

    /** The loop of that index. */
    public EventExecutor loop(int index) {
        return homes.get(index).loop();
    }

    /** The loop that a partition belongs to, hosted or not. The choice never changes while the broker runs. */
    public EventExecutor homeLoop(String topic, int partition) {
        return homeOf(topic, partition).loop();
    }

    private HomeLoop homeOf(String topic, int partition) {
        return homes.get(Math.floorMod(topic.hashCode() + partition, homes.size()));
    }

    /** Hosts a partition that is not hosted yet, with no role. */
    synchronized Partition add(TopicPartition name, UUID topicId) {
        Partition partition = new Partition(name, topicId, homeOf(name.topic(), name.partition()));
        HostedTopic topic = topicsByName.get(name.topic());
        if (topic == null || !topic.id.equals(topicId)) {
            HostedTopic renewed = new HostedTopic(topicId);
            renewed.partitions = topic == null ? NO_PARTITIONS : topic.partitions;
            topic = renewed;
        }
        @Nullable
        Partition[] partitions =
                Arrays.copyOf(topic.partitions, Math.max(topic.partitions.length, name.partition() + 1));
        partitions[name.partition()] = partition;
        topic.partitions = partitions;
        topicsByName.put(name.topic(), topic);
        if (!topicId.equals(Base64Uuid.ZERO)) {
            topicsById.put(topicId, topic);
        }
        return partition;
    }

    /** Takes a partition out; it is found no more. */
    synchronized void remove(Partition partition) {
        TopicPartition name = partition.name();
        HostedTopic topic = topicsByName.get(name.topic());
        if (topic == null || topic.get(name.partition()) != partition) {
            return;
        }
        @Nullable Partition[] partitions = topic.partitions.clone();
        partitions[name.partition()] = null;
        topic.partitions = partitions;
        if (Arrays.stream(partitions).allMatch(Objects::isNull)) {
            topicsByName.remove(name.topic());
            topicsById.remove(topic.id);
        }
    }
}
