package io.ottla.broker.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames come out as they went in, however the bytes are cut, and cost no more memory than has arrived. */
class FrameReaderTest {

    private static final int MAX_FRAME_BYTES = 8 << 20;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final RecordingSink sink = new RecordingSink();
    private final FrameReader reader = new FrameReader(sink, allocator, MAX_FRAME_BYTES);

    @AfterEach
    void nothingLeaks() {
        reader.close();
        assertThat(sink.reserved).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void handsOnEveryFrameHoweverTheBytesAreCut(long seed) {
        Random random = new Random(seed);
        List<byte[]> frames = new ArrayList<>();
        ByteBuf wire = Unpooled.buffer();
        for (int i = 0; i < 200; i++) {
            byte[] frame =
                    new byte[FrameReader.MIN_FRAME_BYTES + random.nextInt(random.nextInt(10) == 0 ? 300_000 : 300)];
            random.nextBytes(frame);
            frames.add(frame);
            wire.writeInt(frame.length).writeBytes(frame);
        }
        while (wire.isReadable() || sink.refuses()) {
            sink.accepts = random.nextInt(4) != 0;
            sink.admits = random.nextInt(4) != 0;
            reader.resume();
            transfer(wire, random);
        }
        assertThat(sink.frames).hasSameSizeAs(frames);
        for (int i = 0; i < frames.size(); i++) {
            assertThat(sink.frames.get(i)).isEqualTo(frames.get(i));
        }
    }

    /** Reads as the transport does: into the frame where it asks for that, into a buffer of its own otherwise. */
    private void transfer(ByteBuf wire, Random random) {
        ByteBuf target = reader.target();
        if (target == null) {
            target = allocator.directBuffer(1 + random.nextInt(random.nextBoolean() ? 10 : 70_000));
        }
        int readable = wire.readableBytes();
        target.writeBytes(wire, Math.min(readable, Math.min(target.writableBytes(), 1 + random.nextInt(100_000))));
        reader.read(target);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 0, 7, MAX_FRAME_BYTES + 1, Integer.MAX_VALUE})
    void refusesLengthsThatNoFrameHas(int length) {
        reader.read(allocator.directBuffer().writeInt(length).writeZero(100));
        assertThat(sink.badLengths).containsExactly(length);
        assertThat(sink.frames).isEmpty();
        reader.read(allocator.directBuffer().writeInt(8).writeLong(1));
        assertThat(sink.frames).isEmpty();
    }

    @Test
    void aFrameThatIsOnlyAnnouncedCostsLittle() {
        reader.read(allocator.directBuffer().writeInt(MAX_FRAME_BYTES).writeByte(1));
        assertThat(allocator.metric().usedDirectMemory()).isLessThanOrEqualTo(FrameReader.FIRST_ALLOCATION_BYTES);
        assertThat(sink.reserved).isEqualTo(MAX_FRAME_BYTES);
    }

    @Test
    void aLargeFrameGrowsWithWhatArrives() {
        reader.read(allocator.directBuffer().writeInt(MAX_FRAME_BYTES));
        reader.read(allocator.directBuffer().writeZero(FrameReader.FIRST_ALLOCATION_BYTES + 1));
        assertThat(allocator.metric().usedDirectMemory())
                .isLessThanOrEqualTo((long) FrameReader.FIRST_ALLOCATION_BYTES * FrameReader.GROWTH_FACTOR);
    }

    @Test
    void readsTheRestOfALargeFrameInPlace() {
        reader.read(allocator.directBuffer().writeInt(200_000).writeByte(7));
        ByteBuf target = reader.target();
        assertThat(target).isNotNull();
        target.writeZero(target.writableBytes());
        reader.read(target);
        ByteBuf grown = reader.target();
        assertThat(grown).isSameAs(target);
        assertThat(grown.capacity()).isEqualTo(200_000);
        grown.writeZero(grown.writableBytes());
        reader.read(grown);
        assertThat(sink.frames)
                .singleElement()
                .satisfies(frame -> assertThat(frame).hasSize(200_000).startsWith(7, 0));
    }

    @Test
    void givesAConnectionThatSendsLargeFramesTheFullSizeAtOnce() {
        for (int i = 0; i < 2; i++) {
            reader.read(allocator.directBuffer().writeInt(1 << 20).writeByte(i));
            if (i == 1) {
                ByteBuf target = reader.target();
                assertThat(target).isNotNull();
                assertThat(target.writableBytes()).isEqualTo((1 << 20) - 1);
                target.release();
            }
            reader.read(allocator.directBuffer().writeZero((1 << 20) - 1));
        }
        assertThat(sink.frames).hasSize(2);
    }

    @Test
    void readsTheEndOfAFrameTogetherWithWhatFollows() {
        reader.read(allocator
                .directBuffer()
                .writeInt(FrameReader.DIRECT_READ_MIN_BYTES)
                .writeByte(1));
        assertThat(reader.target()).isNull();
    }

    @Test
    void dropsWhatHasArrivedWhenClosedFromWithinAFrame() {
        sink.onFrame = reader::close;
        reader.read(
                allocator.directBuffer().writeInt(8).writeLong(1).writeInt(8).writeLong(2));
        assertThat(sink.frames).hasSize(1);
    }

    private static final class RecordingSink implements FrameReader.Sink {

        private final List<byte[]> frames = new ArrayList<>();
        private final List<Integer> badLengths = new ArrayList<>();
        private boolean accepts = true;
        private boolean admits = true;
        private boolean refused;
        private long reserved;
        private Runnable onFrame = () -> {};

        boolean refuses() {
            boolean was = refused;
            refused = false;
            return was;
        }

        @Override
        public boolean acceptsFrames() {
            refused |= !accepts;
            return accepts;
        }

        @Override
        public boolean admit(int frameBytes) {
            refused |= !admits;
            if (admits) {
                reserved += frameBytes;
            }
            return admits;
        }

        @Override
        public void abandon(int frameBytes) {
            reserved -= frameBytes;
        }

        @Override
        public void onFrame(ByteBuf frame) {
            reserved -= frame.readableBytes();
            frames.add(ByteBufUtil.getBytes(frame));
            onFrame.run();
        }

        @Override
        public void onBadLength(int length) {
            badLengths.add(length);
        }
    }
}
