package io.ottla.storage.file;

import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link LogFile} over a {@link FileChannel}. */
final class NioLogFile implements LogFile {
    private static final Logger LOG = LoggerFactory.getLogger(NioLogFile.class);

    private final String name;
    private final FileChannel channel;
    private final PageCacheProbe probe;
    private final AtomicInteger references = new AtomicInteger(1);

    NioLogFile(String name, Path path, OpenOption... options) throws IOException {
        this.name = name;
        this.channel = FileChannel.open(path, options);
        this.probe = new PageCacheProbe(path);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int read(long position, ByteBuf target, int length) throws IOException {
        target.ensureWritable(length);
        int done = 0;
        while (done < length) {
            int count = target.setBytes(target.writerIndex(), channel, position + done, length - done);
            if (count <= 0) {
                break;
            }
            target.writerIndex(target.writerIndex() + count);
            done += count;
        }
        return done;
    }

    @Override
    public void write(long position, ByteBuf source, int index, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int count = source.getBytes(index + done, channel, position + done, length - done);
            if (count <= 0) {
                throw new EOFException(name + ": wrote " + done + " of " + length + " bytes at " + position);
            }
            done += count;
        }
    }

    @Override
    public long sizeBytes() throws IOException {
        return channel.size();
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
        channel.truncate(sizeBytes);
    }

    @Override
    public void force() throws IOException {
        channel.force(true);
    }

    @Override
    public boolean isInMemory(long position, int length) throws IOException {
        return probe.isInMemory(position, length);
    }

    @Override
    public FileChannel channel() {
        return channel;
    }

    @Override
    public boolean tryRetain() {
        int count = references.get();
        while (count > 0) {
            if (references.compareAndSet(count, count + 1)) {
                return true;
            }
            count = references.get();
        }
        return false;
    }

    @Override
    public void release() {
        int left = references.decrementAndGet();
        if (left == 0) {
            try {
                channel.close();
                probe.close();
            } catch (IOException e) {
                LOG.warn("closing {} failed", name, e);
            }
        } else if (left < 0) {
            throw new IllegalStateException(name + " was released more often than retained");
        }
    }
}
