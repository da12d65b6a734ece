package io.ottla.broker.handler.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.handler.DataPlane;
import io.ottla.broker.handler.TestContext;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DescribeClusterRequest;
import io.ottla.protocol.message.DescribeClusterResponse;
import io.ottla.protocol.message.DescribeTopicPartitionsRequest;
import io.ottla.protocol.message.DescribeTopicPartitionsRequest.TopicRequest;
import io.ottla.protocol.message.DescribeTopicPartitionsResponse;
import io.ottla.protocol.message.MetadataRequest;
import io.ottla.protocol.message.MetadataRequest.MetadataRequestTopic;
import io.ottla.protocol.message.MetadataResponse;
import io.ottla.protocol.message.MetadataResponse.MetadataResponseTopic;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataPartitionState;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataTopicState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metadata, DescribeCluster and DescribeTopicPartitions over images that the test announces. */
class MetadataHandlersTest {

    private DataPlane plane;
    private MetadataHandler handler;
    private final Creation creation = new Creation();

    /** Creates nothing by itself: remembers what it was asked for. */
    private static final class Creation implements AutoTopicCreation {
        final List<String> asked = new ArrayList<>();
        boolean enabled = true;

        @Override
        public boolean isEnabled() {
            return enabled;
        }

        @Override
        public CompletionStage<?> create(Collection<String> names, EventExecutor loop) {
            asked.addAll(names);
            return CompletableFuture.completedFuture(null);
        }
    }

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        plane = new DataPlane(directory, 6);
        handler = new MetadataHandler(plane.metadata, creation, "cluster");
        plane.announce(topic("b", 1, 1), topic("a", 2, 1, -1), topic("c", 1, 5));
    }

    @AfterEach
    void close() {
        plane.close();
    }

    @Test
    void describesBrokersControllerAndClusterAtEveryVersion() {
        for (int version = 0; version <= 13; version++) {
            MetadataResponse response = plane.ask(handler, context(version), all(version));
            assertThat(response.brokers())
                    .extracting(b -> b.host() + ":" + b.port())
                    .containsExactly("host1:9091", "host2:9092");
            assertThat(response.controllerId()).isEqualTo(1);
            assertThat(response.clusterId()).isEqualTo("cluster");
            assertThat(response.topics())
                    .extracting(MetadataResponseTopic::name)
                    .containsExactly("a", "b", "c");
        }
    }

    @Test
    void anEmptyListMeansNothingFromVersion1On() {
        assertThat(plane.ask(handler, context(1), new MetadataRequest()).topics())
                .isEmpty();
    }

    @Test
    void tellsWhichPartitionsHaveNoLeaderThatTheClientCanReach() {
        MetadataResponse response = plane.ask(handler, context(9), all(9));
        MetadataResponseTopic a = response.topics().iterator().next();
        assertThat(a.topicId()).isEqualTo(DataPlane.idOf("a"));
        assertThat(a.partitions())
                .extracting(p -> p.leaderId() + " " + ErrorCode.forCode(p.errorCode()))
                .containsExactly("2 NONE", "1 NONE", "-1 LEADER_NOT_AVAILABLE");
        MetadataResponseTopic c = response.topics().stream()
                .filter(topic -> "c".equals(topic.name()))
                .findFirst()
                .orElseThrow();
        assertThat(c.partitions().get(1).leaderId()).isEqualTo(-1);
        assertThat(c.partitions().get(0).replicaNodes()).containsExactly(1, 2);
    }

    @Test
    void topicsAreFoundByIdFromVersion12On() {
        UUID unknown = new UUID(4, 4);
        MetadataRequest request = new MetadataRequest();
        request.topics().add(new MetadataRequestTopic().setName(null).setTopicId(DataPlane.idOf("b")));
        request.topics().add(new MetadataRequestTopic().setName(null).setTopicId(unknown));
        MetadataResponse response = plane.ask(handler, context(12), request);
        assertThat(response.topics())
                .extracting(topic -> topic.name() + " " + ErrorCode.forCode(topic.errorCode()))
                .containsExactly("b NONE", "null UNKNOWN_TOPIC_ID");
        assertThat(plane.ask(handler, context(11), request).topics())
                .allMatch(topic -> topic.errorCode() == ErrorCode.INVALID_REQUEST.code());
        assertThat(creation.asked).isEmpty();
    }

    @Test
    void createsMissingTopicsAndAnswersWhenTheyHaveLeaders() {
        CompletableFuture<MetadataResponse> answer = plane.send(handler, context(9), named("new", "b"));
        plane.run();
        assertThat(creation.asked).containsExactly("new");
        assertThat(answer).isNotDone();
        plane.announce(topic("new", 1, 1));
        assertThat(DataPlane.now(answer).topics())
                .allMatch(topic -> topic.errorCode() == 0)
                .hasSize(2);
    }

    @Test
    void answersWithWhatIsKnownWhenACreationTakesLong() {
        CompletableFuture<MetadataResponse> answer = plane.send(handler, context(9), named("new"));
        plane.advanceMs(MetadataHandler.CREATION_WAIT_MS);
        assertThat(DataPlane.now(answer).topics())
                .allMatch(topic -> topic.errorCode() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void createsNothingThatClientOrConfigurationForbidOrThatHasAnInvalidName() {
        assertThat(plane.ask(handler, context(9), named("n/a")).topics())
                .allMatch(topic -> topic.errorCode() == ErrorCode.INVALID_TOPIC_EXCEPTION.code());
        MetadataRequest forbidden = named("new").setAllowAutoTopicCreation(false);
        assertThat(plane.ask(handler, context(9), forbidden).topics())
                .allMatch(topic -> topic.errorCode() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        creation.enabled = false;
        assertThat(plane.ask(handler, context(9), named("new")).topics()).hasSize(1);
        assertThat(creation.asked).isEmpty();
    }

    @Test
    void tellsAuthorizedOperationsOnlyWhereAskedFor() {
        MetadataRequest request =
                named("b").setIncludeTopicAuthorizedOperations(true).setIncludeClusterAuthorizedOperations(true);
        MetadataResponse response = plane.ask(handler, context(8), request);
        assertThat(response.clusterAuthorizedOperations()).isEqualTo(AuthorizedOperations.ALL_OF_CLUSTER);
        assertThat(response.topics()).allMatch(t -> t.topicAuthorizedOperations() == AuthorizedOperations.ALL_OF_TOPIC);
        response = plane.ask(handler, context(8), named("b"));
        assertThat(response.clusterAuthorizedOperations()).isEqualTo(AuthorizedOperations.OMITTED);
        assertThat(response.topics()).allMatch(t -> t.topicAuthorizedOperations() == AuthorizedOperations.OMITTED);
    }

    @Test
    void describesTheCluster() {
        DescribeClusterHandler describe = new DescribeClusterHandler(plane.metadata, "cluster");
        DescribeClusterResponse response = plane.ask(describe, context(1), new DescribeClusterRequest());
        assertThat(response.clusterId()).isEqualTo("cluster");
        assertThat(response.controllerId()).isEqualTo(1);
        assertThat(response.brokers()).hasSize(2);
        response = plane.ask(describe, context(1), new DescribeClusterRequest().setEndpointType((byte) 2));
        assertThat(response.errorCode()).isEqualTo(ErrorCode.MISMATCHED_ENDPOINT_TYPE.code());
        response = plane.ask(describe, context(1), new DescribeClusterRequest().setEndpointType((byte) 7));
        assertThat(response.errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_ENDPOINT_TYPE.code());
    }

    @Test
    void describesTopicPartitionsPageByPage() {
        plane.announce(topic("d", 1, 1, 1, 1), topic("e", 1, 1));
        DescribeTopicPartitionsHandler describe = new DescribeTopicPartitionsHandler(plane.metadata, () -> 3);
        List<String> seen = new ArrayList<>();
        DescribeTopicPartitionsRequest request = new DescribeTopicPartitionsRequest();
        for (int page = 0; page < 10; page++) {
            DescribeTopicPartitionsResponse response = plane.ask(describe, context(0), request);
            response.topics()
                    .forEach(topic -> topic.partitions().forEach(p -> seen.add(topic.name() + p.partitionIndex())));
            if (response.nextCursor() == null) {
                break;
            }
            request.setCursor(new DescribeTopicPartitionsRequest.Cursor()
                    .setTopicName(response.nextCursor().topicName())
                    .setPartitionIndex(response.nextCursor().partitionIndex()));
        }
        assertThat(seen).containsExactly("a0", "a1", "a2", "b0", "b1", "c0", "c1", "d0", "d1", "d2", "d3", "e0", "e1");
    }

    @Test
    void describesTopicPartitionsByNameWithErrorsAndChecksTheCursor() {
        DescribeTopicPartitionsHandler describe = new DescribeTopicPartitionsHandler(plane.metadata, () -> 2000);
        DescribeTopicPartitionsRequest request = new DescribeTopicPartitionsRequest()
                .setTopics(List.of(
                        new TopicRequest().setName("none"),
                        new TopicRequest().setName("b"),
                        new TopicRequest().setName("?")));
        assertThat(plane.ask(describe, context(0), request).topics())
                .extracting(topic -> topic.name() + " " + ErrorCode.forCode(topic.errorCode()))
                .containsExactly("? INVALID_TOPIC_EXCEPTION", "b NONE", "none UNKNOWN_TOPIC_OR_PARTITION");
        request.setCursor(new DescribeTopicPartitionsRequest.Cursor().setTopicName("a"));
        assertThat(plane.ask(describe, context(0), request).topics())
                .allMatch(topic -> topic.errorCode() == ErrorCode.INVALID_REQUEST.code());
    }

    private TestContext context(int version) {
        return new TestContext(version, plane.loops.get(0));
    }

    private static MetadataRequest all(int version) {
        return new MetadataRequest().setTopics(version == 0 ? new ArrayList<>() : null);
    }

    private static MetadataRequest named(String... names) {
        MetadataRequest request = new MetadataRequest();
        for (String name : names) {
            request.topics().add(new MetadataRequestTopic().setName(name));
        }
        return request;
    }

    /** A topic whose partitions have these leaders. */
    private static UpdateMetadataTopicState topic(String name, int... leaders) {
        List<UpdateMetadataPartitionState> states = new ArrayList<>();
        for (int leader : leaders) {
            states.add(new UpdateMetadataPartitionState()
                    .setPartitionIndex(states.size())
                    .setLeader(leader)
                    .setReplicas(List.of(1, 2))
                    .setIsr(List.of(1)));
        }
        return new UpdateMetadataTopicState()
                .setTopicName(name)
                .setTopicId(DataPlane.idOf(name))
                .setPartitionStates(states);
    }
}
