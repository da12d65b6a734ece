package io.ottla.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultFileRegion;
import io.ottla.storage.file.FileRange;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * A range of a log file on its way to a socket, by sendfile. Netty's own region would close the file at the end; this one
 * gives back the range, whose file stays open for others.
 */
final class FileRangeRegion extends DefaultFileRegion {

    private final FileRange range;

    private FileRangeRegion(FileChannel channel, FileRange range) {
        super(channel, range.position(), range.sizeBytes());
        this.range = range;
    }

    /**
     * What to write for a range, whose reference it takes over: a region, or the bytes where there is no file to send
     * from.
     */
    static Object of(FileRange range, ByteBufAllocator allocator) throws IOException {
        FileChannel channel = range.channel();
        return channel != null ? new FileRangeRegion(channel, range) : read(range, allocator);
    }

    private static ByteBuf read(FileRange range, ByteBufAllocator allocator) throws IOException {
        int size = range.sizeBytes();
        ByteBuf bytes = allocator.directBuffer(size, size);
        try {
            while (bytes.writerIndex() < size) {
                int read = range.readInto(bytes, bytes.writerIndex(), size - bytes.writerIndex());
                if (read <= 0) {
                    throw new EOFException("the file of a response ends %d bytes short of %d"
                            .formatted(size - bytes.writerIndex(), size));
                }
            }
            return bytes.retain();
        } finally {
            bytes.release();
            range.release();
        }
    }

    @Override
    protected void deallocate() {
        range.release();
    }
}
