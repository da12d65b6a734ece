package io.ottla.broker.bootstrap;

import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.coordinator.transaction.MarkerDelivery;
import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.handler.producer.ProducerIds;
import io.ottla.controller.ClusterLayout;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.replication.partition.LeadershipListener;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;

/**
 * The coordinators of this broker: what follows the leadership of partitions of internal topics.
 *
 * @param producerIds for producers with and without transactions
 * @param markers brings the ends of transactions to the leaders of partitions
 */
record Coordinators(
        GroupCoordinator groups, TransactionCoordinator transactions, ProducerIds producerIds, MarkerDelivery markers) {
    /**
     * How many partitions the internal topics have already; empty for those that will be created as configured.
     *
     * @param groups of the topic of groups
     * @param transactions of the topic of transactions
     */
    record Partitions(OptionalInt groups, OptionalInt transactions) {
        static CompletionStage<Partitions> read(ZooKeeperSession session) {
            return ClusterLayout.partitionCount(session, GroupCoordinator.TOPIC)
                    .thenCombine(ClusterLayout.partitionCount(session, TransactionCoordinator.TOPIC), Partitions::new);
        }
    }

    /** What a coordinator hears of the partitions of its topic. */
    @FunctionalInterface
    interface Tenure {
        void on(int partition, int leaderEpoch);
    }

    /** Tells a coordinator which partitions of {@code topic} this broker leads, from now on. */
    static LeadershipListener following(String topic, Tenure onElection, Tenure onResignation) {
        return new LeadershipListener() {
            @Override
            public void onLeader(TopicPartition partition, int leaderEpoch) {
                if (partition.topic().equals(topic)) {
                    onElection.on(partition.partition(), leaderEpoch);
                }
            }

            @Override
            public void onResign(TopicPartition partition, int leaderEpoch) {
                if (partition.topic().equals(topic)) {
                    onResignation.on(partition.partition(), leaderEpoch);
                }
            }
        };
    }

    /** Gives up everything, answering what is owed. */
    void close() {
        groups.close();
        transactions.close();
        markers.close();
    }
}
