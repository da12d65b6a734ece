package io.ottla.broker.coordinator.runtime;

import io.ottla.protocol.schema.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * A record of an internal topic. Neither message may be changed once it is in a record.
 *
 * @param type the number that begins the key and says what the record is
 * @param key what the record is about
 * @param valueVersion version that the value is written at; meaningless for a tombstone
 * @param value null for a tombstone, which deletes what the key names
 */
public record CoordinatorRecord(
        short type,
        ApiMessage key,
        short valueVersion,
        @Nullable ApiMessage value) implements LogEntry {
    @Override
    public void replayOn(CoordinatorShard shard) {
        shard.replay(this);
    }

    public static CoordinatorRecord tombstone(int type, ApiMessage key) {
        return new CoordinatorRecord((short) type, key, (short) 0, null);
    }

    public static CoordinatorRecord of(int type, ApiMessage key, int valueVersion, ApiMessage value) {
        return new CoordinatorRecord((short) type, key, (short) valueVersion, value);
    }
}
