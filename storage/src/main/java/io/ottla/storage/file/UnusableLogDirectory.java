package io.ottla.storage.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * An entry of {@code log.dirs} that could not be used when the broker started: offline from the beginning, so that what may
 * be in it is neither created anew elsewhere nor forgotten. Every operation fails. Usable from any thread.
 */
public final class UnusableLogDirectory implements LogDirectory {
    private final Path path;
    private final DirectoryHealth health;

    /**
     * @param action what was tried, e.g. {@code "opening at the start"}
     * @param cause why it failed
     */
    public UnusableLogDirectory(Path path, String action, IOException cause) {
        this.path = path.toAbsolutePath().normalize();
        this.health = new DirectoryHealth(this.path);
        health.takeOffline(action, cause);
    }

    private IOException refusal() {
        return new IOException(path + " is offline: " + health.offlineReason());
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
    public LogFile open(String name, OpenMode mode) throws IOException {
        throw refusal();
    }

    @Override
    public boolean exists(String name) {
        return false;
    }

    @Override
    public long sizeBytes(String name) throws IOException {
        throw refusal();
    }

    @Override
    public long lastModifiedMs(String name) throws IOException {
        throw refusal();
    }

    @Override
    public List<String> list(String directory) throws IOException {
        throw refusal();
    }

    @Override
    public void createDirectory(String name) throws IOException {
        throw refusal();
    }

    @Override
    public void rename(String from, String to) throws IOException {
        throw refusal();
    }

    @Override
    public boolean delete(String name) throws IOException {
        throw refusal();
    }

    @Override
    public void deleteTree(String name) throws IOException {
        throw refusal();
    }

    @Override
    public byte[] readFully(String name) throws IOException {
        throw refusal();
    }

    @Override
    public void replace(String name, byte[] content, Durability durability) throws IOException {
        throw refusal();
    }

    @Override
    public void forceDirectory(String name) throws IOException {
        throw refusal();
    }

    @Override
    public long usableBytes() throws IOException {
        throw refusal();
    }

    @Override
    public long totalBytes() throws IOException {
        throw refusal();
    }

    /** Nothing was locked. */
    @Override
    public void close() {}
}
