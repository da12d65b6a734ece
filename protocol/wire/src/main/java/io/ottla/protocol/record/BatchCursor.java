package io.ottla.protocol.record;

import io.netty.buffer.ByteBuf;

/**
 * Steps from batch to batch through a range of a buffer, checking bounds before it trusts a length. Confined to its
 * caller; reusable through {@link #reset}. It does not look behind the header: the checksum is a question of its own.
 *
 * <pre>{@code
 * cursor.reset(buffer, 0, buffer.writerIndex());
 * while (cursor.next() == BatchCursor.Step.BATCH) {
 *     use(buffer, cursor.position());
 * }
 * // cursor.step() says whether the range ended well, amid a batch, or in garbage; cursor.fault() says it in words
 * }</pre>
 */
public final class BatchCursor {
    /** What {@link #next} found. */
    public enum Step {
        /** A whole batch of magic 2 at {@link #position()}. */
        BATCH,
        /** The range is used up exactly. */
        END,
        /** The remaining bytes are the beginning of a batch that goes on behind the range. */
        TRUNCATED,
        /** A batch of magic 0 or 1 at {@link #position()}, an old format that this package does not open. */
        OLD_MAGIC,
        /** No batch can look like the bytes at {@link #position()}. */
        CORRUPT
    }

    private ByteBuf buffer;
    private int position;
    private int next;
    private int end;
    private Step step = Step.END;

    /** A cursor over {@code length} bytes of {@code buffer} from {@code index} on. */
    public BatchCursor(ByteBuf buffer, int index, int length) {
        this.buffer = buffer;
        position = index;
        next = index;
        end = index + length;
    }

    /** Begins anew over {@code length} bytes of {@code buffer} from {@code index} on. */
    public void reset(ByteBuf buffer, int index, int length) {
        this.buffer = buffer;
        position = index;
        next = index;
        end = index + length;
        step = Step.END;
    }

    /** Steps to the next batch. After anything but {@link Step#BATCH} the answer stays what it was. */
    public Step next() {
        if (next < 0) {
            return step;
        }
        position = next;
        step = examine();
        next = step == Step.BATCH ? position + RecordBatch.sizeBytes(buffer, position) : -1;
        return step;
    }

    private Step examine() {
        int available = end - position;
        if (available == 0) {
            return Step.END;
        }
        if (available < RecordBatch.PEEK_BYTES) {
            return Step.TRUNCATED;
        }
        byte magic = RecordBatch.magic(buffer, position);
        int length = RecordBatch.length(buffer, position);
        if (magic == 0 || magic == 1) {
            return Step.OLD_MAGIC;
        }
        if (magic != RecordBatch.MAGIC_V2 || length < RecordBatch.MIN_LENGTH) {
            return Step.CORRUPT;
        }
        return length > available - RecordBatch.LOG_OVERHEAD ? Step.TRUNCATED : Step.BATCH;
    }

    /** What the last {@link #next} answered; {@link Step#END} before the first. */
    public Step step() {
        return step;
    }

    /** Absolute position of the batch, or of the bytes that are none. */
    public int position() {
        return position;
    }

    /** Why the last step is not a batch, for a log line or an error message. */
    public String fault() {
        int available = end - position;
        return switch (step) {
            case BATCH, END -> "none";
            case TRUNCATED ->
                available < RecordBatch.PEEK_BYTES
                        ? available + " bytes at position " + position + ", a batch header takes "
                                + RecordBatch.RECORDS_AT
                        : "batch at position " + position + " has " + available + " bytes, its length field promises "
                                + (RecordBatch.LOG_OVERHEAD + (long) RecordBatch.length(buffer, position));
            case OLD_MAGIC ->
                "batch at position " + position + " has magic " + RecordBatch.magic(buffer, position) + ", expected 2";
            case CORRUPT ->
                "batch at position " + position + " has magic " + RecordBatch.magic(buffer, position)
                        + " and length " + RecordBatch.length(buffer, position)
                        + ", expected magic 2 and a length of at least "
                        + RecordBatch.MIN_LENGTH;
        };
    }
}
