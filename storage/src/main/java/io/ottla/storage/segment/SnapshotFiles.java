package io.ottla.storage.segment;

import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.LogDirectory.Durability;
import io.ottla.storage.producer.CorruptSnapshotException;
import io.ottla.storage.producer.ProducerSnapshotFiles;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.ConcurrentSkipListSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code .snapshot} files of one partition's directory. Which there are is known from the listing at the start and
 * kept up to date. The set of offsets may be used from any thread; files of one offset are touched by one at a time.
 */
public final class SnapshotFiles implements ProducerSnapshotFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotFiles.class);

    private final LogDirectory directory;
    private volatile String partitionDirectory;
    private final ConcurrentSkipListSet<Long> offsets;
    private int epoch;

    public SnapshotFiles(LogDirectory directory, String partitionDirectory, Collection<Long> offsets) {
        this.directory = directory;
        this.partitionDirectory = partitionDirectory;
        this.offsets = new ConcurrentSkipListSet<>(offsets);
    }

    @Override
    public long[] offsets() {
        return offsets.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public byte[] read(long offset) throws IOException {
        return directory.readFully(path(offset));
    }

    /** Grows with each truncation of the log. */
    public synchronized int epoch() {
        return epoch;
    }

    /** The log has been truncated: snapshots that were taken before, and are not written yet, may be of what is gone. */
    public synchronized void outdatePending() {
        epoch++;
    }

    /**
     * Writes the snapshot as of an offset, unless the log has been truncated since it was taken. Blocks.
     *
     * @param takenIn the {@link #epoch} when it was taken
     */
    public synchronized void writeUnlessOutdated(long offset, byte[] content, int takenIn) throws IOException {
        if (takenIn == epoch) {
            write(offset, content, Durability.LAZY);
        }
    }

    /** Writes the snapshot as of an offset. Blocks. */
    public void write(long offset, byte[] content, Durability durability) throws IOException {
        directory.replace(path(offset), content, durability);
        offsets.add(offset);
    }

    @Override
    public void delete(long offset) throws IOException {
        if (offsets.remove(offset)) {
            directory.delete(path(offset));
        }
    }

    /** Deletes the snapshots before an offset, but for the newest one at all: a log always keeps one to begin with. */
    public void deleteBefore(long offset) throws IOException {
        for (long old : offsets()) {
            if (old < offset && old != offsets.last()) {
                delete(old);
            }
        }
    }

    /** Deletes the snapshot of an offset, if there is one, unless it is the newest. */
    public void deleteUnlessLast(long offset) throws IOException {
        if (offsets.contains(offset) && offset != offsets.last()) {
            delete(offset);
        }
    }

    /** Follows the directory, which has got another name. */
    public void directoryRenamed(String newPartitionDirectory) {
        partitionDirectory = newPartitionDirectory;
    }

    @Override
    public void onCorrupt(long offset, CorruptSnapshotException reason) {
        LOG.warn("{}: {}; the producer state is rebuilt from what is older", path(offset), reason.getMessage());
    }

    private String path(long offset) {
        return partitionDirectory + "/" + SegmentFiles.name(offset, SegmentFiles.SNAPSHOT_SUFFIX);
    }
}
