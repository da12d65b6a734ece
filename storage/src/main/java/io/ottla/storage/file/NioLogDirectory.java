package io.ottla.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LogDirectory} in the file system. It holds the lock on {@code .lock} from {@link #open} until
 * {@link #close}, so two brokers cannot share a directory.
 */
public final class NioLogDirectory implements LogDirectory {
    private static final String LOCK_FILE = ".lock";

    private final Path root;
    private final FileChannel lockChannel;
    private final DirectoryHealth health;
    private final OpenFiles openFiles;

    private NioLogDirectory(Path root, FileChannel lockChannel, OpenFiles.Limits limits) {
        this.root = root;
        this.lockChannel = lockChannel;
        this.health = new DirectoryHealth(root);
        this.openFiles = new OpenFiles(limits);
    }

    /** The directory works, but another process, or this one, uses it already. */
    public static final class InUseException extends IOException {
        private static final long serialVersionUID = 1L;

        InUseException(Path root) {
            super("log directory " + root + " is in use: another process holds the lock on " + root.resolve(LOCK_FILE));
        }
    }

    /** As {@link #open(Path, OpenFiles.Limits)} with the default bounds. */
    public static NioLogDirectory open(Path path) throws IOException {
        return open(path, OpenFiles.Limits.DEFAULT);
    }

    /**
     * Creates the directory if it is missing, and locks it.
     *
     * @param limits on the files of logs that are open at a time
     * @throws InUseException if another process holds it
     * @throws IOException if it cannot be created, read or written; the message names the path
     */
    public static NioLogDirectory open(Path path, OpenFiles.Limits limits) throws IOException {
        Path root = path.toAbsolutePath().normalize();
        Files.createDirectories(root);
        if (!Files.isWritable(root)) {
            throw new IOException("log directory " + root + " is not writable");
        }
        requireReadable(root);
        FileChannel channel =
                FileChannel.open(root.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (tryLock(channel) == null) {
            channel.close();
            throw new InUseException(root);
        }
        return new NioLogDirectory(root, channel, limits);
    }

    private static void requireReadable(Path root) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            var unused = entries.iterator().hasNext();
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // Held by this very process.
        }
    }

    @Override
    public Path path() {
        return root;
    }

    @Override
    public DirectoryHealth health() {
        return health;
    }

    @Override
    public OpenFiles openFiles() {
        return openFiles;
    }

    @Override
    public LogFile open(String name, OpenMode mode) throws IOException {
        Path path = root.resolve(name);
        return mode == OpenMode.READ_ONLY
                ? new NioLogFile(name, path, StandardOpenOption.READ)
                : new NioLogFile(
                        name, path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(root.resolve(name));
    }

    @Override
    public long sizeBytes(String name) throws IOException {
        return Files.size(root.resolve(name));
    }

    @Override
    public long lastModifiedMs(String name) throws IOException {
        return Files.getLastModifiedTime(root.resolve(name)).toMillis();
    }

    @Override
    public List<String> list(String directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(root.resolve(directory))) {
            for (Path path : stream) {
                names.add(String.valueOf(path.getFileName()));
            }
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public void createDirectory(String name) throws IOException {
        Files.createDirectories(root.resolve(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(
                root.resolve(from),
                root.resolve(to),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public boolean delete(String name) throws IOException {
        return Files.deleteIfExists(root.resolve(name));
    }

    @Override
    public void deleteTree(String name) throws IOException {
        Path top = root.resolve(name);
        if (!Files.exists(top)) {
            return;
        }
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // A delayed deletion was faster.
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Override
    public byte[] readFully(String name) throws IOException {
        return Files.readAllBytes(root.resolve(name));
    }

    @Override
    public void replace(String name, byte[] content, Durability durability) throws IOException {
        Path target = root.resolve(name);
        Path temporary = root.resolve(name + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            if (durability == Durability.FORCED) {
                channel.force(true);
            }
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (durability == Durability.FORCED) {
            Path parent = target.getParent();
            force(parent == null ? root : parent);
        }
    }

    @Override
    public void forceDirectory(String name) throws IOException {
        force(root.resolve(name));
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public long usableBytes() throws IOException {
        return fileStore().getUsableSpace();
    }

    @Override
    public long totalBytes() throws IOException {
        return fileStore().getTotalSpace();
    }

    private FileStore fileStore() throws IOException {
        return Files.getFileStore(root);
    }

    @Override
    public void close() throws IOException {
        lockChannel.close();
    }
}
