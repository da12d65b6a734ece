package io.ottla.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The codecs of record batches, as the clients of Kafka write and read them. A constant touches its library only when it
 * opens or closes a stream, so that naming a codec loads nothing.
 */
public enum CompressionCodec {
    NONE(0, "none", 0, 0, 0) {
        @Override
        InputStream decompressor(ByteBuf source, int index, int length) {
            return new ByteBufInputStream(source.slice(index, length));
        }

        @Override
        OutputStream compressor(ByteBuf target, int level) {
            return new ByteBufOutputStream(target);
        }
    },
    /** RFC 1952; level -1 is zlib's default, 1 the fastest, 9 the tightest. */
    GZIP(1, "gzip", -1, 9, -1) {
        @Override
        InputStream decompressor(ByteBuf source, int index, int length) throws IOException {
            return new GZIPInputStream(new ByteBufInputStream(source.slice(index, length)), 8 * 1024);
        }

        @Override
        OutputStream compressor(ByteBuf target, int level) throws IOException {
            return new LevelledGzipStream(new ByteBufOutputStream(target), level);
        }

        @Override
        public boolean isValidLevel(int level) {
            return level != 0 && super.isValidLevel(level);
        }
    },
    /** Snappy blocks in the framing of snappy-java; a bare block is read as well. Has no levels. */
    SNAPPY(2, "snappy", 0, 0, 0) {
        @Override
        InputStream decompressor(ByteBuf source, int index, int length) throws IOException {
            return SnappyFrames.open(source, index, length);
        }

        @Override
        OutputStream compressor(ByteBuf target, int level) {
            return SnappyFrames.create(target);
        }
    },
    /** LZ4 frames of independent 64 KB blocks. Level 9 names the fast compressor, any other the high compressor. */
    LZ4(3, "lz4", 1, 17, 9) {
        @Override
        InputStream decompressor(ByteBuf source, int index, int length) throws IOException {
            return Lz4Frames.open(new ByteBufInputStream(source.slice(index, length)));
        }

        @Override
        OutputStream compressor(ByteBuf target, int level) throws IOException {
            return Lz4Frames.create(new ByteBufOutputStream(target), level, level == defaultLevel());
        }
    },
    /** Zstandard frames without a dictionary. */
    ZSTD(4, "zstd", -131072, 22, 3) {
        @Override
        InputStream decompressor(ByteBuf source, int index, int length) throws IOException {
            return ZstdFrames.open(new ByteBufInputStream(source.slice(index, length)));
        }

        @Override
        OutputStream compressor(ByteBuf target, int level) throws IOException {
            return ZstdFrames.create(new ByteBufOutputStream(target), level);
        }
    };

    private static final CompressionCodec[] BY_ID = values();

    private final int id;
    private final String configName;
    private final int minLevel;
    private final int maxLevel;
    private final int defaultLevel;

    CompressionCodec(int id, String configName, int minLevel, int maxLevel, int defaultLevel) {
        this.id = id;
        this.configName = configName;
        this.minLevel = minLevel;
        this.maxLevel = maxLevel;
        this.defaultLevel = defaultLevel;
    }

    /** The codec whose id stands in the attributes of a batch; null for an id without one. */
    public static @Nullable CompressionCodec forId(int id) {
        return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
    }

    /** The value of the codec bits in a batch's attributes. */
    public int id() {
        return id;
    }

    public String configName() {
        return configName;
    }

    public int minLevel() {
        return minLevel;
    }

    public int maxLevel() {
        return maxLevel;
    }

    public int defaultLevel() {
        return defaultLevel;
    }

    /** Whether {@code compression.<codec>.level} may have this value. */
    public boolean isValidLevel(int level) {
        return level >= minLevel && level <= maxLevel;
    }

    /**
     * A stream over the uncompressed bytes of {@code length} compressed bytes at {@code index}. It reads as it goes:
     * memory stays bounded by a window of the codec, whatever the bytes claim. The caller closes it, which frees native
     * memory, and bounds how much it takes. The buffer must stay valid and is not released.
     *
     * @throws IOException if the first bytes are not of this codec; later reads throw it too
     */
    abstract InputStream decompressor(ByteBuf source, int index, int length) throws IOException;

    /** A stream that appends the compressed bytes to {@code target} from its writer index on; complete once closed. */
    abstract OutputStream compressor(ByteBuf target, int level) throws IOException;

    /**
     * Appends to {@code target}, from its writer index on, the compressed form of {@code length} bytes at {@code index}.
     *
     * @param level a valid level of this codec
     */
    public void compress(ByteBuf source, int index, int length, ByteBuf target, int level) {
        try (OutputStream out = compressor(target, level)) {
            source.getBytes(index, out, length);
        } catch (IOException e) {
            throw new IllegalStateException("compressing " + length + " bytes with " + configName + " failed", e);
        }
    }

    /**
     * Appends to {@code target}, from its writer index on, the uncompressed form of {@code length} bytes at {@code index}.
     *
     * @return the number of bytes appended
     * @throws CorruptRecordsException if the bytes are not of this codec, or become more than {@code maxBytes}
     */
    public int decompress(ByteBuf source, int index, int length, ByteBuf target, int maxBytes) {
        int begin = target.writerIndex();
        try (RecordWindow window = RecordWindow.open(this, source, index, length, maxBytes)) {
            while (window.fill(window.availableBytes() + 1)) {
                target.writeBytes(window.buffer(), window.position(), window.availableBytes());
                window.advance(window.availableBytes());
            }
        }
        return target.writerIndex() - begin;
    }
}
