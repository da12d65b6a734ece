package io.ottla.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Rest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Goal: whatever link is cut, and in whichever direction, nothing acknowledged is lost, and the cluster is whole again
 * afterwards. Method: every server in a network namespace of its own; links of the leader of the moment
 * are cut, one kind after the other, for longer than a session lasts and a replica may lag.
 */
@ResourceLock(Network.OF_THIS_PROCESS)
@Order(1) // The longest: whatever is short fits in beside it.
class CutTest {
    private static final TopicPartition FIRST = new TopicPartition("load", 0);
    private static final int PARTITIONS = 3;
    private static final int ZOOKEEPER = 0;
    private static final long CUT_MS = 8000;

    @TempDir
    Path home;

    private Network network;
    private Cluster cluster;

    @BeforeEach
    void start() {
        String hindrance = Network.hindrance();
        assumeTrue(hindrance.isEmpty(), hindrance);
        network = Network.create(4);
        cluster = Cluster.start(home, Cluster.QUICK, network);
        cluster.createTopic(FIRST.topic(), PARTITIONS, 3, Map.of());
    }

    @AfterEach
    void end() {
        if (cluster != null) {
            cluster.close();
        }
        if (network != null) {
            network.close();
        }
    }

    @Test
    void noCutOfALeadersLinksLosesARecord() {
        try (Load load = Load.start(cluster, FIRST.topic(), PARTITIONS)) {
            for (Cut cut : Cut.values()) {
                BrokerProcess leader = cluster.broker(cluster.leader(FIRST));
                make(cut, leader);
                Rest.ofMs(CUT_MS);
                if (cut.othersGoOn) {
                    load.awaitProgress();
                }
                if (cut == Cut.ALL_BUT_CLIENTS && !BrokerProcess.isApache()) {
                    // What it knows is old: clients are better served by anybody else.
                    Awaitility.await("for broker " + leader.id() + " to send clients away")
                            .atMost(Cluster.LIMIT)
                            .until(() -> !tellsOfTheCluster(leader));
                }
                network.heal();
                load.awaitProgress();
                cluster.awaitFullIsr(FIRST.topic());
            }
            Verdict.assertNothingWentWrong(cluster, load);
        }
    }

    /** What a leader is cut from. */
    private enum Cut {
        FOLLOWERS(false),
        ZOOKEEPER(true),
        ALL_BUT_CLIENTS(true),
        FOLLOWERS_DO_NOT_HEAR_IT(false),
        IT_DOES_NOT_HEAR_FOLLOWERS(false),
        CONTROLLER(false);

        /** Whether whoever is left can elect another leader, so that everything goes on during the cut. */
        private final boolean othersGoOn;

        Cut(boolean othersGoOn) {
            this.othersGoOn = othersGoOn;
        }
    }

    private void make(Cut cut, BrokerProcess leader) {
        switch (cut) {
            case FOLLOWERS -> others(leader).forEach(other -> network.cut(leader.host(), other.host()));
            case ZOOKEEPER -> network.cut(leader.host(), network.host(ZOOKEEPER));
            case ALL_BUT_CLIENTS -> {
                network.cut(leader.host(), network.host(ZOOKEEPER));
                others(leader).forEach(other -> network.cut(leader.host(), other.host()));
            }
            case FOLLOWERS_DO_NOT_HEAR_IT ->
                others(leader).forEach(other -> network.cutOneWay(leader.host(), other.host()));
            case IT_DOES_NOT_HEAR_FOLLOWERS ->
                others(leader).forEach(other -> network.cutOneWay(other.host(), leader.host()));
            case CONTROLLER -> {
                int controller = cluster.controller();
                BrokerProcess other = controller == leader.id() ? others(leader).get(0) : cluster.broker(controller);
                network.cut(leader.host(), other.host());
            }
        }
    }

    private static boolean tellsOfTheCluster(BrokerProcess broker) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", broker.bootstrap(), "request.timeout.ms", 1000, "default.api.timeout.ms", 2000);
        try (Admin admin = Admin.create(settings)) {
            return !admin.describeCluster().nodes().get().isEmpty();
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private List<BrokerProcess> others(BrokerProcess broker) {
        return cluster.brokers().stream().filter(other -> other != broker).toList();
    }
}
