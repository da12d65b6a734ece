package io.ottla.broker.coordinator.transaction;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;

/** Port: writes the end of a transaction into its partitions, wherever their leaders are. Any thread. */
public interface MarkerSender {
    /**
     * The end of a transaction.
     *
     * @param coordinatorEpoch leader epoch of the shard that decided
     * @param transactionVersion 2 if the epoch was bumped for this end, less if it was not
     */
    record Marker(
            long producerId, short producerEpoch, boolean commit, int coordinatorEpoch, short transactionVersion) {}

    /**
     * Writes a marker to each of {@code partitions}, again and again until it is there or the partition is deleted.
     *
     * @return completes, on any thread, with {@code NONE} when all is written, or with INVALID_PRODUCER_EPOCH or
     *     TRANSACTION_COORDINATOR_FENCED if a partition has seen a newer producer or coordinator. Once it is cancelled
     *     nothing more is sent
     */
    CompletableFuture<ErrorCode> send(Marker marker, SortedSet<TopicPartition> partitions);
}
