package io.ottla.protocol.record;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.error.ErrorCode;
import java.util.List;

/** What {@link BatchValidator} says about the payload of one partition of a produce request. */
public sealed interface BatchVerdict {
    /**
     * The batch may be appended once it has its offsets.
     *
     * @param buffer where the batch is: the payload, or a new buffer that the receiver must release if {@code isRebuilt}
     * @param position where it begins in {@code buffer}
     * @param sizeBytes its size, header included
     * @param maxTimestamp its max timestamp in milliseconds
     * @param maxTimestampDelta offset delta of a record with that timestamp; of the last record if the batch, being
     *     compressed or stamped by the broker, was not searched for it
     * @param isRebuilt whether {@code buffer} is a new one, because the topic stores another codec
     */
    record Accepted(
            ByteBuf buffer, int position, int sizeBytes, long maxTimestamp, int maxTimestampDelta, boolean isRebuilt)
            implements BatchVerdict {}

    /**
     * The batch must not be appended.
     *
     * @param message what was wrong, for the response's error message
     * @param recordErrors which records are to blame, as far as that is known
     */
    record Rejected(ErrorCode error, String message, List<RecordError> recordErrors) implements BatchVerdict {
        public Rejected {
            recordErrors = List.copyOf(recordErrors);
        }

        static Rejected of(ErrorCode error, String message) {
            return new Rejected(error, message, List.of());
        }
    }

    /**
     * A record that is to blame.
     *
     * @param batchIndex its index in the batch, from zero on
     */
    record RecordError(int batchIndex, String message) {}
}
