package io.ottla.sim.disk;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.sim.world.SimProcess;
import io.ottla.storage.file.DirectoryHealth;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.LogFile;
import io.ottla.storage.file.OpenFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A disk as one life of a process has it open. */
public final class SimLogDirectory implements LogDirectory {
    private static final long TOTAL_BYTES = 1L << 40;
    /** Few, so that files are closed and opened again all the time. */
    private static final OpenFiles.Limits FILES = new OpenFiles.Limits(64, 0);

    private final SimDisk disk;
    private final SimProcess process;
    private final Path path;
    private final DirectoryHealth health;
    private final OpenFiles openFiles = new OpenFiles(FILES);

    public SimLogDirectory(SimDisk disk, SimProcess process, Path path) {
        this.disk = disk;
        this.process = process;
        this.path = path;
        this.health = new DirectoryHealth(path);
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public DirectoryHealth health() {
        return health;
    }

    @Override
    public OpenFiles openFiles() {
        return openFiles;
    }

    private void check() throws IOException {
        if (process.isDead()) {
            throw new IOException("the process has ended");
        }
        if (isInUse()) {
            disk.check();
        }
    }

    /** Whether a process looks, and not whoever watches over the simulation: those meet no faults and cause none. */
    private boolean isInUse() {
        return !process.world().running().isEmpty();
    }

    private void checkRead() throws IOException {
        check();
        if (isInUse()) {
            disk.checkRead();
        }
    }

    private void checkSpace() throws IOException {
        check();
        disk.checkSpace();
    }

    @Override
    public LogFile open(String name, OpenMode mode) throws IOException {
        check();
        SimFile file = disk.find(name);
        if (file == null && mode == OpenMode.READ_WRITE) {
            checkSpace();
            file = disk.create(name);
            file.modifiedMs = process.clock().millis();
        }
        return new OpenFile(name, file == null ? disk.get(name) : file);
    }

    @Override
    public boolean exists(String name) {
        return disk.find(name) != null || disk.isDirectory(name);
    }

    @Override
    public long sizeBytes(String name) throws IOException {
        check();
        return disk.get(name).size();
    }

    @Override
    public long lastModifiedMs(String name) throws IOException {
        check();
        return disk.get(name).modifiedMs;
    }

    @Override
    public List<String> list(String directory) throws IOException {
        check();
        return disk.list(directory);
    }

    @Override
    public void createDirectory(String name) throws IOException {
        checkSpace();
        disk.makeDirectory(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        check();
        disk.rename(from, to);
    }

    @Override
    public boolean delete(String name) throws IOException {
        check();
        return disk.remove(name);
    }

    @Override
    public void deleteTree(String name) throws IOException {
        check();
        disk.removeTree(name);
    }

    @Override
    public byte[] readFully(String name) throws IOException {
        checkRead();
        return disk.get(name).bytes();
    }

    @Override
    public void replace(String name, byte[] content, Durability durability) throws IOException {
        checkSpace();
        SimFile file = new SimFile();
        file.write(0, Unpooled.wrappedBuffer(content), 0, content.length);
        file.modifiedMs = process.clock().millis();
        if (durability == Durability.FORCED) {
            file.force();
        }
        disk.put(name, file);
        if (durability == Durability.FORCED) {
            disk.commit();
        }
    }

    @Override
    public void forceDirectory(String name) throws IOException {
        check();
        disk.commit();
    }

    @Override
    public long usableBytes() {
        return TOTAL_BYTES / 2;
    }

    @Override
    public long totalBytes() {
        return TOTAL_BYTES;
    }

    @Override
    public void close() {}

    private final class OpenFile implements LogFile {
        private final String name;
        private final SimFile file;
        private int references = 1;

        OpenFile(String name, SimFile file) {
            this.name = name;
            this.file = file;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int read(long position, ByteBuf target, int length) throws IOException {
            checkRead();
            return file.read(position, target, length);
        }

        @Override
        public void write(long position, ByteBuf source, int index, int length) throws IOException {
            check();
            int written = disk.roomFor(length);
            file.write(position, source, index, written);
            file.modifiedMs = process.clock().millis();
            if (written < length) {
                throw SimDisk.noSpace();
            }
        }

        @Override
        public long sizeBytes() throws IOException {
            check();
            return file.size();
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            check();
            file.truncate(sizeBytes);
        }

        @Override
        public void force() throws IOException {
            check();
            file.force();
            disk.commit();
        }

        @Override
        public @Nullable FileChannel channel() {
            return null;
        }

        @Override
        public boolean tryRetain() {
            if (references == 0) {
                return false;
            }
            references++;
            return true;
        }

        @Override
        public void release() {
            if (--references < 0) {
                throw new IllegalStateException(name + " was released more often than retained");
            }
        }
    }
}
