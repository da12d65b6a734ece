package io.ottla.storage.store;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.storage.log.PartitionLog;
import java.util.ArrayList;
import java.util.List;

/**
 * The logs of one log directory, those included that are to take the places of others.
 *
 * @param loaded the logs that are loaded
 * @param unloaded the partitions whose logs are not
 */
record DirectoryLogs(List<PartitionLog> loaded, List<TopicPartition> unloaded) {

    static DirectoryLogs of(StoreDirectory directory, StoredLogs logs, StoredLogs futures) {
        DirectoryLogs found = new DirectoryLogs(new ArrayList<>(), new ArrayList<>());
        found.add(directory, logs);
        found.add(directory, futures);
        return found;
    }

    private void add(StoreDirectory directory, StoredLogs logs) {
        logs.forEach((partition, stored) -> {
            if (stored.directory() == directory) {
                PartitionLog log = stored.loaded();
                if (log == null) {
                    unloaded.add(partition);
                } else {
                    loaded.add(log);
                }
            }
        });
    }
}
