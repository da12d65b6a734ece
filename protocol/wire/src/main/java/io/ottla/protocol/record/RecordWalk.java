package io.ottla.protocol.record;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.AppendRules.KeyPolicy;
import io.ottla.protocol.record.BatchVerdict.RecordError;
import io.ottla.protocol.record.BatchVerdict.Rejected;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One pass over the records of a batch that is about to be appended. Confined to its validator, for one batch. */
final class RecordWalk {
    /** So many records are blamed by name; a batch can hold a hundred thousand bad ones. */
    private static final int MAX_RECORD_ERRORS = 1_000;

    private final AppendRules rules;
    private final long nowMs;
    private final long earliestTimestamp;
    private final long latestTimestamp;
    private final boolean keyRequired;
    private long maxTimestamp = RecordBatch.NO_TIMESTAMP;
    private int maxTimestampDelta;
    private ErrorCode error = ErrorCode.NONE;
    private int errorCount;
    private List<RecordError> errors = List.of();

    RecordWalk(AppendRules rules, long nowMs) {
        this.rules = rules;
        this.nowMs = nowMs;
        boolean bounded = rules.timestampType() == TimestampType.CREATE_TIME;
        earliestTimestamp = bounded ? rules.earliestTimestamp(nowMs) : Long.MIN_VALUE;
        latestTimestamp = bounded ? rules.latestTimestamp(nowMs) : Long.MAX_VALUE;
        keyRequired = rules.keyPolicy() == KeyPolicy.REQUIRED;
    }

    AppendRules rules() {
        return rules;
    }

    long nowMs() {
        return nowMs;
    }

    /** The newest timestamp of the records; {@link RecordBatch#NO_TIMESTAMP} if none has any. */
    long maxTimestamp() {
        return maxTimestamp;
    }

    /** Offset delta of the first record with that timestamp. */
    int maxTimestampDelta() {
        return maxTimestampDelta;
    }

    /**
     * Checks all records of the batch that {@code cursor} has just opened, and copies them to {@code copy} if there is one.
     *
     * @throws CorruptRecordsException if the batch is malformed
     */
    @Nullable
    Rejected through(RecordCursor cursor, @Nullable RecordBatchBuilder copy) {
        while (cursor.next()) {
            if (cursor.offsetDelta() != cursor.index()) {
                return Rejected.of(
                        ErrorCode.INVALID_RECORD,
                        "record " + cursor.index() + " has offset delta " + cursor.offsetDelta()
                                + ", expected consecutive deltas from 0 on");
            }
            check(cursor);
            if (copy != null && errorCount == 0) {
                copy.append(cursor);
            }
        }
        return errorCount == 0 ? null : rejected();
    }

    private void check(RecordCursor cursor) {
        long timestamp = cursor.timestamp();
        if (timestamp > maxTimestamp) {
            maxTimestamp = timestamp;
            maxTimestampDelta = cursor.offsetDelta();
        }
        if (keyRequired && !cursor.hasKey()) {
            blame(cursor, ErrorCode.INVALID_RECORD, "a compacted topic accepts no record without a key");
        } else if ((timestamp < earliestTimestamp || timestamp > latestTimestamp)
                && timestamp != RecordBatch.NO_TIMESTAMP) {
            blame(
                    cursor,
                    ErrorCode.INVALID_TIMESTAMP,
                    "timestamp " + timestamp + " is out of range, expected " + earliestTimestamp + " to "
                            + latestTimestamp);
        }
    }

    /** A timestamp out of range decides on the error of the batch, whatever else is wrong with it. */
    private void blame(RecordCursor cursor, ErrorCode recordError, String message) {
        if (errorCount++ == 0) {
            errors = new ArrayList<>();
        }
        if (error != ErrorCode.INVALID_TIMESTAMP) {
            error = recordError;
        }
        if (errors.size() < MAX_RECORD_ERRORS) {
            errors.add(new RecordError(cursor.index(), message));
        }
    }

    private Rejected rejected() {
        return new Rejected(
                error,
                errorCount + " records of the batch are refused, the first is record "
                        + errors.get(0).batchIndex() + ": " + errors.get(0).message(),
                errors);
    }
}
