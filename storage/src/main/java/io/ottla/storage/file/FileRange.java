package io.ottla.storage.file;

import io.netty.buffer.ByteBuf;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * A range of an open file as a part of a message: the network layer turns it into a file region, or reads it into a
 * buffer. The file stays open until the range is released. Usable from any thread.
 */
public final class FileRange extends AbstractReferenceCounted {
    private final LogFile file;
    private final long position;
    private final int sizeBytes;

    /** Takes over one reference of {@code file}. */
    public FileRange(LogFile file, long position, int sizeBytes) {
        this.file = file;
        this.position = position;
        this.sizeBytes = sizeBytes;
    }

    /** The channel for sendfile, or null if the bytes must be read through {@link #readInto}. */
    public @Nullable FileChannel channel() {
        return file.channel();
    }

    /** Where the range begins in the channel. */
    public long position() {
        return position;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    /**
     * Appends a part of the range to a buffer. Blocks if the bytes are not in the page cache.
     *
     * @param offset where in the range to begin
     * @return the number of bytes read; less than {@code length} only if the file has been cut meanwhile
     */
    public int readInto(ByteBuf target, int offset, int length) throws IOException {
        return file.read(position + offset, target, Math.min(length, sizeBytes - offset));
    }

    @Override
    public FileRange retain() {
        super.retain();
        return this;
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {
        file.release();
    }
}
