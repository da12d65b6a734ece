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
 *
 * <p>Where the socket takes less than is offered, Netty's epoll transport offers the rest at once, up to sixteen times; beside a
 * client that reads meanwhile each call finds room for a few pages only. This region has nothing to offer then until the socket
 * is writable again, which is when a third of its buffer is free (docs/decisions/0005).
 */
final class FileRangeRegion extends DefaultFileRegion {

    /** Past the end of any segment, whose positions are ints: sendfile finds nothing there. */
    private static final long NOTHING_THERE = 1L << 31;

    private final FileRange range;
    private long offered;

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

    /** Asked by the epoll transport before each call of sendfile, with what {@link #transferred()} says added. */
    @Override
    public long position() {
        long sent = transferred();
        if (sent == offered) {
            return super.position();
        }
        offered = sent;
        return NOTHING_THERE;
    }

    @Override
    protected void deallocate() {
        range.release();
    }
}
