package io.ottla.replication.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.message.UpdateMetadataRequest;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataBroker;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataEndpoint;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataPartitionState;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataTopicState;
import io.ottla.protocol.schema.Base64Uuid;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What an image shows after updates: each test applies requests as a controller sends them and looks at the result. */
class MetadataImageTest {

    private static final UUID ID_A = new UUID(1, 10);
    private static final UUID ID_B = new UUID(2, 20);

    @Test
    void showsTopicsByNameAndByIdSortedByName() {
        MetadataImage image =
                MetadataImage.EMPTY.apply(update(topic("b", ID_B, led(0, 1)), topic("a", ID_A, led(0, 1))));
        assertThat(image.topics()).extracting(TopicImage::name).containsExactly("a", "b");
        assertThat(image.topic("a")).isSameAs(image.topic(ID_A));
        assertThat(image.topic(Base64Uuid.ZERO)).isNull();
        assertThat(image.topicsFrom("aa")).extracting(TopicImage::name).containsExactly("b");
        assertThat(image.topicCount()).isEqualTo(2);
    }

    @Test
    void mergesPartitionsOfLaterUpdatesAndKeepsTheEarlierImage() {
        MetadataImage first = MetadataImage.EMPTY.apply(update(topic("a", ID_A, led(0, 1), led(2, 1))));
        MetadataImage second = first.apply(update(topic("a", ID_A, led(1, 2), led(2, 3))));
        assertThat(topic(second, "a").partitions())
                .extracting(PartitionImage::partition, PartitionImage::leader)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(0, 1),
                        org.assertj.core.groups.Tuple.tuple(1, 2),
                        org.assertj.core.groups.Tuple.tuple(2, 3));
        assertThat(topic(first, "a").partition(1)).isNull();
        assertThat(topic(first, "a").partition(2)).isNotNull();
    }

    @Test
    void removesPartitionsWhoseLeaderIsMinusTwoAndTheTopicWithItsLast() {
        MetadataImage image = MetadataImage.EMPTY
                .apply(update(topic("a", ID_A, led(0, 1), led(1, 1))))
                .apply(update(topic("a", ID_A, led(1, -2))));
        assertThat(topic(image, "a").partitions()).hasSize(1);
        image = image.apply(update(topic("a", ID_A, led(0, -2))));
        assertThat(image.topic("a")).isNull();
        assertThat(image.topic(ID_A)).isNull();
    }

    @Test
    void deletingAnUnknownTopicChangesNothing() {
        MetadataImage image = MetadataImage.EMPTY.apply(update(topic("a", ID_A, led(0, -2))));
        assertThat(image.topicCount()).isZero();
        assertThat(image.topic(ID_A)).isNull();
    }

    @Test
    void aRecreatedTopicKeepsNothingOfTheOlderOne() {
        MetadataImage image = MetadataImage.EMPTY
                .apply(update(topic("a", ID_A, led(0, 1), led(1, 1))))
                .apply(update(topic("a", ID_B, led(0, 2))));
        assertThat(image.topic(ID_A)).isNull();
        assertThat(image.topic(ID_B)).isSameAs(image.topic("a"));
        assertThat(topic(image, "a").partitions()).hasSize(1);
    }

    @Test
    void aTopicThatGainsAnIdKeepsItsPartitions() {
        MetadataImage image = MetadataImage.EMPTY
                .apply(update(topic("a", Base64Uuid.ZERO, led(0, 1), led(1, 1))))
                .apply(update(topic("a", ID_A, led(0, 1))));
        assertThat(topic(image, "a").partitions()).hasSize(2);
        assertThat(image.topic(ID_A)).isSameAs(image.topic("a"));
        image = image.apply(update(topic("a", Base64Uuid.ZERO, led(0, 5))));
        assertThat(topic(image, "a").id()).isEqualTo(ID_A);
    }

    @Test
    void aFullUpdateDropsTopicsThatItDoesNotName() {
        MetadataImage image = MetadataImage.EMPTY
                .apply(update(topic("a", ID_A, led(0, 1)), topic("b", ID_B, led(0, 1))))
                .apply(update(topic("b", ID_B, led(0, 1))).setType((byte) 2));
        assertThat(image.topic("a")).isNull();
        assertThat(image.topic(ID_A)).isNull();
        assertThat(image.topic("b")).isNotNull();
    }

    @Test
    void replacesTheLiveBrokersAndFindsThemById() {
        MetadataImage image = MetadataImage.EMPTY.apply(
                update().setControllerId(5).setLiveBrokers(List.of(broker(9), broker(2), broker(5))));
        assertThat(image.controllerId()).isEqualTo(5);
        assertThat(image.brokers()).extracting(BrokerImage::id).containsExactly(2, 5, 9);
        assertThat(image.broker(9)).isEqualTo(image.brokers().get(2));
        assertThat(image.broker(3)).isNull();
        BrokerImage broker = image.brokers().get(0);
        assertThat(broker.endpoint("EXTERNAL")).isEqualTo(new BrokerImage.Endpoint("host2", 9092, (short) 1));
        assertThat(broker.endpoint("OTHER")).isNull();
        assertThat(image.apply(update()).brokers()).isEmpty();
    }

    @Test
    void aThousandTopicsCostAnUpdateOnlyItsOwnTopics() {
        UpdateMetadataTopicState[] many = IntStream.range(0, 1000)
                .mapToObj(i -> topic("t" + i, new UUID(3, i + 1), led(0, 1)))
                .toArray(UpdateMetadataTopicState[]::new);
        MetadataImage before = MetadataImage.EMPTY.apply(update(many));
        MetadataImage after = before.apply(update(topic("t500", new UUID(3, 501), led(0, 2))));
        assertThat(after.topic("t499")).isSameAs(before.topic("t499"));
        assertThat(topic(after, "t500").isLed()).isTrue();
        assertThat(after.topicCount()).isEqualTo(1000);
    }

    private static TopicImage topic(MetadataImage image, String name) {
        TopicImage topic = image.topic(name);
        assertThat(topic).isNotNull();
        return topic;
    }

    static UpdateMetadataRequest update(UpdateMetadataTopicState... topics) {
        return new UpdateMetadataRequest().setControllerId(1).setTopicStates(Arrays.asList(topics));
    }

    static UpdateMetadataTopicState topic(String name, UUID id, UpdateMetadataPartitionState... partitions) {
        return new UpdateMetadataTopicState()
                .setTopicName(name)
                .setTopicId(id)
                .setPartitionStates(Arrays.asList(partitions));
    }

    static UpdateMetadataPartitionState led(int partition, int leader) {
        return new UpdateMetadataPartitionState()
                .setPartitionIndex(partition)
                .setLeader(leader)
                .setLeaderEpoch(3)
                .setReplicas(List.of(1, 2))
                .setIsr(List.of(1));
    }

    static UpdateMetadataBroker broker(int id) {
        return new UpdateMetadataBroker()
                .setId(id)
                .setRack("r" + id)
                .setEndpoints(List.of(new UpdateMetadataEndpoint()
                        .setListener("EXTERNAL")
                        .setHost("host" + id)
                        .setPort(9092)
                        .setSecurityProtocol((short) 1)));
    }
}
