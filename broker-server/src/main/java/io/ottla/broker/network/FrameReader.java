package io.ottla.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a connection's bytes into frames. Confined to the connection's event loop.
 *
 * <pre>
 *   frame := length (int32, big-endian, of what follows) | header and body
 * </pre>
 *
 * <p>A frame that lies whole in the bytes just read is handed on as a slice of them. A larger one gets a buffer of its
 * own, which the transport then reads into directly ({@link #target}), so its bytes are not copied on the way and its
 * records are contiguous. That buffer grows with what has arrived: a peer that only announces a large frame costs
 * little. On a connection that has already sent large frames it has the full size at once.
 */
final class FrameReader {

    /** What a frame's buffer starts with unless the connection has completed larger frames before. */
    static final int FIRST_ALLOCATION_BYTES = 64 * 1024;

    /** By how much a frame's buffer may exceed the bytes that have arrived. */
    static final int GROWTH_FACTOR = 16;

    /** Below this a read goes through the transport's own buffer, which then also takes what follows the frame. */
    static final int DIRECT_READ_MIN_BYTES = 16 * 1024;

    /** The shortest request there can be: API key, version, correlation id. */
    static final int MIN_FRAME_BYTES = 8;

    /** The shortest response there can be: a correlation id. */
    static final int MIN_RESPONSE_BYTES = 4;

    private static final int NO_LENGTH = -1;

    /** Who is told of frames, on the event loop. */
    interface Sink {

        /** False stops the reader before the next frame until {@link FrameReader#resume}. */
        boolean acceptsFrames();

        /** Counts in a frame of that length; false stops the reader until {@link FrameReader#resume}. */
        boolean admit(int frameBytes);

        /** Counts out a frame that was admitted but will not arrive. */
        void abandon(int frameBytes);

        /** A whole admitted frame, without its length; it is valid during the call unless retained. */
        void onFrame(ByteBuf frame);

        /** A length that no frame can have; nothing that follows makes sense. */
        void onBadLength(int length);
    }

    private final Sink sink;
    private final ByteBufAllocator allocator;
    private final int minFrameBytes;
    private final int maxFrameBytes;

    /** What was read and is not consumed yet. */
    private @Nullable ByteBuf input;
    /** What was read behind {@link #input} while the sink wanted no more; null until that happens. */
    private @Nullable ArrayDeque<ByteBuf> later;

    private int lengthBytesSeen;
    private int lengthSoFar;
    private int frameBytes = NO_LENGTH;
    private boolean admitted;
    private @Nullable ByteBuf partial;
    private int largestFrameBytes = FIRST_ALLOCATION_BYTES;
    private boolean draining;
    private boolean closed;

    /** Reads requests. */
    FrameReader(Sink sink, ByteBufAllocator allocator, int maxFrameBytes) {
        this(sink, allocator, MIN_FRAME_BYTES, maxFrameBytes);
    }

    FrameReader(Sink sink, ByteBufAllocator allocator, int minFrameBytes, int maxFrameBytes) {
        this.sink = sink;
        this.allocator = allocator;
        this.minFrameBytes = minFrameBytes;
        this.maxFrameBytes = maxFrameBytes;
    }

    /**
     * The buffer that the transport's next read should fill, retained for it, or null for one of its own. It comes back
     * through {@link #read}.
     */
    @Nullable
    ByteBuf target() {
        ByteBuf frame = partial;
        if (frame == null || input != null || frameBytes - frame.writerIndex() < DIRECT_READ_MIN_BYTES) {
            return null;
        }
        ensureWritable(frame);
        return frame.retain();
    }

    /** Takes over bytes that were read and hands on the frames they complete. */
    @SuppressWarnings("ReferenceEquality") // Asks whether it is that buffer, not whether its bytes are the same.
    void read(ByteBuf bytes) {
        if (closed) {
            bytes.release();
            return;
        }
        if (bytes == partial) {
            bytes.release();
            finishPartial();
        } else if (input == null) {
            input = bytes;
        } else {
            if (later == null) {
                later = new ArrayDeque<>();
            }
            later.add(bytes);
        }
        drain();
    }

    /** Goes on where a refusal of the sink stopped it. */
    void resume() {
        drain();
    }

    /** Drops everything. Safe to call from within {@link Sink#onFrame}. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!draining) {
            releaseAll();
        }
    }

    private void releaseAll() {
        while (input != null) {
            releaseInput(input);
        }
        if (partial != null) {
            partial.release();
            partial = null;
        }
        if (admitted) {
            admitted = false;
            sink.abandon(frameBytes);
        }
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            ByteBuf next;
            while (!closed && (next = input) != null && consume(next)) {
                releaseInput(next);
            }
        } finally {
            draining = false;
            if (closed) {
                releaseAll();
            }
        }
    }

    /** Goes on to the input behind this one. */
    private void releaseInput(ByteBuf consumed) {
        consumed.release();
        input = later == null ? null : later.poll();
    }

    /** Consumes the bytes; false when the sink wants no more for now. */
    private boolean consume(ByteBuf bytes) {
        while (bytes.isReadable() && !closed) {
            if (partial != null) {
                fillPartial(partial, bytes);
            } else if (frameBytes == NO_LENGTH) {
                if (lengthBytesSeen == 0 && !sink.acceptsFrames()) {
                    return false;
                }
                readLength(bytes);
            } else if (!admitFrame()) {
                return false;
            } else {
                beginFrame(bytes);
            }
        }
        return true;
    }

    private void readLength(ByteBuf bytes) {
        if (lengthBytesSeen == 0 && bytes.readableBytes() >= Integer.BYTES) {
            lengthSoFar = bytes.readInt();
            lengthBytesSeen = Integer.BYTES;
        } else {
            lengthSoFar = lengthSoFar << Byte.SIZE | bytes.readUnsignedByte();
            lengthBytesSeen++;
        }
        if (lengthBytesSeen < Integer.BYTES) {
            return;
        }
        int length = lengthSoFar;
        lengthBytesSeen = 0;
        lengthSoFar = 0;
        if (length < minFrameBytes || length > maxFrameBytes) {
            closed = true;
            sink.onBadLength(length);
        } else {
            frameBytes = length;
        }
    }

    private boolean admitFrame() {
        if (!admitted) {
            admitted = sink.admit(frameBytes);
        }
        return admitted;
    }

    private void beginFrame(ByteBuf bytes) {
        if (bytes.readableBytes() >= frameBytes) {
            handOn(bytes.readSlice(frameBytes));
            return;
        }
        int capacity = Math.min(frameBytes, largestFrameBytes);
        ByteBuf frame = allocator.directBuffer(capacity, frameBytes);
        partial = frame;
        fillPartial(frame, bytes);
    }

    private void fillPartial(ByteBuf frame, ByteBuf bytes) {
        ensureWritable(frame);
        frame.writeBytes(bytes, Math.min(frame.writableBytes(), bytes.readableBytes()));
        finishPartial();
    }

    private void ensureWritable(ByteBuf frame) {
        if (!frame.isWritable()) {
            frame.capacity((int) Math.min(frameBytes, (long) frame.capacity() * GROWTH_FACTOR));
        }
    }

    private void finishPartial() {
        ByteBuf frame = partial;
        if (frame == null || frame.writerIndex() < frameBytes) {
            return;
        }
        partial = null;
        largestFrameBytes = Math.max(largestFrameBytes, frameBytes);
        try {
            handOn(frame);
        } finally {
            frame.release();
        }
    }

    private void handOn(ByteBuf frame) {
        admitted = false;
        frameBytes = NO_LENGTH;
        sink.onFrame(frame);
    }
}
