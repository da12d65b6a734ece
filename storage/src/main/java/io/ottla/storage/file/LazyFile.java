package io.ottla.storage.file;

import io.netty.buffer.ByteBuf;
import io.ottla.storage.file.LogDirectory.OpenMode;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * A file of a log directory that is opened when it is first used, and closed in between when {@link OpenFiles} finds that
 * too many are open. Any thread; who writes must agree among themselves.
 *
 * <p>It may get another name while it is used. Once closed for good it stays so: nobody who comes late creates a file anew that
 * has been deleted.
 */
public final class LazyFile {
    private final LogDirectory directory;
    private final OpenFiles openFiles;
    private volatile String name;
    private volatile @Nullable LogFile file;
    private volatile boolean closed;
    private volatile boolean hasUnforcedWrites;
    private volatile int lastUse;

    /** @param name relative to the log directory; nothing is opened yet */
    public LazyFile(LogDirectory directory, String name) {
        this.directory = directory;
        this.openFiles = directory.openFiles();
        this.name = name;
    }

    public String name() {
        return name;
    }

    /** The period of {@link OpenFiles} in which it was used last. */
    int lastUse() {
        return lastUse;
    }

    /**
     * The open file with a reference for the caller; created if it is missing.
     *
     * @throws NoSuchFileException if it has been closed for good
     */
    public LogFile retain() throws IOException {
        int now = openFiles.period();
        if (lastUse != now) {
            lastUse = now;
        }
        while (true) {
            LogFile open = file;
            if (open == null) {
                open = open();
                openFiles.makeRoom();
            }
            if (open.tryRetain()) {
                return open;
            }
            // It was closed this very moment, because it had been idle.
        }
    }

    private synchronized LogFile open() throws IOException {
        LogFile open = file;
        if (open == null) {
            if (closed) {
                throw new NoSuchFileException(name);
            }
            open = directory.open(name, OpenMode.READ_WRITE);
            file = open;
            openFiles.add(this);
        }
        return open;
    }

    /** As {@link LogFile#write}. */
    public void write(long position, ByteBuf source, int index, int length) throws IOException {
        LogFile open = retain();
        try {
            open.write(position, source, index, length);
            if (!hasUnforcedWrites) {
                hasUnforcedWrites = true;
            }
        } finally {
            open.release();
        }
    }

    /** As {@link LogFile#truncate}; the file is created if it is missing. */
    public void truncate(long sizeBytes) throws IOException {
        LogFile open = retain();
        try {
            open.truncate(sizeBytes);
            hasUnforcedWrites = true;
        } finally {
            open.release();
        }
    }

    /** Makes durable whatever is in the file, also what an earlier process has written. Blocks. */
    public void force() throws IOException {
        LogFile open = retain();
        try {
            open.force();
        } finally {
            open.release();
        }
    }

    /** Makes durable what was written through this object, if anything was. Blocks. */
    public void forceWrites() throws IOException {
        if (!hasUnforcedWrites) {
            return;
        }
        hasUnforcedWrites = false; // Before: what is written meanwhile needs another force.
        try {
            force();
        } catch (IOException e) {
            hasUnforcedWrites = true;
            throw e;
        }
    }

    /** Gives the file another name, or just follows if its directory has got one. */
    public synchronized void renameTo(String newName) throws IOException {
        if (directory.exists(name)) {
            directory.rename(name, newName);
        }
        name = newName;
    }

    /** Closes the file until it is used again; who has retained it can go on. */
    public synchronized void rest() {
        LogFile open = file;
        file = null;
        if (open != null) {
            openFiles.remove(this);
            open.release();
        }
    }

    /** Closes the file for good, without writing; who has retained it can go on. */
    public synchronized void close() {
        closed = true;
        rest();
    }

    /** Closes the file and deletes it. Blocks. */
    public synchronized void delete() throws IOException {
        close();
        directory.delete(name);
    }
}
