package io.ottla.storage.store;

import io.ottla.protocol.api.TopicPartition;
import java.util.Optional;
import java.util.UUID;

/** Tells which of the logs that are found at the start do not belong to the broker any more. */
@FunctionalInterface
public interface StrayCheck {
    /** All logs belong to the broker. */
    StrayCheck NONE = (partition, topicId) -> Optional.empty();

    /**
     * Why a log is a stray, in words; empty if it is none.
     *
     * @param topicId of the log; empty if it has none
     */
    Optional<String> reason(TopicPartition partition, Optional<UUID> topicId);
}
