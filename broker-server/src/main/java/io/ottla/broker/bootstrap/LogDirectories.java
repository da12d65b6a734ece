package io.ottla.broker.bootstrap;

import io.ottla.broker.cli.StartupException;
import io.ottla.broker.config.StorageConfig;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.MetaProperties;
import io.ottla.storage.file.NioLogDirectory;
import io.ottla.storage.file.OpenFiles;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The log directories of this broker, open and locked, and the identity that their {@code meta.properties} give it. */
final class LogDirectories implements AutoCloseable {
    private static final int UNKNOWN = -1;

    private final List<NioLogDirectory> open;

    private LogDirectories(List<NioLogDirectory> open) {
        this.open = open;
    }

    /**
     * Opens all of them.
     *
     * @throws StartupException that names every one that cannot be used, and why
     */
    static LogDirectories open(StorageConfig config) {
        OpenFiles.Limits limits = new OpenFiles.Limits(config.filesOpenMax(), config.filesIdleMax());
        List<NioLogDirectory> open = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String path : config.logDirs()) {
            try {
                open.add(NioLogDirectory.open(Path.of(path), limits));
            } catch (IOException e) {
                problems.add("log.dirs " + path + " cannot be used: " + reason(e));
            }
        }
        LogDirectories directories = new LogDirectories(open);
        if (!problems.isEmpty()) {
            directories.close();
            throw new StartupException(String.join("; ", problems));
        }
        return directories;
    }

    /** The file system's exceptions often say no more than the path. */
    private static String reason(IOException failure) {
        return failure instanceof FileSystemException
                ? failure.getClass().getSimpleName() + ": " + failure.getMessage()
                : String.valueOf(failure.getMessage());
    }

    List<NioLogDirectory> all() {
        return open;
    }

    /** The broker id that the directories have, or -1 if none of them has one. */
    int brokerId() {
        return read().stream()
                .map(MetaProperties::brokerId)
                .filter(id -> id != UNKNOWN)
                .findFirst()
                .orElse(UNKNOWN);
    }

    /**
     * Holds every directory against the broker, and marks those that are new as its own.
     *
     * @throws StartupException if one belongs to another broker or cluster
     */
    void claim(int brokerId, String clusterId) {
        MetaProperties own = new MetaProperties(brokerId, clusterId);
        for (LogDirectory directory : open) {
            try {
                Optional<MetaProperties> found = MetaProperties.read(directory);
                if (found.isPresent()) {
                    found.get().validate(directory, own);
                }
                if (!found.equals(Optional.of(own))) {
                    own.write(directory);
                }
            } catch (IOException e) {
                throw new StartupException(e.getMessage()
                        + "; the directory was written by another broker or cluster: correct broker.id,"
                        + " zookeeper.connect or log.dirs");
            }
        }
    }

    private List<MetaProperties> read() {
        List<MetaProperties> found = new ArrayList<>();
        for (LogDirectory directory : open) {
            try {
                MetaProperties.read(directory).ifPresent(found::add);
            } catch (IOException e) {
                throw new StartupException(String.valueOf(e.getMessage()));
            }
        }
        return found;
    }

    /** Unlocks them; for a start that has failed. */
    @Override
    public void close() {
        for (NioLogDirectory directory : open) {
            try {
                directory.close();
            } catch (IOException e) {
                throw new IllegalStateException("cannot unlock " + directory.path(), e);
            }
        }
    }
}
