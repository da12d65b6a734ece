package io.ottla.broker.coordinator.transaction;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Markers that are written when the test says so. */
final class FakeMarkers implements MarkerSender {
    record Sent(Marker marker, SortedSet<TopicPartition> partitions, CompletableFuture<ErrorCode> done) {}

    /** All that was ever sent. */
    final List<Sent> all = new ArrayList<>();

    private boolean holding;

    @Override
    public CompletableFuture<ErrorCode> send(Marker marker, SortedSet<TopicPartition> partitions) {
        Sent sent = new Sent(marker, new TreeSet<>(partitions), new CompletableFuture<>());
        all.add(sent);
        if (!holding) {
            sent.done().complete(ErrorCode.NONE);
        }
        return sent.done();
    }

    /** From now on nothing is written. */
    void hold() {
        holding = true;
    }

    /** Writes what is on its way. */
    void release() {
        holding = false;
        List.copyOf(all).forEach(sent -> sent.done().complete(ErrorCode.NONE));
    }

    Sent last() {
        return all.get(all.size() - 1);
    }
}
