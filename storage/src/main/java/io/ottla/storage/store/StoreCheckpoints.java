package io.ottla.storage.store;

import io.ottla.storage.file.DirectoryHealth;
import io.ottla.storage.file.SpaceReserve;
import io.ottla.storage.store.StoreDirectory.Checkpoint;
import java.io.IOException;

/** Writes what the checkpoints of the log directories say of the logs now. Any thread; blocks. */
final class StoreCheckpoints {
    private final StoreDirectories directories;
    private final StoredLogs logs;
    private final StoredLogs futures;

    StoreCheckpoints(StoreDirectories directories, StoredLogs logs, StoredLogs futures) {
        this.directories = directories;
        this.logs = logs;
        this.futures = futures;
    }

    void writeAll() {
        for (Checkpoint checkpoint : Checkpoint.values()) {
            write(checkpoint);
        }
    }

    /** Writes all of one directory; whether each of them is on disk now. */
    boolean writeAll(StoreDirectory directory) {
        boolean complete = true;
        for (Checkpoint checkpoint : Checkpoint.values()) {
            complete &= write(directory, checkpoint);
        }
        return complete;
    }

    void write(Checkpoint checkpoint) {
        for (StoreDirectory directory : directories.all()) {
            write(directory, checkpoint);
        }
    }

    /** Writes one of one directory; whether it is on disk now. */
    boolean write(StoreDirectory directory, Checkpoint checkpoint) {
        if (!directory.isOnline()) {
            return false;
        }
        try {
            directory.write(checkpoint, DirectoryLogs.of(directory, logs, futures));
            return true;
        } catch (IOException e) {
            DirectoryHealth health = directory.directory().health();
            if (SpaceReserve.isDiskFull(e)) {
                health.space().onDiskFull("writing of a checkpoint"); // The one before is there, and true enough.
            } else {
                health.takeOffline("writing of a checkpoint", e);
            }
            return false;
        }
    }
}
