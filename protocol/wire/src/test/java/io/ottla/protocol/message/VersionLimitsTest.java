package io.ottla.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.protocol.schema.MalformedMessageException;
import io.ottla.protocol.schema.MessageReader;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a version cannot express is refused or dropped as its schema says, and what nobody knows is skipped. */
class VersionLimitsTest {
    @Test
    void refusesAFieldThatTheVersionLacksUnlessItIsIgnorable() {
        ProduceRequest transactional = new ProduceRequest().setTransactionalId("t");
        OffsetCommitValue withEpoch = new OffsetCommitValue().setLeaderEpoch(7);
        FetchRequest forgetting =
                new FetchRequest().setForgottenTopicsData(List.of(new FetchRequest.ForgottenTopic().setTopic("t")));

        assertThat(OttlaCodec.write(transactional, (short) 3)).isNotEmpty();
        assertThat(OttlaCodec.write(withEpoch, (short) 0)).isNotEmpty();
        assertThatThrownBy(() -> OttlaCodec.write(forgetting, (short) 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("FetchRequest.forgottenTopicsData is set, but version 4 has no such field");
    }

    @Test
    void refusesNullWhereTheVersionHasNoNull() {
        MetadataRequest allTopics = new MetadataRequest().setTopics(null);
        MetadataRequest noId =
                new MetadataRequest().setTopics(List.of(new MetadataRequest.MetadataRequestTopic().setName(null)));

        assertThat(OttlaCodec.write(allTopics, (short) 4)).startsWith(-1, -1, -1, -1);
        assertThatThrownBy(() -> OttlaCodec.write(noId, (short) 4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesVersionsOutsideOfTheSchema() {
        short tooHigh = MetadataRequest.HIGHEST_VERSION + 1;
        MessageReader in = new MessageReader(Unpooled.EMPTY_BUFFER);

        assertThatThrownBy(() -> new MetadataRequest().read(in, tooHigh)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void skipsUnknownTaggedFields() {
        ByteBuf header = Unpooled.buffer().writeInt(42); // correlation id, then two tags of which none is known
        header.writeByte(2).writeByte(9).writeByte(3).writeZero(3).writeByte(10).writeByte(0);

        ResponseHeader read = new ResponseHeader(new MessageReader(header), (short) 1);

        assertThat(read.correlationId()).isEqualTo(42);
        assertThat(header.isReadable()).isFalse();
    }

    @Test
    void refusesATaggedFieldWhoseSizeIsNotThatOfItsValue() {
        FetchRequest request = new FetchRequest().setClusterId("abc");
        byte[] bytes = OttlaCodec.write(request, (short) 12);
        bytes[bytes.length - 5]++; // the size of the tagged field, before the compact string of four bytes
        ByteBuf frame = Unpooled.wrappedBuffer(bytes, new byte[8]);

        assertThatThrownBy(() -> new FetchRequest(new MessageReader(frame), (short) 12))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("tagged field 0 ends at byte");
    }

    @Test
    void recordsOfAReadMessageAreASliceOfTheFrame() {
        byte[] records = new byte[5000];
        ProduceRequest request = new ProduceRequest()
                .setTopicData(List.of(new ProduceRequest.TopicProduceData()
                        .setName("t")
                        .setPartitionData(List.of(new ProduceRequest.PartitionProduceData()
                                .setRecords(BufferRecords.borrow(Unpooled.wrappedBuffer(records)))))));
        ByteBuf frame = Unpooled.wrappedBuffer(OttlaCodec.write(request, (short) 9));

        ProduceRequest read = new ProduceRequest(new MessageReader(frame), (short) 9);
        BufferRecords slice =
                (BufferRecords) read.topicData().get(0).partitionData().get(0).records();
        slice.buffer().setByte(0, 1);

        assertThat(frame.refCnt()).isEqualTo(1);
        assertThat(frame.indexOf(0, frame.capacity(), (byte) 1)).isPositive();
        assertThat(slice.sizeBytes()).isEqualTo(records.length);
    }

    @Test
    void anUnsetTaggedStructReadsAsDefaultsAndIsNotWritten() {
        FetchResponse.PartitionData untouched = new FetchResponse.PartitionData();
        FetchResponse.PartitionData touched = new FetchResponse.PartitionData();

        assertThat(touched.divergingEpoch().epoch()).isEqualTo(-1);
        assertThat(touched).isEqualTo(untouched).hasSameHashCodeAs(untouched);
    }
}
