package io.ottla.storage.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One entry of {@code log.dirs}: every file that the storage reads or writes is reached through this port. Usable from
 * any thread.
 *
 * <p>Names are relative to the directory and use {@code /}. An operation that fails throws {@link IOException} and
 * leaves the judgement to its caller, who takes the directory offline through {@link #health()} when the error means
 * that the directory can no longer be trusted.
 */
public interface LogDirectory extends AutoCloseable {
    /** How a file is opened. */
    enum OpenMode {
        /** The file must exist. */
        READ_ONLY,
        /** The file is created if it is missing. */
        READ_WRITE
    }

    /** The absolute path, for messages and for DescribeLogDirs. */
    Path path();

    /** Whether the directory still works, and why not. */
    DirectoryHealth health();

    /** Which of its {@link LazyFile}s are open; the same object each time. By default nobody counts. */
    default OpenFiles openFiles() {
        return OpenFiles.UNTRACKED;
    }

    /** Opens a file; the caller holds one reference of the result. */
    LogFile open(String name, OpenMode mode) throws IOException;

    boolean exists(String name);

    /** The size of a file in bytes; throws if it does not exist. */
    long sizeBytes(String name) throws IOException;

    /** When a file was last written, in milliseconds since the epoch. */
    long lastModifiedMs(String name) throws IOException;

    /** The names inside a directory ({@code ""} is the log directory itself), sorted. */
    List<String> list(String directory) throws IOException;

    /** Creates a directory; it may exist already. */
    void createDirectory(String name) throws IOException;

    /** Renames a file or directory; an existing file of the new name is replaced atomically. */
    void rename(String from, String to) throws IOException;

    /** Deletes a file if it exists, and says whether it did. */
    boolean delete(String name) throws IOException;

    /** Deletes a directory with everything in it; nothing happens if it does not exist. */
    void deleteTree(String name) throws IOException;

    /** Reads a whole small file. */
    byte[] readFully(String name) throws IOException;

    /** What the replacement of a small file survives. */
    enum Durability {
        /** A loss of power: either the old or the new content is there, never a mixture. */
        FORCED,
        /** The end of the process; after a loss of power the file may be empty or damaged. */
        LAZY
    }

    /** Replaces a small file as a whole. */
    void replace(String name, byte[] content, Durability durability) throws IOException;

    /** Replaces a small file so that even after a loss of power either the old or the new content is there. */
    default void replace(String name, byte[] content) throws IOException {
        replace(name, content, Durability.FORCED);
    }

    /** Makes the entries of a directory (creations, renames, deletions) durable. */
    void forceDirectory(String name) throws IOException;

    long usableBytes() throws IOException;

    long totalBytes() throws IOException;

    /** Releases the lock on the directory; the files that are open stay open. */
    @Override
    void close() throws IOException;
}
