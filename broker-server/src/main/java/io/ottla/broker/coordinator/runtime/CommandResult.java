package io.ottla.broker.coordinator.runtime;

import io.ottla.protocol.error.ErrorCode;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a command answers with.
 *
 * @param records appended together or not at all; if there are none the response leaves at once
 * @param response given to the caller when the records are committed
 * @param onOutcome told on the shard's loop, before the caller, how the append ended: {@code NONE} when committed. After
 *     {@code REQUEST_TIMED_OUT} the records may still be committed. Not told if there are no records, or after the shard
 *     was unloaded
 */
public record CommandResult<T extends @Nullable Object>(
        List<CoordinatorRecord> records,
        T response,
        @Nullable Consumer<ErrorCode> onOutcome) {

    public CommandResult(List<CoordinatorRecord> records, T response) {
        this(records, response, null);
    }
}
