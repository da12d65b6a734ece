package io.ottla.check;

import java.util.HashMap;
import java.util.Map;

/** What one producer has sent, and what it was told of it. Its thread writes, and so do the client's call-backs: locked. */
public final class ProducerHistory {
    private static final long UNKNOWN_OFFSET = -1;

    private final String producer;
    private final Map<Integer, Partition> partitions = new HashMap<>();
    private final Map<String, Long> errors = new HashMap<>();

    ProducerHistory(String producer) {
        this.producer = producer;
    }

    public String producer() {
        return producer;
    }

    /** A record is about to be sent; returns its sequence. */
    public synchronized long attempted(int partition) {
        return of(partition).attempted++;
    }

    /** The record was acknowledged; {@code offset} may be negative: the client does not say. */
    public synchronized void acknowledged(int partition, long sequence, long offset) {
        Partition of = of(partition);
        of.acknowledged.put(sequence, Math.max(offset, UNKNOWN_OFFSET));
        of.highestAcknowledged = Math.max(of.highestAcknowledged, sequence);
    }

    /** The client has given up on the record: it may be in the log or not. */
    public synchronized void failed(int partition, long sequence, String error) {
        errors.merge(error, 1L, Long::sum);
    }

    /** How many records have been sent to {@code partition}: the next sequence. */
    public synchronized long attempts(int partition) {
        return of(partition).attempted;
    }

    /** The highest acknowledged sequence of {@code partition}, -1 if there is none. */
    public synchronized long highestAcknowledged(int partition) {
        return of(partition).highestAcknowledged;
    }

    /** Offsets (-1 where unknown) by sequence of what was acknowledged; a copy. */
    public synchronized Map<Long, Long> acknowledged(int partition) {
        return new HashMap<>(of(partition).acknowledged);
    }

    /** How many records were acknowledged, over all partitions. */
    public synchronized long acknowledgedCount() {
        return partitions.values().stream()
                .mapToLong(partition -> partition.acknowledged.size())
                .sum();
    }

    /** How often the client gave up, by error; a copy. */
    public synchronized Map<String, Long> errors() {
        return new HashMap<>(errors);
    }

    synchronized Map<Integer, Long> attemptsByPartition() {
        Map<Integer, Long> attempts = new HashMap<>();
        partitions.forEach((partition, history) -> attempts.put(partition, history.attempted));
        return attempts;
    }

    private Partition of(int partition) {
        return partitions.computeIfAbsent(partition, key -> new Partition());
    }

    private static final class Partition {
        private final Map<Long, Long> acknowledged = new HashMap<>();
        private long attempted;
        private long highestAcknowledged = -1;
    }
}
