package io.ottla.broker.coordinator.transaction;

import io.ottla.broker.coordinator.transaction.MarkerSender.Marker;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One marker and the partitions that do not have it yet. Confined to the loop of its {@link MarkerDelivery}. */
final class MarkerTask {
    private final Marker marker;
    private final Set<TopicPartition> missing;
    private final CompletableFuture<ErrorCode> done;
    /** Since when, in nanoseconds, a partition has not been known. */
    private final Map<TopicPartition, Long> unknownSinceNs = new HashMap<>();

    MarkerTask(Marker marker, Collection<TopicPartition> partitions, CompletableFuture<ErrorCode> done) {
        this.marker = marker;
        this.missing = new HashSet<>(partitions);
        this.done = done;
    }

    Marker marker() {
        return marker;
    }

    /** Whether anybody still waits for it. */
    boolean isWanted() {
        return !done.isDone();
    }

    /** The partition exists. */
    void seen(TopicPartition partition) {
        unknownSinceNs.remove(partition);
    }

    /** Whether the partition, unknown now, has been so for longer than {@code patienceMs}. */
    boolean isUnknownFor(TopicPartition partition, long nowNs, long patienceMs) {
        Long since = unknownSinceNs.putIfAbsent(partition, nowNs);
        return since != null && nowNs - since > TimeUnit.MILLISECONDS.toNanos(patienceMs);
    }

    /** The partition has the marker, or is no more. */
    void settled(TopicPartition partition) {
        missing.remove(partition);
        if (missing.isEmpty()) {
            done.complete(ErrorCode.NONE);
        }
    }

    /** The marker must not be written. */
    void refused(ErrorCode error) {
        done.complete(error);
    }
}
