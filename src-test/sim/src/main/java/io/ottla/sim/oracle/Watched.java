package io.ottla.sim.oracle;

import io.ottla.broker.bootstrap.BrokerCore;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.Role;
import io.ottla.sim.cluster.SimBroker;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A partition of one incarnation of a topic, and what has been seen of it. */
final class Watched {
    final TopicPartition name;
    final UUID topicId;
    final Committed committed;
    /** By leader epoch who has led. */
    final Map<Integer, Integer> leaders = new TreeMap<>();

    final List<Seen> replicas;
    /** Where its replicas should be. */
    List<Integer> assignment = List.of();

    /** Where they are about to be no more, or are not yet. */
    boolean beingReassigned;

    /** Members of the ISR that may lack something. */
    final Set<Integer> excused = new TreeSet<>();

    /** By broker the registration under which it has lost its records while it was not in the ISR. */
    final Map<Integer, Long> emptied = new TreeMap<>();

    /** Its operator has allowed it to lose records. */
    boolean lossy;

    /** A replica as it was when it was looked at last. */
    static final class Seen {
        final Watched of;
        final SimBroker broker;
        int life;

        @Nullable
        Partition partition;

        @Nullable
        Role role;

        @Nullable
        LogView view;

        long comparedTo;

        Seen(Watched of, SimBroker broker) {
            this.of = of;
            this.broker = broker;
        }

        /** The replica as it is now in the broker that runs; null if there is none. */
        @Nullable
        Partition find(BrokerCore core) {
            Partition known = partition;
            if (known == null || life != broker.lives() || known.isRemoved()) {
                known = core.partitions().get(of.topicId, of.name.partition());
                partition = known;
            }
            return known;
        }

        /** The log as it is now; null if there is none that works. */
        @Nullable
        PartitionLog log() {
            BrokerCore core = broker.core();
            Partition found = core == null ? null : find(core);
            return found == null ? null : found.role().log();
        }
    }

    Watched(TopicPartition name, UUID topicId, Committed committed, List<SimBroker> brokers) {
        this.name = name;
        this.topicId = topicId;
        this.committed = committed;
        this.replicas = brokers.stream().map(broker -> new Seen(this, broker)).toList();
    }

    Seen replica(int brokerId) {
        return replicas.get(brokerId - 1);
    }
}
