package io.ottla.broker.coordinator.runtime;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MessageReader;
import io.ottla.protocol.schema.MessageWriter;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an internal topic's records. Immutable, any thread.
 *
 * <pre>
 *   key   := type int16, key message at version 0
 *   value := version int16, value message at that version; or null, a tombstone
 * </pre>
 */
public final class RecordFormat {
    private static final short KEY_VERSION = 0;
    private static final int TYPE_BYTES = 2;

    private final Map<Short, RecordType> types;

    public RecordFormat(List<RecordType> types) {
        this.types =
                types.stream().collect(Collectors.toUnmodifiableMap(type -> (short) type.id(), Function.identity()));
    }

    void writeKey(CoordinatorRecord record, MessageWriter out) {
        out.writeInt16(record.type());
        record.key().write(out, KEY_VERSION);
    }

    /** Writes the value; the record must not be a tombstone. */
    void writeValue(CoordinatorRecord record, ApiMessage value, MessageWriter out) {
        out.writeInt16(record.valueVersion());
        value.write(out, record.valueVersion());
    }

    /** The type of a record from its key, which stays unread. */
    static short typeOf(ByteBuf key) {
        return key.readableBytes() < TYPE_BYTES ? -1 : key.getShort(key.readerIndex());
    }

    /**
     * Reads a record.
     *
     * @return null if the type is unknown, as of records that a newer broker wrote
     * @throws io.ottla.protocol.schema.MalformedMessageException if the bytes are not what the type says
     * @throws IllegalStateException if the value is of a version that is not understood: going on would lose it
     */
    @Nullable
    CoordinatorRecord read(ByteBuf key, @Nullable ByteBuf value) {
        RecordType type = types.get(typeOf(key));
        if (type == null) {
            return null;
        }
        MessageReader keyReader = new MessageReader(key.skipBytes(TYPE_BYTES));
        ApiMessage keyMessage = type.newKey().get();
        keyMessage.read(keyReader, KEY_VERSION);
        if (value == null) {
            return CoordinatorRecord.tombstone(type.id(), keyMessage);
        }
        MessageReader valueReader = new MessageReader(value);
        short version = valueReader.readInt16();
        ApiMessage valueMessage = type.newValue().get();
        if (version < valueMessage.lowestSupportedVersion() || version > valueMessage.highestSupportedVersion()) {
            throw new IllegalStateException(
                    "value of record type " + type.id() + " has version " + version + ", expected "
                            + valueMessage.lowestSupportedVersion() + " to " + valueMessage.highestSupportedVersion());
        }
        valueMessage.read(valueReader, version);
        return CoordinatorRecord.of(type.id(), keyMessage, version, valueMessage);
    }
}
