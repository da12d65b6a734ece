package io.ottla.controller.znode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.controller.znode.Endpoint.Protocol;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.schema.Base64Uuid;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Every codec against the text that Apache Kafka 3.9.2 writes for the same content. The texts were printed by the
 * encoders of kafka_2.13 3.9.2 ({@code kafka.zk.*ZNode}).
 */
class ZnodeFormatsTest {

    private static final String TWO_LISTENERS = "{\"features\":{},\"listener_security_protocol_map\":"
            + "{\"PLAINTEXT\":\"PLAINTEXT\",\"CLIENTS\":\"SASL_SSL\"},\"endpoints\":[\"PLAINTEXT://h1:9092\","
            + "\"CLIENTS://[::1]:9093\"],\"rack\":\"r1\",\"jmx_port\":-1,\"port\":9092,\"host\":\"h1\","
            + "\"version\":5,\"timestamp\":\"1795346776513\"}";
    private static final String NO_PLAIN_LISTENER = "{\"features\":{},\"listener_security_protocol_map\":"
            + "{\"CLIENTS\":\"SASL_SSL\"},\"endpoints\":[\"CLIENTS://[::1]:9093\"],\"jmx_port\":9999,\"port\":-1,"
            + "\"host\":null,\"version\":5,\"timestamp\":\"1795346777824\"}";
    private static final String TOPIC = "{\"partitions\":{\"0\":[1,2,3],\"1\":[2]},\"topic_id\":"
            + "\"qpXnQ0sBQ3O5p2j9rT0dRg\",\"adding_replicas\":{\"0\":[3]},\"removing_replicas\":{\"0\":[1]},"
            + "\"version\":3}";
    private static final TopicPartition T0 = new TopicPartition("t", 0);

    @Test
    void brokerRegistration() {
        Endpoint plain = new Endpoint("PLAINTEXT", "h1", 9092, Protocol.PLAINTEXT);
        Endpoint secure = new Endpoint("CLIENTS", "::1", 9093, Protocol.SASL_SSL);
        BrokerIdNode both = new BrokerIdNode(3, List.of(plain, secure), "r1", -1, 1795346776513L);
        assertThat(both.encode()).asString().isEqualTo(TWO_LISTENERS);
        assertThat(BrokerIdNode.decode(3, bytes(TWO_LISTENERS))).isEqualTo(both);

        BrokerIdNode secureOnly = new BrokerIdNode(3, List.of(secure), null, 9999, 1795346777824L);
        assertThat(secureOnly.encode()).asString().isEqualTo(NO_PLAIN_LISTENER);
        assertThat(BrokerIdNode.decode(3, bytes(NO_PLAIN_LISTENER))).isEqualTo(secureOnly);
        assertThat(secureOnly.endpoint("CLIENTS")).contains(secure);
        assertThat(BrokerIdNode.path(3)).isEqualTo("/brokers/ids/3");
    }

    @Test
    void controllerAndItsEpoch() {
        String text = "{\"version\":2,\"brokerid\":1,\"timestamp\":\"1700000000000\",\"kraftControllerEpoch\":-1}";
        ControllerNode node = new ControllerNode(1, 1700000000000L);
        assertThat(node.encode()).asString().isEqualTo(text);
        assertThat(ControllerNode.decode(bytes(text))).isEqualTo(node);
        assertThat(ControllerNode.decode(bytes("{\"version\":1,\"brokerid\":4,\"timestamp\":\"5\"}")))
                .isEqualTo(new ControllerNode(4, 5));
        assertThat(ControllerEpochNode.encode(12)).asString().isEqualTo("12");
        assertThat(ControllerEpochNode.decode(bytes("12"))).isEqualTo(12);
        assertThatThrownBy(() -> ControllerEpochNode.decode(bytes("x"))).hasMessageContaining("/controller_epoch");
    }

    @Test
    void topicWithAReassignment() {
        TreeMap<Integer, ReplicaAssignment> partitions = new TreeMap<>();
        partitions.put(0, new ReplicaAssignment(List.of(1, 2, 3), List.of(3), List.of(1)));
        partitions.put(1, ReplicaAssignment.of(List.of(2)));
        TopicNode node = new TopicNode(Base64Uuid.fromText("qpXnQ0sBQ3O5p2j9rT0dRg"), partitions);
        assertThat(node.encode()).asString().isEqualTo(TOPIC);
        assertThat(TopicNode.decode("t", bytes(TOPIC))).isEqualTo(node);
    }

    @Test
    void topicsOfOlderVersionsHaveNoId() {
        TopicNode node = TopicNode.decode("t", bytes("{\"version\":1,\"partitions\":{\"0\":[1]}}"));
        assertThat(node.topicId()).isNull();
        assertThat(node.partitions()).containsExactly(Map.entry(0, ReplicaAssignment.of(List.of(1))));
    }

    @Test
    void partitionState() {
        String recovered = "{\"controller_epoch\":4,\"leader\":1,\"version\":1,\"leader_epoch\":5,\"isr\":[1,2]}";
        PartitionStateNode state = new PartitionStateNode(1, 5, List.of(1, 2), (byte) 0, 4);
        assertThat(state.encode()).asString().isEqualTo(recovered);
        assertThat(PartitionStateNode.decode(T0, bytes(recovered))).isEqualTo(state);

        String recovering = "{\"controller_epoch\":4,\"leader\":-1,\"version\":1,\"leader_recovery_state\":1,"
                + "\"leader_epoch\":5,\"isr\":[1]}";
        PartitionStateNode unclean = new PartitionStateNode(-1, 5, List.of(1), (byte) 1, 4);
        assertThat(unclean.encode()).asString().isEqualTo(recovering);
        assertThat(PartitionStateNode.decode(T0, bytes(recovering))).isEqualTo(unclean);
        assertThat(PartitionStateNode.path(T0)).isEqualTo("/brokers/topics/t/partitions/0/state");
    }

    @Test
    void clusterId() {
        assertThat(ClusterIdNode.encode("abc")).asString().isEqualTo("{\"version\":\"1\",\"id\":\"abc\"}");
        assertThat(ClusterIdNode.decode(bytes("{\"version\":\"1\",\"id\":\"abc\"}")))
                .isEqualTo("abc");
    }

    @Test
    void settingsAndTheirChanges() {
        String text = "{\"version\":1,\"config\":{\"cleanup.policy\":\"compact,delete\",\"retention.ms\":\"1\"}}";
        Map<String, String> settings = Map.of("retention.ms", "1", "cleanup.policy", "compact,delete");
        assertThat(ConfigNode.encode(settings)).asString().isEqualTo(text);
        assertThat(ConfigNode.decode("/config/topics/t", bytes(text))).isEqualTo(settings);
        assertThat(ConfigNode.decode("/config/topics/t", new byte[0])).isEmpty();

        String change = "{\"version\":2,\"entity_path\":\"topics/foo\"}";
        assertThat(ConfigChangeNode.encode("topics/foo")).asString().isEqualTo(change);
        assertThat(ConfigChangeNode.decode("config_change_0000000001", bytes(change)))
                .isEqualTo("topics/foo");
        assertThat(ConfigChangeNode.decode(
                        "n", bytes("{\"version\":1,\"entity_type\":\"topics\",\"entity_name\":\"foo\"}")))
                .isEqualTo("topics/foo");
        assertThat(ConfigChangeNode.sequenceOf("config_change_0000000012")).isEqualTo(12);
        assertThat(ConfigChangeNode.sequenceOf("stray")).isEqualTo(-1);
        assertThat(ConfigNode.sanitize("a b*c+d/e")).isEqualTo("a%20b%2Ac%2Bd%2Fe");
    }

    @Test
    void producerIdBlock() {
        String text = "{\"version\":1,\"broker\":1,\"block_start\":\"1000\",\"block_end\":\"1999\"}";
        ProducerIdBlockNode block = ProducerIdBlockNode.initial(7).next(1);
        assertThat(block.encode()).asString().isEqualTo(text);
        assertThat(ProducerIdBlockNode.decode(bytes(text))).isEqualTo(block);
    }

    @Test
    void isrChange() {
        String text = "{\"version\":1,\"partitions\":[{\"topic\":\"t\",\"partition\":1},{\"topic\":\"t\","
                + "\"partition\":0}]}";
        List<TopicPartition> partitions = List.of(new TopicPartition("t", 1), T0);
        assertThat(IsrChangeNode.encode(partitions)).asString().isEqualTo(text);
        assertThat(IsrChangeNode.decode("isr_change_0000000000", bytes(text))).isEqualTo(partitions);
    }

    @Test
    void brokersWithFeatures() {
        BrokerIdNode broker = new BrokerIdNode(
                3, List.of(), null, -1, new TreeMap<>(Map.of("transaction.version", new FeatureRange(0, 2))), 7);
        assertThat(broker.encode())
                .asString()
                .contains("\"features\":{\"transaction.version\":{\"min_version\":1,\"max_version\":2}}");
        assertThat(BrokerIdNode.decode(3, broker.encode()).features())
                .containsExactly(Map.entry("transaction.version", new FeatureRange(1, 2)));
        assertThatThrownBy(() -> BrokerIdNode.decode(
                        3,
                        bytes("{\"version\":5,\"endpoints\":[],\"features\":{\"f\":{\"min_version\":3,"
                                + "\"max_version\":2}},\"timestamp\":\"1\"}")))
                .isInstanceOf(MalformedNodeException.class);
    }

    @Test
    void features() {
        String text = "{\"features\":{},\"version\":2,\"status\":1}";
        assertThat(FeatureNode.initial().encode()).asString().isEqualTo(text);
        assertThat(FeatureNode.decode(bytes(text))).isEqualTo(FeatureNode.initial());
        FeatureNode ranges = FeatureNode.decode(bytes("{\"version\":1,\"status\":0,\"features\":"
                + "{\"f\":{\"min_version_level\":1,\"max_version_level\":3}}}"));
        FeatureNode raised = new FeatureNode(true, new TreeMap<>(Map.of("f", 2)));
        assertThat(raised.encode())
                .asString()
                .isEqualTo("{\"features\":{\"f\":{\"max_version_level\":2}},\"version\":2,\"status\":1}");
        assertThat(FeatureNode.decode(raised.encode())).isEqualTo(raised);
        assertThat(ranges.enabled()).isFalse();
        assertThat(ranges.levels()).containsExactly(Map.entry("f", 3));
    }

    @Test
    void rootsAreThoseThatApacheKafkaMakes() {
        assertThat(PersistentPaths.inOrder())
                .contains(
                        "/consumers",
                        "/brokers/ids",
                        "/brokers/topics",
                        "/config/changes",
                        "/admin/delete_topics",
                        "/brokers/seqid",
                        "/isr_change_notification",
                        "/latest_producer_id_block",
                        "/log_dir_event_notification",
                        "/config/topics",
                        "/config/clients",
                        "/config/users",
                        "/config/brokers",
                        "/config/ips");
    }

    @Test
    void refusesWhatIsNotInTheFormatAndNamesThePath() {
        assertThatThrownBy(() -> TopicNode.decode("t", bytes("nonsense")))
                .isInstanceOf(MalformedNodeException.class)
                .hasMessageContaining("/brokers/topics/t");
        assertThatThrownBy(() -> PartitionStateNode.decode(T0, bytes("{\"leader\":1}")))
                .hasMessageContaining("leader_epoch");
        assertThatThrownBy(() -> PartitionStateNode.decode(
                        T0, bytes("{\"leader\":1,\"leader_epoch\":1,\"isr\":[\"a\"],\"controller_epoch\":1}")))
                .hasMessageContaining("isr");
        assertThatThrownBy(() -> BrokerIdNode.decode(1, bytes("{\"endpoints\":[\"nowhere\"]}")))
                .hasMessageContaining("NAME://host:port");
        assertThatThrownBy(() -> ControllerNode.decode(bytes("{\"brokerid\":99999999999,\"timestamp\":\"1\"}")))
                .hasMessageContaining("32 bits");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
