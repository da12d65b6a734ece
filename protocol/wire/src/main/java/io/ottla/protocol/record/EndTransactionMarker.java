package io.ottla.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The control record that ends a transaction in a partition.
 *
 * <pre>
 *  key   := version int16 (0), type int16 (0 abort, 1 commit)
 *  value := version int16 (0), coordinator epoch int32
 * </pre>
 *
 * @param outcome whether the transaction's records become visible to read_committed
 * @param coordinatorEpoch leader epoch of the transaction coordinator that decided
 */
public record EndTransactionMarker(Outcome outcome, int coordinatorEpoch) {
    private static final int KEY_BYTES = 4;
    private static final int VALUE_BYTES = 6;
    private static final short VERSION = 0;

    /** How a transaction ended. */
    public enum Outcome {
        ABORT(0),
        COMMIT(1);

        private final int type;

        Outcome(int type) {
            this.type = type;
        }
    }

    /**
     * Reads the marker at {@code cursor}'s current record.
     *
     * @throws CorruptRecordsException if the record is not an end-transaction marker
     */
    public static EndTransactionMarker read(RecordCursor cursor) {
        if (!isMarker(cursor)) {
            throw new CorruptRecordsException("control record at offset " + cursor.offset() + " with a key of "
                    + cursor.keyLength() + " bytes and a value of " + cursor.valueLength()
                    + " bytes is no end-transaction marker");
        }
        ByteBuf buffer = cursor.buffer();
        int type = buffer.getShort(cursor.keyPosition() + 2);
        return new EndTransactionMarker(
                type == Outcome.COMMIT.type ? Outcome.COMMIT : Outcome.ABORT,
                buffer.getInt(cursor.valuePosition() + 2));
    }

    /** Whether the current record of a control batch is an end-transaction marker, of this or a later version. */
    public static boolean isMarker(RecordCursor cursor) {
        if (cursor.keyLength() < KEY_BYTES || cursor.valueLength() < VALUE_BYTES) {
            return false;
        }
        ByteBuf buffer = cursor.buffer();
        short type = buffer.getShort(cursor.keyPosition() + 2);
        return buffer.getShort(cursor.keyPosition()) >= VERSION
                && buffer.getShort(cursor.valuePosition()) >= VERSION
                && (type == Outcome.ABORT.type || type == Outcome.COMMIT.type);
    }

    /** Appends the marker as the only record of the control batch that {@code builder} builds. */
    public RecordBatchBuilder appendTo(RecordBatchBuilder builder, long timestampMs) {
        ByteBuf key = Unpooled.buffer(KEY_BYTES).writeShort(VERSION).writeShort(outcome.type);
        ByteBuf value = Unpooled.buffer(VALUE_BYTES).writeShort(VERSION).writeInt(coordinatorEpoch);
        return builder.append(timestampMs, key, value);
    }
}
