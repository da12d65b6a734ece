package io.ottla.storage.log;

import io.netty.buffer.ByteBuf;
import io.ottla.storage.file.ForwardingDirectory;
import io.ottla.storage.file.ForwardingFile;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.LogFile;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * A directory at which the process dies: before the n-th operation that changes anything, and before all after it. It also
 * sees to it that no file becomes a {@code .swap} whose bytes were not forced. Nothing is really forced: the machine lives.
 */
final class CrashingDirectory extends ForwardingDirectory {
    private final Set<String> unforced = new HashSet<>();
    int operations;
    int crashAt = Integer.MAX_VALUE;

    /** The process is dead. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Crash(String operation) {
            super(operation);
        }
    }

    CrashingDirectory(LogDirectory real) {
        super(real);
    }

    private void step(String operation) {
        operations++;
        if (operations >= crashAt) {
            throw new Crash(operation);
        }
    }

    private final class CrashingFile extends ForwardingFile {
        CrashingFile(LogFile file) {
            super(file);
        }

        @Override
        public void write(long position, ByteBuf source, int index, int length) throws IOException {
            step("write " + name());
            unforced.add(name());
            file.write(position, source, index, length);
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            step("truncate " + name());
            file.truncate(sizeBytes);
        }

        @Override
        public void force() throws IOException {
            step("force " + name());
            unforced.remove(name());
        }
    }

    @Override
    public LogFile open(String name, OpenMode mode) throws IOException {
        if (!real.exists(name)) {
            step("create " + name);
        }
        return new CrashingFile(real.open(name, mode));
    }

    @Override
    public void createDirectory(String name) throws IOException {
        step("mkdir " + name);
        real.createDirectory(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        step("rename " + from + " to " + to);
        if (to.endsWith(".swap") && unforced.contains(from)) {
            throw new AssertionError(from + " is not on disk");
        }
        real.rename(from, to);
    }

    @Override
    public boolean delete(String name) throws IOException {
        step("delete " + name);
        return real.delete(name);
    }

    @Override
    public void deleteTree(String name) throws IOException {
        step("deleteTree " + name);
        real.deleteTree(name);
    }

    @Override
    public void replace(String name, byte[] content, Durability durability) throws IOException {
        step("replace " + name);
        real.replace(name, content, Durability.LAZY);
    }

    @Override
    public void forceDirectory(String name) throws IOException {
        step("forceDirectory " + name);
    }
}
