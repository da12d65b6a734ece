package io.ottla.storage.file;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** A file that does what another one does, but for sendfile, for tests that change some of it. */
public abstract class ForwardingFile implements LogFile {
    protected final LogFile file;

    protected ForwardingFile(LogFile file) {
        this.file = file;
    }

    @Override
    public String name() {
        return file.name();
    }

    @Override
    public int read(long position, ByteBuf target, int length) throws IOException {
        return file.read(position, target, length);
    }

    @Override
    public void write(long position, ByteBuf source, int index, int length) throws IOException {
        file.write(position, source, index, length);
    }

    @Override
    public long sizeBytes() throws IOException {
        return file.sizeBytes();
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
        file.truncate(sizeBytes);
    }

    @Override
    public void force() throws IOException {
        file.force();
    }

    @Override
    public @Nullable FileChannel channel() {
        return null;
    }

    @Override
    public boolean tryRetain() {
        return file.tryRetain();
    }

    @Override
    public void release() {
        file.release();
    }
}
