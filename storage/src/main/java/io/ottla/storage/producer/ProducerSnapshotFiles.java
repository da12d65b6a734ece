package io.ottla.storage.producer;

import java.io.IOException;

/** Port to the {@code .snapshot} files of one partition. Used on the thread that may touch the partition's files. */
public interface ProducerSnapshotFiles {
    /** The offsets of the files there are, ascending. */
    long[] offsets();

    byte[] read(long offset) throws IOException;

    /** Deletes the file of an offset, if it is there. */
    void delete(long offset) throws IOException;

    /** Told before a damaged file is deleted, for the log line that names it. */
    void onCorrupt(long offset, CorruptSnapshotException reason);
}
