package io.ottla.storage.index;

import java.io.IOException;

/** The log that an index belongs to: an index whose file is damaged is built anew from it. */
@FunctionalInterface
public interface IndexedLog {
    /** Told of what indexes hold, in the order of the log. */
    interface Visitor {
        /** A batch that ends with the record at {@code lastOffset} begins at {@code position}. */
        void onPosition(long lastOffset, int position) throws IOException;

        /** No record up to {@code offset} is younger than {@code timestampMs}. */
        void onTimestamp(long timestampMs, long offset) throws IOException;
    }

    /** Reads the log, and tells of as many batches as an index has entries. Any thread; blocks. */
    void visit(Visitor visitor) throws IOException;
}
