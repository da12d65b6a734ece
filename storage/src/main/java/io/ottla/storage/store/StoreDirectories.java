package io.ottla.storage.store;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.storage.file.CleanShutdownMarker;
import io.ottla.storage.file.LogDirectory;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log directories of a {@link LogStore}, in the order of {@code log.dirs}, and which one a new log goes to. Any thread. */
final class StoreDirectories {
    private static final Logger LOG = LoggerFactory.getLogger(StoreDirectories.class);

    private final List<StoreDirectory> directories;
    private final ConcurrentMap<TopicPartition, StoreDirectory> preferred = new ConcurrentHashMap<>();

    StoreDirectories(List<? extends LogDirectory> directories) {
        this.directories = directories.stream()
                .map(directory -> new StoreDirectory(directory))
                .toList();
    }

    List<StoreDirectory> all() {
        return directories;
    }

    List<LogDirectory> files() {
        return directories.stream().map(StoreDirectory::directory).toList();
    }

    /** One of the store's own directories. */
    StoreDirectory of(LogDirectory wanted) {
        return directories.stream()
                .filter(directory -> directory.directory() == wanted)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(wanted.path() + " is not in log.dirs"));
    }

    /** Has the partition's log created in this directory, should it be created and the directory be online then. */
    void prefer(TopicPartition partition, LogDirectory directory) {
        preferred.put(partition, of(directory));
    }

    /** Where a new log goes: where it was asked for, else to the directory with the fewest; null if none is online. */
    @Nullable
    StoreDirectory choose(TopicPartition partition) {
        StoreDirectory wanted = preferred.remove(partition);
        if (wanted != null && wanted.isOnline()) {
            return wanted;
        }
        return directories.stream()
                .filter(StoreDirectory::isOnline)
                .min(Comparator.comparingInt(directory -> directory.logCount().get()))
                .orElse(null);
    }

    boolean allOnline() {
        return directories.stream().allMatch(StoreDirectory::isOnline);
    }

    /** The names of the topics that have logs here, loaded or not. Blocks. */
    Set<String> topicsOnDisk() {
        Set<String> topics = new TreeSet<>();
        for (LogDirectory directory : files()) {
            try {
                for (String name : directory.list("")) {
                    PartitionDirectories.partition(name).ifPresent(partition -> topics.add(partition.topic()));
                }
            } catch (IOException e) {
                LOG.debug("{} cannot be listed, as its start will tell", directory.path(), e);
            }
        }
        return topics;
    }

    /** The lowest epoch in a marker of a clean shutdown; -1 if any directory has none. */
    long previousBrokerEpoch() {
        return directories.stream()
                .mapToLong(StoreDirectory::previousBrokerEpoch)
                .min()
                .orElse(CleanShutdownMarker.NO_EPOCH);
    }
}
