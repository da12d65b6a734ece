package io.ottla.storage.log;

import io.ottla.storage.epoch.LeaderEpochCheckpoint;
import io.ottla.storage.epoch.LeaderEpochs;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.LogDirectory.Durability;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The {@code leader-epoch-checkpoint} of one log. Changes are noted by the log's owner and written later, on a worker: a
 * crash before that is mended by the recovery, which reads the epochs out of the batches past the recovery point. So
 * the file must be forced before the recovery point moves. Any thread.
 */
final class EpochFile {
    private final LogDirectory directory;
    private String partitionDirectory;
    private @Nullable LeaderEpochs unwritten;
    private @Nullable LeaderEpochs unforced;

    EpochFile(LogDirectory directory, String partitionDirectory) {
        this.directory = directory;
        this.partitionDirectory = partitionDirectory;
    }

    /** Notes the epochs to write. */
    synchronized void note(LeaderEpochs epochs) {
        unwritten = epochs;
        unforced = epochs;
    }

    /** Writes what was noted, not yet durable. Blocks. */
    synchronized void write() throws IOException {
        if (unwritten != null) {
            directory.replace(path(), LeaderEpochCheckpoint.encode(unwritten), Durability.LAZY);
            unwritten = null;
        }
    }

    /** Makes durable what was noted. Blocks. */
    synchronized void force() throws IOException {
        if (unforced != null) {
            directory.replace(path(), LeaderEpochCheckpoint.encode(unforced), Durability.FORCED);
            unforced = null;
            unwritten = null;
        }
    }

    /** Follows the directory, which has got another name. */
    synchronized void directoryRenamed(String newPartitionDirectory) {
        partitionDirectory = newPartitionDirectory;
        unwritten = null;
        unforced = null;
    }

    /** Follows the directory, which has got the name that it keeps: what was noted is still to be written. */
    synchronized void directoryMoved(String newPartitionDirectory) {
        partitionDirectory = newPartitionDirectory;
    }

    private String path() {
        return partitionDirectory + "/" + LeaderEpochCheckpoint.FILE_NAME;
    }
}
