package io.ottla.storage.log;

import io.netty.buffer.ByteBuf;
import io.ottla.storage.file.DirectoryHealth;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.LogFile;
import io.ottla.storage.file.OpenFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A directory whose writes, cuts and fsyncs fail when the test says so; a failing write leaves half of its bytes. */
final class FaultyDirectory implements LogDirectory {
    private final LogDirectory real;
    private final DirectoryHealth health;

    @Nullable
    String failWrites;

    boolean failTruncations;
    boolean failForces;
    int forces;

    FaultyDirectory(LogDirectory real) {
        this.real = real;
        this.health = real.health();
    }

    private final class FaultyFile implements LogFile {
        private final LogFile file;

        FaultyFile(LogFile file) {
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
            if (failWrites != null) {
                file.write(position, source, index, length / 2);
                throw new IOException(failWrites);
            }
            file.write(position, source, index, length);
        }

        @Override
        public long sizeBytes() throws IOException {
            return file.sizeBytes();
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            if (failTruncations) {
                throw new IOException("cannot cut");
            }
            file.truncate(sizeBytes);
        }

        @Override
        public void force() throws IOException {
            forces++;
            if (failForces) {
                throw new IOException("cannot force");
            }
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

    @Override
    public Path path() {
        return real.path();
    }

    @Override
    public DirectoryHealth health() {
        return health;
    }

    @Override
    public OpenFiles openFiles() {
        return real.openFiles();
    }

    @Override
    public LogFile open(String name, OpenMode mode) throws IOException {
        return new FaultyFile(real.open(name, mode));
    }

    @Override
    public boolean exists(String name) {
        return real.exists(name);
    }

    @Override
    public long sizeBytes(String name) throws IOException {
        return real.sizeBytes(name);
    }

    @Override
    public long lastModifiedMs(String name) throws IOException {
        return real.lastModifiedMs(name);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        return real.list(directory);
    }

    @Override
    public void createDirectory(String name) throws IOException {
        real.createDirectory(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        real.rename(from, to);
    }

    @Override
    public boolean delete(String name) throws IOException {
        return real.delete(name);
    }

    @Override
    public void deleteTree(String name) throws IOException {
        real.deleteTree(name);
    }

    @Override
    public byte[] readFully(String name) throws IOException {
        return real.readFully(name);
    }

    @Override
    public void replace(String name, byte[] content, Durability durability) throws IOException {
        real.replace(name, content, durability);
    }

    @Override
    public void forceDirectory(String name) throws IOException {
        real.forceDirectory(name);
    }

    @Override
    public long usableBytes() throws IOException {
        return real.usableBytes();
    }

    @Override
    public long totalBytes() throws IOException {
        return real.totalBytes();
    }

    @Override
    public void close() throws IOException {
        real.close();
    }
}
