package io.ottla.broker.coordinator.runtime;

import io.ottla.protocol.error.ErrorCode;
import java.util.List;
import java.util.function.Consumer;

/** What a shard needs from outside. Confined to the shard's loop. */
public interface ShardContext {
    /** Number of the shard's partition. */
    int partition();

    /** The epoch in which the shard's partition is led here. */
    int leaderEpoch();

    Journal journal();

    /** Wall-clock time in milliseconds, as written into records. */
    long nowMs();

    /** Monotonic time in nanoseconds, as deadlines are measured. */
    long nowNs();

    /** Runs {@code action} after {@code delayMs}, unless it is cancelled or the shard unloaded before. */
    ShardTimer schedule(long delayMs, Runnable action);

    /**
     * Runs {@code action} on the shard's loop, at once if this is the loop; the only method for any thread. The shard may
     * be unloaded by then.
     */
    void onLoop(Runnable action);

    /**
     * Replays {@code records} and appends them together or not at all, outside of any command's answer. Does nothing once
     * the shard is unloaded.
     *
     * @param onOutcome as in {@link CommandResult}; called before this returns if the records cannot even be appended
     */
    void append(List<CoordinatorRecord> records, Consumer<ErrorCode> onOutcome);
}
