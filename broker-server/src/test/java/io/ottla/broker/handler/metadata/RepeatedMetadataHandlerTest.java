package io.ottla.broker.handler.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.handler.DataPlane;
import io.ottla.broker.handler.TestContext;
import io.ottla.broker.request.EncodedResponse;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.MetadataRequest;
import io.ottla.protocol.message.MetadataRequest.MetadataRequestTopic;
import io.ottla.protocol.message.MetadataResponse;
import io.ottla.protocol.message.MetadataResponse.MetadataResponseTopic;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataPartitionState;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataTopicState;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MessageReader;
import io.ottla.protocol.schema.MessageWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered must be what would be answered: every answer is held against that of the handler inside. */
class RepeatedMetadataHandlerTest {

    private DataPlane plane;
    private MetadataHandler plain;
    private RepeatedMetadataHandler handler;

    private static final class NoCreation implements AutoTopicCreation {
        @Override
        public boolean isEnabled() {
            return false;
        }

        @Override
        public CompletionStage<?> create(Collection<String> names, EventExecutor loop) {
            return CompletableFuture.completedFuture(null);
        }
    }

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        plane = new DataPlane(directory, 6);
        plain = new MetadataHandler(plane.metadata, new NoCreation(), "cluster");
        handler = new RepeatedMetadataHandler(plain, plane.metadata);
        plane.announce(topic("a", 1), topic("b", 2));
    }

    @AfterEach
    void close() {
        plane.close();
    }

    @Test
    void answersTheSameWhetherAskedOnceOrOften() {
        for (short version = 0; version <= ApiKey.METADATA.highestVersion(); version++) {
            MetadataResponse expected = plane.ask(plain, context(version), named("a", "b"));
            for (int time = 0; time < 4; time++) {
                assertThat(ask(version, named("a", "b"))).isEqualTo(parse(expected, version));
            }
        }
    }

    @Test
    void encodesOnceWhatIsAskedAgainAndAgain() {
        ApiMessage first = plane.ask(handler, context(12), named("a"));
        plane.ask(handler, context(12), named("a"));
        ApiMessage third = plane.ask(handler, context(12), named("a"));
        assertThat(first).isInstanceOf(MetadataResponse.class);
        assertThat(third).isInstanceOf(EncodedResponse.class);
        assertThat(plane.ask(handler, context(12), named("a"))).isSameAs(third);
    }

    @Test
    void keepsQuestionsOfDifferentVersionsAndTopicsApart() {
        for (int time = 0; time < 4; time++) {
            assertThat(names(ask((short) 12, named("a")))).containsExactly("a");
            assertThat(names(ask((short) 12, named("b")))).containsExactly("b");
            assertThat(names(ask((short) 9, named("a")))).containsExactly("a");
        }
    }

    @Test
    void forgetsWhatWasTrueOfTheClusterBefore() {
        for (int time = 0; time < 3; time++) {
            assertThat(leader(ask((short) 12, named("a")))).isEqualTo(1);
        }
        plane.announce(topic("a", 2));
        for (int time = 0; time < 3; time++) {
            assertThat(leader(ask((short) 12, named("a")))).isEqualTo(2);
        }
    }

    @Test
    void remembersNoTopicToBeMissingSinceAnotherTryMayCreateIt() {
        for (int time = 0; time < 4; time++) {
            ApiMessage answer = plane.ask(handler, context(12), named("none"));
            assertThat(answer).isInstanceOf(MetadataResponse.class);
            assertThat(parse(answer, (short) 12).topics())
                    .allMatch(topic -> topic.errorCode() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
    }

    @Test
    void keepsNoAnswerThatIsLarge() {
        int[] leaders = new int[5_000];
        Arrays.fill(leaders, 1);
        plane.announce(topic("large", leaders));
        for (int time = 0; time < 4; time++) {
            assertThat(plane.ask(handler, context(12), named("large"))).isInstanceOf(MetadataResponse.class);
        }
    }

    private MetadataResponse ask(short version, MetadataRequest request) {
        return parse(plane.ask(handler, context(version), request), version);
    }

    private static MetadataResponse parse(ApiMessage response, short version) {
        MessageWriter out = MessageWriter.message(UnpooledByteBufAllocator.DEFAULT, 64);
        response.write(out, version);
        ByteBuf bytes = out.finish().singleBuffer();
        try {
            return new MetadataResponse(new MessageReader(bytes), version);
        } finally {
            bytes.release();
        }
    }

    private static List<String> names(MetadataResponse response) {
        return response.topics().stream().map(MetadataResponseTopic::name).toList();
    }

    private static int leader(MetadataResponse response) {
        return response.topics().get(0).partitions().get(0).leaderId();
    }

    private TestContext context(int version) {
        return new TestContext(version, plane.loops.get(0));
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
        UpdateMetadataTopicState topic =
                new UpdateMetadataTopicState().setTopicName(name).setTopicId(DataPlane.idOf(name));
        for (int leader : leaders) {
            topic.partitionStates()
                    .add(new UpdateMetadataPartitionState()
                            .setPartitionIndex(topic.partitionStates().size())
                            .setLeader(leader)
                            .setReplicas(List.of(1, 2))
                            .setIsr(List.of(1)));
        }
        return topic;
    }
}
