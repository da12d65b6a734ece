package io.ottla.broker.handler.producer;

import java.util.concurrent.CompletionStage;

/** Port: blocks of producer ids that the controller hands to this broker and to nobody else. */
@FunctionalInterface
public interface ProducerIdSource {

    /** The next block; the stage fails where the controller cannot be reached or refuses. Any thread. */
    CompletionStage<Block> nextBlock();

    /** The ids from {@code firstId} on, {@code size} of them. */
    record Block(long firstId, int size) {
        public Block {
            if (firstId < 0 || size <= 0) {
                throw new IllegalArgumentException("block of " + size + " producer ids from " + firstId);
            }
        }
    }
}
