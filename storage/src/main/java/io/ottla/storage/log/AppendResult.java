package io.ottla.storage.log;

import io.ottla.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * What became of an append to one partition.
 *
 * @param error {@link ErrorCode#NONE} if the records are in the log
 * @param message what was wrong, null if nothing
 * @param baseOffset offset of the first record, -1 after an error; for a duplicate the one it got the first time
 * @param lastOffset offset of the last record, -1 after an error
 * @param logAppendTimeMs the timestamp given by the broker, or -1 if the producer's timestamps were kept
 * @param logStartOffset the log start offset, -1 if unknown
 * @param duplicate whether the log had the batch already and nothing was written
 */
public record AppendResult(
        ErrorCode error,
        @Nullable String message,
        long baseOffset,
        long lastOffset,
        long logAppendTimeMs,
        long logStartOffset,
        boolean duplicate) {
    private static final long NONE = -1;

    static AppendResult appended(long baseOffset, long lastOffset, long logAppendTimeMs, long logStartOffset) {
        return new AppendResult(ErrorCode.NONE, null, baseOffset, lastOffset, logAppendTimeMs, logStartOffset, false);
    }

    /** The log had the batch already. */
    public static AppendResult duplicate(long baseOffset, long lastOffset, long logAppendTimeMs, long logStartOffset) {
        return new AppendResult(ErrorCode.NONE, null, baseOffset, lastOffset, logAppendTimeMs, logStartOffset, true);
    }

    /** An append that was refused or has failed; the log is as before. */
    public static AppendResult failed(ErrorCode error, String message, long logStartOffset) {
        return new AppendResult(error, message, NONE, NONE, NONE, logStartOffset, false);
    }

    public boolean isSuccess() {
        return error == ErrorCode.NONE;
    }
}
