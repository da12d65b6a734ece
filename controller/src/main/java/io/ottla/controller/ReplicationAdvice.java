package io.ottla.controller;

import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.TopicState;
import io.ottla.controller.znode.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Internal topics are created with as many replicas as there are brokers then. When there are more, the operator is told the
 * command that raises them: data is not moved without being asked. Confined to the controller's executor; lasts for one
 * term.
 */
final class ReplicationAdvice {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicationAdvice.class);
    private static final List<String> INTERNAL_TOPICS =
            List.of("__consumer_offsets", "__transaction_state", "__share_group_state");

    private final Office office;
    private final TopicPolicy policy;
    private final Map<String, Integer> advised = new HashMap<>();

    ReplicationAdvice(Office office, TopicPolicy policy) {
        this.office = office;
        this.policy = policy;
    }

    /** Speaks up once for each number of replicas that has become possible. */
    void afterArrival() {
        List<LiveBroker> brokers = office.cluster().availableBrokers();
        for (String name : INTERNAL_TOPICS) {
            TopicState topic = office.cluster().topic(name);
            int possible = Math.min(policy.internalReplicationFactor(name), brokers.size());
            if (topic != null && !topic.isDeleting() && fewest(topic) < possible && advised(name) < possible) {
                advised.put(name, possible);
                LOG.info(
                        "{} has {} replicas where {} are configured and {} brokers are live; to raise it: {}",
                        name,
                        fewest(topic),
                        policy.internalReplicationFactor(name),
                        brokers.size(),
                        command(topic, brokers, possible));
            }
        }
    }

    private int advised(String topic) {
        return advised.getOrDefault(topic, 0);
    }

    private static int fewest(TopicState topic) {
        return topic.partitions().stream()
                .mapToInt(partition -> partition.assignment().replicas().size())
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    private static String command(TopicState topic, List<LiveBroker> brokers, int factor) {
        StringBuilder json = new StringBuilder("{\"version\":1,\"partitions\":[");
        String separator = "";
        for (PartitionState partition : topic.partitions()) {
            json.append(separator)
                    .append("{\"topic\":\"")
                    .append(topic.name())
                    .append("\",\"partition\":")
                    .append(partition.id().partition())
                    .append(",\"replicas\":")
                    .append(raised(partition, brokers, factor).toString().replace(" ", ""))
                    .append('}');
            separator = ",";
        }
        json.append("]}");
        Endpoint endpoint = brokers.get(0).node().endpoints().get(0);
        return "bin/kafka-reassign-partitions.sh --bootstrap-server " + endpoint.hostAndPort()
                + " --execute --reassignment-json-file <(echo '" + json + "')";
    }

    /** The replicas of now stay, and keep their order; others follow round robin. */
    private static List<Integer> raised(PartitionState partition, List<LiveBroker> brokers, int factor) {
        List<Integer> replicas = new ArrayList<>(partition.assignment().replicas());
        for (int i = 0; replicas.size() < factor && i < brokers.size(); i++) {
            int candidate = brokers.get((partition.id().partition() + i) % brokers.size())
                    .id();
            if (!replicas.contains(candidate)) {
                replicas.add(candidate);
            }
        }
        return replicas;
    }
}
