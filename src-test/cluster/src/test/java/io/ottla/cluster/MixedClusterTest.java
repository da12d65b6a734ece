package io.ottla.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Product;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: brokers of Ottla and of Apache Kafka 3.9 are one cluster, whoever of them controls it: they replicate from each other,
 * change in-sync replicas through each other, and take over from each other. Method: one broker of ours and two of theirs on
 * one ZooKeeper, under load; ours starts sooner and is controller first, until it is killed.
 */
class MixedClusterTest {
    private static final String TOPIC = "load";
    private static final int PARTITIONS = 3;
    private static final int OURS = 1;
    private static final List<Product> PRODUCTS = List.of(Product.OTTLA, Product.APACHE_39, Product.APACHE_39);

    @TempDir
    Path home;

    @Test
    void ottlaAndApacheKafkaControlLeadAndFollowEachOther() {
        assumeFalse(BrokerProcess.isApache(), "a mixed cluster has brokers of both in any case");
        try (Cluster cluster = Cluster.startMixed(home, Cluster.QUICK, PRODUCTS)) {
            assertThat(cluster.controller()).isEqualTo(OURS);
            cluster.createTopic(TOPIC, PARTITIONS, 3, Map.of());
            try (Load load = Load.start(cluster, TOPIC, PARTITIONS)) {
                everyoneLeadsEveryPartition(cluster, load);
                killAndRestart(cluster, load, 2);

                killAndRestart(cluster, load, OURS);
                int theirs = cluster.controller();
                assertThat(theirs).isNotEqualTo(OURS);
                everyoneLeadsEveryPartition(cluster, load);
                killAndRestart(cluster, load, theirs == 2 ? 3 : 2);
                assertThat(cluster.controller()).isEqualTo(theirs);
                Verdict.assertNothingWentWrong(cluster, load);
            }
        }
    }

    /** Reassigns each partition to the same replicas in another order, and elects the first of them, once around. */
    private static void everyoneLeadsEveryPartition(Cluster cluster, Load load) {
        for (int turn = 0; turn < PRODUCTS.size(); turn++) {
            Map<TopicPartition, Optional<NewPartitionReassignment>> turned = new HashMap<>();
            for (TopicPartitionInfo partition : cluster.partitions(TOPIC)) {
                List<Integer> replicas = new ArrayList<>(
                        partition.replicas().stream().map(Node::id).toList());
                Collections.rotate(replicas, 1);
                turned.put(
                        new TopicPartition(TOPIC, partition.partition()),
                        Optional.of(new NewPartitionReassignment(replicas)));
            }
            Clients.get(cluster.admin().alterPartitionReassignments(turned).all());
            Awaitility.await("for the reassignment")
                    .atMost(Cluster.LIMIT)
                    .ignoreExceptions()
                    .until(() -> Clients.get(
                                    cluster.admin().listPartitionReassignments().reassignments())
                            .isEmpty());
            Clients.get(cluster.admin()
                    .electLeaders(ElectionType.PREFERRED, turned.keySet())
                    .partitions());
            Awaitility.await("for the preferred leaders of " + turned)
                    .atMost(Cluster.LIMIT)
                    .ignoreExceptions()
                    .until(() -> cluster.partitions(TOPIC).stream()
                            .allMatch(partition -> partition.leader().id()
                                    == partition.replicas().get(0).id()));
            load.awaitProgress();
        }
    }

    private static void killAndRestart(Cluster cluster, Load load, int broker) {
        cluster.broker(broker).kill();
        load.awaitProgress();
        cluster.broker(broker).start();
        cluster.awaitFullIsr(TOPIC);
        load.awaitProgress();
    }
}
