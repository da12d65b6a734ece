package io.ottla.broker.handler.fetch;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchResponse.AbortedTransaction;
import io.ottla.protocol.schema.RecordBytes;
import io.ottla.storage.epoch.EpochEndOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What reading one partition for one request has brought. Reused; confined to the request. */
final class PartitionRead {

    private static final long NO_OFFSET = -1;

    ErrorCode error = ErrorCode.NONE;
    long highWatermark = NO_OFFSET;
    long lastStableOffset = NO_OFFSET;
    long logStartOffset = NO_OFFSET;

    /** Up to where the client may read: the offset that has to move before there is more. */
    long boundOffset = NO_OFFSET;

    /** Where the client's log departs from this one; null if it does not. */
    @Nullable
    EpochEndOffset diverging;

    /** The broker from which the client should read instead, or -1. */
    int preferredReplica = ReplicaSelector.NO_PREFERENCE;

    /** Null if the client does not ask for committed records only. */
    @Nullable
    List<AbortedTransaction> abortedTransactions;

    @Nullable
    RecordBytes records;

    int sizeBytes() {
        return records == null ? 0 : records.sizeBytes();
    }

    boolean isElsewhere() {
        return preferredReplica != ReplicaSelector.NO_PREFERENCE;
    }

    boolean isDiverging() {
        return diverging != null;
    }

    void fail(ErrorCode failure) {
        reset();
        error = failure;
    }

    /** Gives up the records, if any. */
    void dropRecords() {
        if (records != null) {
            records.release();
            records = null;
        }
    }

    /** The records, which from now on belong to the caller. */
    @Nullable
    RecordBytes takeRecords() {
        RecordBytes taken = records;
        records = null;
        return taken;
    }

    /** Back to "nothing read"; records that were read are given up. */
    void reset() {
        dropRecords();
        error = ErrorCode.NONE;
        highWatermark = NO_OFFSET;
        lastStableOffset = NO_OFFSET;
        logStartOffset = NO_OFFSET;
        boundOffset = NO_OFFSET;
        diverging = null;
        preferredReplica = ReplicaSelector.NO_PREFERENCE;
        abortedTransactions = null;
    }
}
