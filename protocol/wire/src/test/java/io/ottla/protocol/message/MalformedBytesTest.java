package io.ottla.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.generator.Schema;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MalformedMessageException;
import io.ottla.protocol.schema.MessageReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: bytes that are no message give an error or a value, and never a hang, a read beyond the frame, or an allocation
 * out of proportion to the frame. Method: valid frames cut short and with flipped bits, seeded, inside of a larger buffer.
 */
class MalformedBytesTest {
    private static final int CUTS_PER_FRAME = 60;
    private static final int FLIPS_PER_FRAME = 60;
    /** An object per byte, with its reference in a list, is the worst that a frame can ask for. */
    private static final int ALLOCATED_PER_FRAME_BYTE = 64;
    /** The exception with its stack trace, and class loading. */
    private static final int ALLOCATED_ANYWAY = 64 * 1024;

    private static final int MARGIN = 64;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static Stream<Named<Schema>> schemas() throws IOException {
        return Schemas.all().stream().map(schema -> Named.of(schema.name(), schema));
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void refusesEveryTruncatedFrame(Schema schema) {
        RandomMessages messages = new RandomMessages(schema.name().hashCode());
        Schemas.versions(schema).forEach(version -> {
            byte[] frame = OttlaCodec.write(messages.next(schema, version), version);
            int step = Math.max(1, frame.length / CUTS_PER_FRAME);
            for (int length = 0; length < frame.length; length += step) {
                ByteBuf cut = inLargerBuffer(frame, length);
                assertThat(outcome(schema, cut, version))
                        .as("%s %d", schema.name(), version)
                        .isNull();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void survivesFlippedBits(Schema schema) {
        RandomMessages messages = new RandomMessages(schema.name().hashCode());
        Random random = new Random(schema.name().hashCode());
        Schemas.versions(schema).forEach(version -> {
            byte[] frame = OttlaCodec.write(messages.next(schema, version), version);
            for (int i = 0; i < FLIPS_PER_FRAME && frame.length > 0; i++) {
                byte[] flipped = frame.clone();
                for (int flips = random.nextInt(3); flips >= 0; flips--) {
                    flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
                }
                outcome(schema, inLargerBuffer(flipped, flipped.length), version);
            }
        });
    }

    @Test
    void aHugeCountAllocatesNoMoreThanTheFrameCouldHold() {
        int frameBytes = 1 << 20;
        ByteBuf frame = Unpooled.buffer(frameBytes).writerIndex(frameBytes);
        frame.setInt(0, frameBytes - 4); // Metadata version 4: count of topics, each of which is an empty name
        frame.setZero(4, frameBytes - 4);
        assertAllocationIsBounded(frame, new MetadataRequest(), (short) 4);
    }

    @Test
    void anAbsurdCountAllocatesNothing() {
        ByteBuf frame = Unpooled.buffer().writeInt(Integer.MAX_VALUE).writeZero(1000);
        assertAllocationIsBounded(frame, new MetadataRequest(), (short) 4);
    }

    private void assertAllocationIsBounded(ByteBuf frame, ApiMessage message, short version) {
        int frameBytes = frame.readableBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> message.read(new MessageReader(frame), version))
                .isInstanceOf(MalformedMessageException.class);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .isLessThan((long) ALLOCATED_PER_FRAME_BYTE * frameBytes + ALLOCATED_ANYWAY);
    }

    /** The message, or null if the bytes were refused; any other exception fails the test. */
    private ApiMessage outcome(Schema schema, ByteBuf frame, short version) {
        int start = frame.readerIndex();
        long bound = (long) ALLOCATED_PER_FRAME_BYTE * frame.readableBytes() + ALLOCATED_ANYWAY;
        ApiMessage message = Schemas.newMessage(schema);
        boolean isRead = false;
        long allocated = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 2 && allocated >= bound; attempt++) { // the first one may load classes
            frame.readerIndex(start);
            long before = threads.getCurrentThreadAllocatedBytes();
            isRead = reads(message, frame, version);
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        if (allocated >= bound) {
            fail("%s version %d allocated %d bytes, expected less than %d", schema.name(), version, allocated, bound);
        }
        return isRead ? message : null;
    }

    private static boolean reads(ApiMessage message, ByteBuf frame, short version) {
        try {
            message.read(new MessageReader(frame), version);
            return true;
        } catch (MalformedMessageException e) {
            return false;
        }
    }

    private static ByteBuf inLargerBuffer(byte[] frame, int length) {
        return Unpooled.buffer(length + 2 * MARGIN)
                .writeZero(MARGIN)
                .readerIndex(MARGIN)
                .writeBytes(frame, 0, length);
    }
}
