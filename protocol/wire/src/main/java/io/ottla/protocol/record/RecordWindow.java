package io.ottla.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A sliding window over the bytes that a codec uncompresses. Confined to its caller. The window grows only after that
 * many bytes have really come out of the stream, so a claimed size allocates nothing, and the stream ends with an error
 * once it has given more than a bound.
 */
final class RecordWindow implements AutoCloseable {
    private static final int INITIAL_BYTES = 8 * 1024;

    private final CompressionCodec codec;
    private final InputStream stream;
    private final int maxBytes;
    private byte[] bytes = new byte[INITIAL_BYTES];
    private ByteBuffer byteBuffer = ByteBuffer.wrap(bytes);
    private ByteBuf view = Unpooled.wrappedBuffer(bytes);
    private int position;
    private int end;
    private int totalBytes;
    private boolean exhausted;

    private RecordWindow(CompressionCodec codec, InputStream stream, int maxBytes) {
        this.codec = codec;
        this.stream = stream;
        this.maxBytes = maxBytes;
    }

    /**
     * Opens {@code length} compressed bytes at {@code index}.
     *
     * @throws CorruptRecordsException if their beginning is not of this codec
     */
    static RecordWindow open(CompressionCodec codec, ByteBuf source, int index, int length, int maxBytes) {
        try {
            return new RecordWindow(codec, codec.decompressor(source, index, length), maxBytes);
        } catch (IOException | RuntimeException e) {
            throw corrupt(codec, 0, e);
        }
    }

    /** The buffer that holds the window; another one after a {@link #fill} that grew it. */
    ByteBuf buffer() {
        return view;
    }

    /** The same bytes as {@link #buffer()}. */
    ByteBuffer bytes() {
        return byteBuffer;
    }

    /** Where the bytes that are not consumed yet begin in {@link #buffer()}. */
    int position() {
        return position;
    }

    int availableBytes() {
        return end - position;
    }

    /** Consumes {@code count} available bytes. */
    void advance(int count) {
        position += count;
    }

    /**
     * Makes at least {@code count} bytes available; false if the stream ends before that.
     *
     * @throws CorruptRecordsException if the stream breaks or gives more than its bound
     */
    boolean fill(int count) {
        while (end - position < count && !exhausted) {
            if (end == bytes.length) {
                makeRoom();
            }
            read();
        }
        return end - position >= count;
    }

    private void makeRoom() {
        if (position > 0) {
            System.arraycopy(bytes, position, bytes, 0, end - position);
            end -= position;
            position = 0;
        } else {
            bytes = Arrays.copyOf(bytes, (int) Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8));
            byteBuffer = ByteBuffer.wrap(bytes);
            view = Unpooled.wrappedBuffer(bytes);
        }
    }

    private void read() {
        int count;
        try {
            count = stream.read(bytes, end, bytes.length - end);
        } catch (IOException | RuntimeException e) {
            throw corrupt(codec, totalBytes, e);
        }
        if (count < 0) {
            exhausted = true;
            return;
        }
        end += count;
        totalBytes += count;
        if (totalBytes > maxBytes) {
            throw new CorruptRecordsException(
                    codec.configName() + " records uncompress to more than " + maxBytes + " bytes");
        }
    }

    private static CorruptRecordsException corrupt(CompressionCodec codec, int afterBytes, Exception cause) {
        return new CorruptRecordsException(
                codec.configName() + " records cannot be uncompressed after " + afterBytes + " bytes: "
                        + cause.getMessage(),
                cause);
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            throw corrupt(codec, totalBytes, e);
        }
    }
}
