package io.ottla.storage.producer;

import io.ottla.protocol.error.ErrorCode;

/** What the state of its producer says about a batch that wants to be appended. */
public sealed interface ProducerVerdict {
    /** The batch continues its producer's sequence, or its producer keeps none. */
    enum Accepted implements ProducerVerdict {
        ACCEPTED
    }

    /**
     * One of the last five batches of the producer, sent again. It must not be appended, but answered like the first time.
     *
     * @param baseOffset offset of its first record in the log
     * @param lastOffset offset of its last record in the log
     * @param timestamp its max timestamp in milliseconds
     */
    record Duplicate(long baseOffset, long lastOffset, long timestamp) implements ProducerVerdict {}

    /** The batch must not be appended; the message says what was expected. */
    record Rejected(ErrorCode error, String message) implements ProducerVerdict {}
}
