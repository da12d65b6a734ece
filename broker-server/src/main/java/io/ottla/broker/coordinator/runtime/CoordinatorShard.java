package io.ottla.broker.coordinator.runtime;

import java.util.SortedMap;

/**
 * The state machine of one shard. All methods run on the shard's loop. State that {@link #replay} changes is kept in
 * collections of the shard's {@link Journal}; what it does not change is soft and is lost with the shard.
 */
public interface CoordinatorShard {
    /** Changes the state as {@code record} says: one just made by a command, or one read from the log. */
    void replay(CoordinatorRecord record);

    /** As {@link #replay(CoordinatorRecord)}, for a record that counts once its transaction is committed. */
    default void replay(TransactionalRecord record) {
        throw new IllegalStateException(
                "a record of producer " + record.producerId() + "'s transaction, in a topic without transactions");
    }

    /** The transaction of a producer has ended: what it has written in this log counts, or never will. */
    default void replay(TransactionEnd end) {
        // Without records of transactions there is nothing to end.
    }

    /**
     * All that replayed records have made of the shard, in words: what must be the same at whoever replays the same log. A
     * copy.
     */
    SortedMap<String, String> image();

    /** The log has been replayed to its end; commands follow. Timers start here, not before. */
    void onLoaded();

    /** The shard is given up. It answers what it still owes with {@code NOT_COORDINATOR}; its timers are already void. */
    void onUnloaded();
}
