package io.ottla.protocol.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import org.junit.jupiter.api.Test;

/** Parts come out in order and their references are neither lost nor doubled. */
class MessageWriterTest {
    private static final int LARGE = MessageWriter.COPY_UP_TO_BYTES + 1;

    @Test
    void cutsLargeRecordsOutAndCopiesSmallOnes() {
        ByteBuf small = Unpooled.buffer().writeBytes(new byte[] {1, 2, 3});
        ByteBuf large = Unpooled.buffer(LARGE).writeZero(LARGE);
        MessageWriter out = MessageWriter.frame(UnpooledByteBufAllocator.DEFAULT, 1);
        out.writeInt16((short) 7);
        out.writeRecords(BufferRecords.borrow(small), false);
        out.writeRecords(BufferRecords.borrow(large), false);
        out.writeInt8((byte) 9);

        MessageParts message = out.finishFrame();

        assertThat(message.parts()).hasSize(3);
        ByteBuf head = (ByteBuf) message.parts().get(0);
        assertThat(head.readInt()).isEqualTo((int) message.totalBytes() - 4);
        assertThat(head.readableBytes()).isEqualTo(2 + 4 + 3 + 4);
        assertThat(message.parts().get(1)).isEqualTo(large).isNotSameAs(large);
        assertThat(((ByteBuf) message.parts().get(2)).readByte()).isEqualTo((byte) 9);
        assertThat(large.refCnt()).isEqualTo(2);
        message.release();
        assertThat(large.refCnt()).isEqualTo(1);
        assertThat(head.refCnt()).isZero();
    }

    @Test
    void passesOpaquePartsOnWithTheirReference() {
        FilePart part = new FilePart();
        MessageWriter out = MessageWriter.message(UnpooledByteBufAllocator.DEFAULT, 1);
        out.writeRecords(part, true);

        MessageParts message = out.finish();

        assertThat(message.parts()).hasSize(2).last().isSameAs(part.region);
        assertThat(message.totalBytes()).isEqualTo(2 + part.sizeBytes());
        assertThat(part.region.refCnt()).isEqualTo(1);
        message.release();
        assertThat(part.region.refCnt()).isZero();
        assertThatThrownBy(message::singleBuffer).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aDroppedMessageReleasesItsParts() {
        FilePart part = new FilePart();
        MessageWriter out = MessageWriter.message(UnpooledByteBufAllocator.DEFAULT, 1);
        out.writeRecords(part, false);

        out.release();

        assertThat(part.region.refCnt()).isZero();
    }

    @Test
    void refusesRecordsThatLieAboutTheirSize() {
        RecordBytes liar = new FilePart() {
            @Override
            public void writeTo(MessageWriter out) {
                out.writeInt8((byte) 0);
            }
        };
        MessageWriter out = MessageWriter.message(UnpooledByteBufAllocator.DEFAULT, 1);

        assertThatThrownBy(() -> out.writeRecords(liar, false))
                .hasMessage("records wrote 1 bytes, their size says 300");
        out.release();
    }

    @Test
    void aLargeTaggedFieldGetsALongerSize() {
        MessageWriter out = MessageWriter.message(UnpooledByteBufAllocator.DEFAULT, 1);
        int start = out.beginTaggedField(3);
        out.writeBytes(new byte[200], true);
        out.endTaggedField(start);

        ByteBuf bytes = out.finish().singleBuffer();

        assertThat(bytes.readByte()).isEqualTo((byte) 3);
        assertThat(new MessageReader(bytes).readUnsignedVarint()).isEqualTo(202);
        assertThat(bytes.readableBytes()).isEqualTo(202);
        bytes.release();
    }

    @Test
    void refusesValuesThatTheWireCannotCarry() {
        MessageWriter out = MessageWriter.message(UnpooledByteBufAllocator.DEFAULT, 1);

        assertThatThrownBy(() -> out.writeUint16(65536)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> out.writeUint32(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> out.writeString("x".repeat(32768), true)).hasMessageContaining("32768 bytes");
        out.release();
    }

    /** Stands for a range of a file. */
    private static class FilePart implements RecordBytes {
        final ReferenceCounted region = new AbstractReferenceCounted() {
            @Override
            protected void deallocate() {}

            @Override
            public ReferenceCounted touch(Object hint) {
                return this;
            }
        };

        @Override
        public int sizeBytes() {
            return 300;
        }

        @Override
        public void writeTo(MessageWriter out) {
            out.writePart(region, sizeBytes());
        }

        @Override
        public void release() {}
    }
}
