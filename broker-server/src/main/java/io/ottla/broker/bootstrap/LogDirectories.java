package io.ottla.broker.bootstrap;

import io.ottla.broker.cli.StartupException;
import io.ottla.broker.config.StorageConfig;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.MetaProperties;
import io.ottla.storage.file.NioLogDirectory;
import io.ottla.storage.file.OpenFiles;
import io.ottla.storage.file.UnusableLogDirectory;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log directories of this broker, open and locked, and the identity that their {@code meta.properties} give it. Used by
 * the thread that starts the broker.
 *
 * <p>One that is dead already does not keep the broker from serving what is in the others: its place is taken by an {@link
 * UnusableLogDirectory}. With none left the broker does not start.
 */
final class LogDirectories implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectories.class);
    private static final int UNKNOWN = -1;

    /** In the order of {@code log.dirs}. */
    private final List<LogDirectory> directories = new ArrayList<>();

    private LogDirectories() {}

    /**
     * Opens all of them.
     *
     * @throws StartupException if none can be used, or one is used by another process; it names every one, and why
     */
    static LogDirectories open(StorageConfig config) {
        OpenFiles.Limits limits = new OpenFiles.Limits(config.filesOpenMax(), config.filesIdleMax());
        LogDirectories opened = new LogDirectories();
        List<String> problems = new ArrayList<>();
        boolean inUse = false;
        for (String path : config.logDirs()) {
            try {
                opened.directories.add(NioLogDirectory.open(Path.of(path), limits));
            } catch (IOException e) {
                problems.add("log.dirs " + path + " cannot be used: " + reason(e));
                inUse |= e instanceof NioLogDirectory.InUseException;
                opened.directories.add(new UnusableLogDirectory(Path.of(path), "opening at the start", e));
            }
        }
        if (inUse || problems.size() == opened.directories.size()) {
            opened.close();
            throw new StartupException(String.join("; ", problems));
        }
        problems.forEach(LogDirectories::goOn);
        return opened;
    }

    private static void goOn(String problem) {
        LOG.error(
                "{}; starting without it: what is in it is offline until the directory is repaired and this broker restarted",
                problem);
    }

    /** The file system's exceptions often say no more than the path. */
    private static String reason(IOException failure) {
        return failure instanceof FileSystemException
                ? failure.getClass().getSimpleName() + ": " + failure.getMessage()
                : String.valueOf(failure.getMessage());
    }

    /** Those that can be used and, offline, those that cannot. Final once they are claimed. */
    List<LogDirectory> all() {
        return List.copyOf(directories);
    }

    /** The broker id that the directories have, or -1 if none of them has one. */
    int brokerId() {
        List<MetaProperties> found = new ArrayList<>();
        onEachOnline(directory -> {
            MetaProperties.read(directory).ifPresent(found::add);
        });
        return found.stream()
                .map(MetaProperties::brokerId)
                .filter(id -> id != UNKNOWN)
                .findFirst()
                .orElse(UNKNOWN);
    }

    /**
     * Holds every directory against the broker, and marks those that are new as its own.
     *
     * @throws StartupException if one belongs to another broker or cluster, or none can be used
     */
    void claim(int brokerId, String clusterId) {
        MetaProperties own = new MetaProperties(brokerId, clusterId);
        onEachOnline(directory -> {
            Optional<MetaProperties> found = MetaProperties.read(directory);
            if (found.isPresent()) {
                found.get().validate(directory, own);
            }
            if (!found.equals(Optional.of(own))) {
                own.write(directory);
            }
        });
    }

    private interface Step {
        void on(LogDirectory directory) throws IOException;
    }

    /** A directory that fails is offline from then on. */
    private void onEachOnline(Step step) {
        for (LogDirectory directory : all()) {
            if (!directory.health().isOnline()) {
                continue;
            }
            try {
                step.on(directory);
            } catch (MetaProperties.MismatchException e) {
                throw new StartupException(e.getMessage()
                        + "; the directory was written by another broker or cluster: correct broker.id,"
                        + " zookeeper.connect or log.dirs");
            } catch (IOException e) {
                goOn("log.dirs " + directory.path() + " cannot be used: " + reason(e));
                unlock(directory);
                directories.set(
                        directories.indexOf(directory),
                        new UnusableLogDirectory(directory.path(), "access to " + MetaProperties.FILE_NAME, e));
            }
        }
        if (directories.stream().noneMatch(directory -> directory.health().isOnline())) {
            throw new StartupException(directories.stream()
                    .map(directory -> "log.dirs " + directory.path() + " cannot be used: "
                            + directory.health().offlineReason())
                    .collect(Collectors.joining("; ")));
        }
    }

    private static void unlock(LogDirectory directory) {
        try {
            directory.close();
        } catch (IOException e) {
            LOG.warn("cannot unlock {}", directory.path(), e);
        }
    }

    /** Unlocks them; for a start that has failed. */
    @Override
    public void close() {
        directories.forEach(LogDirectories::unlock);
    }
}
