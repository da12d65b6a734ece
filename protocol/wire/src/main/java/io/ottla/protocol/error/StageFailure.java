package io.ottla.protocol.error;

import java.util.concurrent.CompletionException;

/** What a failed stage of a {@link java.util.concurrent.CompletionStage} says of why it has failed. */
public final class StageFailure {

    private StageFailure() {}

    /** The failure itself, out of the {@link CompletionException}s that dependent stages wrap around it. */
    public static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The error code of an {@link ApiException}, UNKNOWN_SERVER_ERROR for any other failure. */
    public static ErrorCode error(Throwable failure) {
        return cause(failure) instanceof ApiException api ? api.error() : ErrorCode.UNKNOWN_SERVER_ERROR;
    }
}
