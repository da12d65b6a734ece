package io.ottla.storage.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A directory that does what another one does, for tests that change some of it. */
public abstract class ForwardingDirectory implements LogDirectory {
    protected final LogDirectory real;

    protected ForwardingDirectory(LogDirectory real) {
        this.real = real;
    }

    @Override
    public Path path() {
        return real.path();
    }

    @Override
    public DirectoryHealth health() {
        return real.health();
    }

    @Override
    public OpenFiles openFiles() {
        return real.openFiles();
    }

    @Override
    public LogFile open(String name, OpenMode mode) throws IOException {
        return real.open(name, mode);
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
    public List<String> list(String name) throws IOException {
        return real.list(name);
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
