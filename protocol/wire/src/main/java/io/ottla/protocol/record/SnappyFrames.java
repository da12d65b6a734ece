package io.ottla.protocol.record;

import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.xerial.snappy.Snappy;

/**
 * Snappy in the framing of snappy-java, which Kafka's clients use; loading this class' users of {@link Snappy} loads the
 * native library.
 *
 * <pre>
 *  bytes  field
 *      8  magic                -126 'S' 'N' 'A' 'P' 'P' 'Y' 0
 *      4  version              1
 *      4  compatible version   1
 *  then blocks till the end, or another header:
 *      4  length of the block
 *      -  a snappy block of at most 32 KB uncompressed (a reader accepts more)
 * </pre>
 *
 * <p>Bytes that do not begin with the magic are one bare snappy block, as some clients outside of the JVM write.
 */
final class SnappyFrames {
    private static final long MAGIC = 0x82534e4150505900L;
    private static final int HEADER_BYTES = 16;
    private static final int VERSION = 1;
    private static final int BLOCK_BYTES = 32 * 1024;
    /** The densest element of a block makes 64 bytes of 3; a claim beyond that, and some slack, is a lie. */
    private static final int MAX_EXPANSION = 64;

    private SnappyFrames() {}

    static InputStream open(ByteBuf source, int index, int length) throws IOException {
        boolean framed = length >= HEADER_BYTES && source.getLong(index) == MAGIC;
        return new Reader(source, index, length, framed);
    }

    static OutputStream create(ByteBuf target) {
        target.writeLong(MAGIC).writeInt(VERSION).writeInt(VERSION);
        return new Writer(target);
    }

    private static final class Reader extends InputStream {
        private final ByteBuf source;
        private final boolean framed;
        private final int end;
        private int position;
        private byte[] compressed = new byte[0];
        private byte[] block = new byte[0];
        private int blockPosition;
        private int blockEnd;

        Reader(ByteBuf source, int index, int length, boolean framed) throws IOException {
            this.source = source;
            this.framed = framed;
            this.position = index;
            this.end = index + length;
            if (length == 0) {
                throw new EOFException("no snappy bytes");
            }
        }

        @Override
        public int read() throws IOException {
            return fillBlock() ? block[blockPosition++] & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!fillBlock()) {
                return -1;
            }
            int taken = Math.min(length, blockEnd - blockPosition);
            System.arraycopy(block, blockPosition, target, offset, taken);
            blockPosition += taken;
            return taken;
        }

        private boolean fillBlock() throws IOException {
            while (blockPosition == blockEnd) {
                if (position == end) {
                    return false;
                }
                uncompress(framed ? nextBlockLength() : end - position);
            }
            return true;
        }

        /** Skips headers, of which a concatenation of streams has several, and reads the length of the block that follows. */
        private int nextBlockLength() throws IOException {
            while (end - position >= HEADER_BYTES && source.getLong(position) == MAGIC) {
                position += HEADER_BYTES;
            }
            if (position == end) {
                return 0;
            }
            if (end - position < Integer.BYTES) {
                throw new EOFException(end - position + " bytes left, a snappy block length takes 4");
            }
            int length = source.getInt(position);
            position += Integer.BYTES;
            if (length <= 0 || length > end - position) {
                throw new IOException("snappy block of " + length + " bytes, " + (end - position) + " left");
            }
            return length;
        }

        private void uncompress(int length) throws IOException {
            if (length == 0) {
                return;
            }
            if (compressed.length < length) {
                compressed = new byte[length];
            }
            source.getBytes(position, compressed, 0, length);
            position += length;
            int claimed = Snappy.uncompressedLength(compressed, 0, length);
            if (claimed < 0 || claimed > (long) length * MAX_EXPANSION) {
                throw new IOException("snappy block of " + length + " bytes claims to hold " + claimed);
            }
            if (block.length < claimed) {
                block = new byte[claimed];
            }
            blockPosition = 0;
            blockEnd = Snappy.uncompress(compressed, 0, length, block, 0);
        }
    }

    private static final class Writer extends OutputStream {
        private final ByteBuf target;
        private final byte[] block = new byte[BLOCK_BYTES];
        private int blockBytes;
        private byte[] compressed = new byte[0];

        Writer(ByteBuf target) {
            this.target = target;
        }

        @Override
        public void write(int value) throws IOException {
            if (blockBytes == BLOCK_BYTES) {
                writeBlock();
            }
            block[blockBytes++] = (byte) value;
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            int done = 0;
            while (done < length) {
                if (blockBytes == BLOCK_BYTES) {
                    writeBlock();
                }
                int part = Math.min(length - done, BLOCK_BYTES - blockBytes);
                System.arraycopy(source, offset + done, block, blockBytes, part);
                blockBytes += part;
                done += part;
            }
        }

        private void writeBlock() throws IOException {
            if (compressed.length == 0) {
                compressed = new byte[Snappy.maxCompressedLength(BLOCK_BYTES)];
            }
            int length = Snappy.compress(block, 0, blockBytes, compressed, 0);
            target.writeInt(length).writeBytes(compressed, 0, length);
            blockBytes = 0;
        }

        @Override
        public void close() throws IOException {
            if (blockBytes > 0) {
                writeBlock();
            }
        }
    }
}
