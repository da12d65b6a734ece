package io.ottla.compat;

import static io.ottla.compat.SharedBroker.uniqueName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.process.BrokerProcess;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Goal: what an operator does with the Java admin client works and is refused as on Apache Kafka.
 * Method: the real admin client against a broker process; runs with the newest client and with 3.9.
 */
@ExtendWith(SharedBroker.class)
class JavaClientAdminTest {
    private final BrokerProcess broker;

    JavaClientAdminTest(BrokerProcess broker) {
        this.broker = broker;
    }

    @Test
    void createdTopicIsDescribedAsAskedFor() {
        try (Admin admin = Clients.admin(broker)) {
            String topic = uniqueName("created");
            CreateTopicsResult result = admin.createTopics(
                    List.of(new NewTopic(topic, 4, (short) 1).configs(Map.of("retention.ms", "123456"))));
            Clients.get(result.all());
            assertThat(Clients.get(result.numPartitions(topic))).isEqualTo(4);
            assertThat(Clients.get(result.replicationFactor(topic))).isEqualTo(1);
            assertThat(Clients.get(result.config(topic)).get("retention.ms").value())
                    .isEqualTo("123456");

            TopicDescription description = describe(admin, topic);

            assertThat(description.topicId()).isEqualTo(Clients.get(result.topicId(topic)));
            assertThat(description.isInternal()).isFalse();
            assertThat(description.partitions()).hasSize(4).allSatisfy(partition -> {
                assertThat(partition.leader().id()).isEqualTo(1);
                assertThat(partition.leader().port()).isEqualTo(broker.port());
                assertThat(partition.replicas()).hasSize(1);
                assertThat(partition.isr()).hasSize(1);
            });
        }
    }

    @Test
    void wrongTopicsAreRefusedWithTheSameErrorsAsOnApacheKafka() {
        try (Admin admin = Clients.admin(broker)) {
            String topic = uniqueName("exists");
            Clients.createTopic(broker, topic, 1, Map.of());
            assertRefused(admin, new NewTopic(topic, 1, (short) 1), TopicExistsException.class);
            assertRefused(admin, new NewTopic("bad name!", 1, (short) 1), InvalidTopicException.class);
            assertRefused(admin, new NewTopic(uniqueName("p"), 0, (short) 1), InvalidPartitionsException.class);
            assertRefused(admin, new NewTopic(uniqueName("rf"), 1, (short) 3), InvalidReplicationFactorException.class);
            NewTopic badConfig = new NewTopic(uniqueName("c"), 1, (short) 1).configs(Map.of("retention.ms", "soon"));
            assertRefused(admin, badConfig, InvalidConfigurationException.class);
            NewTopic unknownConfig = new NewTopic(uniqueName("c"), 1, (short) 1).configs(Map.of("no.such", "1"));
            assertRefused(admin, unknownConfig, InvalidConfigurationException.class);
        }
    }

    @Test
    void validationOnlyCreatesNothing() {
        try (Admin admin = Clients.admin(broker)) {
            String topic = uniqueName("validated");
            Clients.get(admin.createTopics(
                            List.of(new NewTopic(topic, 2, (short) 1)), new CreateTopicsOptions().validateOnly(true))
                    .all());
            assertThat(Clients.get(admin.listTopics().names())).doesNotContain(topic);
        }
    }

    @Test
    void partitionsCanBeAddedButNotRemoved() {
        try (Admin admin = Clients.admin(broker)) {
            String topic = uniqueName("grows");
            Clients.createTopic(broker, topic, 1, Map.of());
            Clients.get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5)))
                    .all());
            Awaitility.await()
                    .untilAsserted(() ->
                            assertThat(describe(admin, topic).partitions()).hasSize(5));
            assertThatThrownBy(() -> Clients.get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2)))
                            .all()))
                    .hasRootCauseInstanceOf(InvalidPartitionsException.class);
            produceOne(topic, 4);
            assertThat(Clients.readAll(broker, topic)).hasSize(1);
        }
    }

    @Test
    void deletedTopicIsGoneAndCanBeCreatedAgain() {
        try (Admin admin = Clients.admin(broker)) {
            String topic = uniqueName("deleted");
            Clients.createTopic(broker, topic, 2, Map.of());
            produceOne(topic, 0);
            Clients.get(admin.deleteTopics(List.of(topic)).all());
            Awaitility.await()
                    .untilAsserted(() ->
                            assertThat(Clients.get(admin.listTopics().names())).doesNotContain(topic));
            assertThatThrownBy(() -> describe(admin, topic))
                    .hasRootCauseInstanceOf(UnknownTopicOrPartitionException.class);
            Awaitility.await().ignoreExceptions().untilAsserted(() -> Clients.createTopic(broker, topic, 1, Map.of()));
            assertThat(Clients.readAll(broker, topic)).isEmpty();
            assertThatThrownBy(() ->
                            Clients.get(admin.deleteTopics(List.of("never-was")).all()))
                    .hasRootCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    @Test
    void oneThousandTopicsCanBeCreatedWrittenListedAndDeleted() {
        try (Admin admin = Clients.admin(broker)) {
            String prefix = uniqueName("many");
            List<String> names =
                    IntStream.range(0, 1000).mapToObj(i -> prefix + "." + i).toList();
            Clients.get(admin.createTopics(names.stream()
                            .map(name -> new NewTopic(name, 1, (short) 1))
                            .toList())
                    .all());
            Map<String, TopicDescription> described =
                    Clients.get(admin.describeTopics(names).allTopicNames());
            assertThat(described).hasSize(1000);
            assertThat(described.values().stream().map(TopicDescription::topicId))
                    .doesNotHaveDuplicates();
            try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, Map.of())) {
                Clients.getAll(names.stream()
                        .map(name -> producer.send(new ProducerRecord<>(name, new byte[10])))
                        .toList());
            }
            Map<TopicPartition, OffsetSpec> ends = new java.util.HashMap<>();
            names.forEach(name -> ends.put(new TopicPartition(name, 0), OffsetSpec.latest()));
            assertThat(Clients.get(admin.listOffsets(ends).all()).values())
                    .allSatisfy(end -> assertThat(end.offset()).isEqualTo(1));
            Clients.get(admin.deleteTopics(names).all());
            Awaitility.await().atMost(Clients.LIMIT).untilAsserted(() -> assertThat(
                            Clients.get(admin.listTopics().names()))
                    .doesNotContainAnyElementsOf(names));
        }
    }

    @Test
    void topicConfigurationCanBeChangedAndTakesEffect() {
        try (Admin admin = Clients.admin(broker)) {
            String topic = uniqueName("configured");
            Clients.createTopic(broker, topic, 1, Map.of("retention.ms", "99999999"));
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            alter(admin, resource, set("max.message.bytes", "500"), delete("retention.ms"));
            Awaitility.await().untilAsserted(() -> {
                Config config = Clients.get(
                                admin.describeConfigs(Set.of(resource)).all())
                        .get(resource);
                assertThat(config.get("max.message.bytes").value()).isEqualTo("500");
                assertThat(config.get("max.message.bytes").source())
                        .isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
                assertThat(config.get("retention.ms").source()).isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
                assertThat(config.get("retention.ms").value()).isEqualTo("604800000");
            });
            Awaitility.await().untilAsserted(() -> assertThatThrownBy(() -> produce(topic, 2000))
                    .hasRootCauseInstanceOf(org.apache.kafka.common.errors.RecordTooLargeException.class));
            assertThatThrownBy(() -> alter(admin, resource, set("retention.ms", "never")))
                    .hasRootCauseInstanceOf(InvalidConfigurationException.class);
        }
    }

    @Test
    void brokerConfigurationIsDescribed() {
        try (Admin admin = Clients.admin(broker)) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, "1");
            Config config =
                    Clients.get(admin.describeConfigs(Set.of(resource)).all()).get(resource);
            assertThat(config.get("broker.id").value()).isEqualTo("1");
            assertThat(config.get("message.max.bytes").value()).isEqualTo("12000000");
            assertThat(config.get("message.max.bytes").source())
                    .isEqualTo(ConfigEntry.ConfigSource.STATIC_BROKER_CONFIG);
            assertThat(config.get("log.segment.bytes").value()).isEqualTo("1073741824");
        }
    }

    @Test
    void deletedRecordsAreNotReadAgain() {
        try (Admin admin = Clients.admin(broker)) {
            String topic = uniqueName("trimmed");
            Clients.createTopic(broker, topic, 1, Map.of());
            for (int i = 0; i < 10; i++) {
                produceOne(topic, 0);
            }
            TopicPartition partition = new TopicPartition(topic, 0);
            assertThat(Clients.get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(6)))
                                    .lowWatermarks()
                                    .get(partition))
                            .lowWatermark())
                    .isEqualTo(6);
            assertThat(Clients.readAll(broker, topic)).hasSize(4);
            assertThat(offset(admin, partition, OffsetSpec.earliest())).isEqualTo(6);
            assertThat(offset(admin, partition, OffsetSpec.latest())).isEqualTo(10);
        }
    }

    @Test
    void offsetOfTheNewestTimestampIsFound() {
        try (Admin admin = Clients.admin(broker)) {
            String topic = uniqueName("newest");
            Clients.createTopic(broker, topic, 1, Map.of());
            try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, Map.of())) {
                for (long timestamp : new long[] {100, 500, 300, 200}) {
                    Clients.get(producer.send(new ProducerRecord<>(topic, 0, timestamp, null, new byte[1])));
                }
            }
            assertThat(offset(admin, new TopicPartition(topic, 0), OffsetSpec.maxTimestamp()))
                    .isEqualTo(1);
        }
    }

    @Test
    void clusterAndLogDirectoriesAreDescribed() {
        try (Admin admin = Clients.admin(broker)) {
            assertThat(Clients.get(admin.describeCluster().clusterId())).hasSize(22);
            assertThat(Clients.get(admin.describeCluster().controller()).id()).isEqualTo(1);
            String topic = uniqueName("dirs");
            Clients.createTopic(broker, topic, 3, Map.of());
            produceOne(topic, 1);
            var dirs = Clients.get(admin.describeLogDirs(List.of(1)).allDescriptions())
                    .get(1);
            assertThat(dirs).containsOnlyKeys(broker.dataDir().toString());
            var replicas = dirs.get(broker.dataDir().toString()).replicaInfos();
            assertThat(replicas.get(new TopicPartition(topic, 1)).size()).isPositive();
            assertThat(replicas.get(new TopicPartition(topic, 2)).size()).isZero();
        }
    }

    private static void alter(Admin admin, ConfigResource resource, AlterConfigOp... operations) {
        Collection<AlterConfigOp> all = new ArrayList<>(List.of(operations));
        Clients.get(admin.incrementalAlterConfigs(Map.of(resource, all)).all());
    }

    private static AlterConfigOp set(String key, String value) {
        return new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    }

    private static AlterConfigOp delete(String key) {
        return new AlterConfigOp(new ConfigEntry(key, null), AlterConfigOp.OpType.DELETE);
    }

    private static long offset(Admin admin, TopicPartition partition, OffsetSpec spec) {
        return Clients.get(admin.listOffsets(Map.of(partition, spec)).partitionResult(partition))
                .offset();
    }

    private static TopicDescription describe(Admin admin, String topic) {
        return Optional.ofNullable(
                        Clients.get(admin.describeTopics(List.of(topic)).allTopicNames()))
                .map(all -> all.get(topic))
                .orElseThrow();
    }

    private void produceOne(String topic, int partition) {
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, Map.of())) {
            Clients.get(producer.send(new ProducerRecord<>(topic, partition, null, new byte[10])));
        }
    }

    private void produce(String topic, int size) {
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, Map.of())) {
            Clients.get(producer.send(new ProducerRecord<>(topic, 0, null, new byte[size])));
        }
    }

    private static void assertRefused(Admin admin, NewTopic topic, Class<? extends Exception> error) {
        assertThatThrownBy(() -> Clients.get(admin.createTopics(List.of(topic)).all()))
                .hasRootCauseInstanceOf(error);
    }
}
