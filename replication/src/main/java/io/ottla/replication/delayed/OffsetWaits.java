package io.ottla.replication.delayed;

import io.ottla.protocol.error.ErrorCode;
import java.util.ArrayDeque;

/**
 * Appends of one partition that wait until an offset is reached, oldest first. Confined to the partition's home loop.
 * Appends are added in the order of their offsets, so reaching one only ever looks at the head of the queue.
 */
public final class OffsetWaits {

    /** What to do when the offset is reached or cannot be any more. */
    public interface Completion {
        void onReached();

        /** Whether nobody waits for this any more, so that it may be forgotten. */
        default boolean isAbandoned() {
            return false;
        }

        /** The partition will not reach the offset under its present leadership. */
        void onFailed(ErrorCode error);
    }

    private record Entry(long offset, Completion completion) {}

    private final ArrayDeque<Entry> queue = new ArrayDeque<>();

    /**
     * Waits for {@code offset}. One below that of an earlier wait, as a repeated append has it, is completed together with
     * that one.
     */
    public void add(long offset, Completion completion) {
        dropAbandoned();
        Entry last = queue.peekLast();
        queue.add(new Entry(last == null ? offset : Math.max(last.offset, offset), completion));
    }

    /** Completes the waits for offsets up to and including {@code offset}. */
    public void advanceTo(long offset) {
        Entry head = queue.peek();
        while (head != null && head.offset <= offset) {
            queue.remove();
            head.completion.onReached();
            head = queue.peek();
        }
    }

    /** Waits end at their deadlines in about the order they began; while nothing is reached, they must not pile up. */
    private void dropAbandoned() {
        Entry head = queue.peek();
        while (head != null && head.completion.isAbandoned()) {
            queue.remove();
            head = queue.peek();
        }
    }

    /** Fails all waits. */
    public void failAll(ErrorCode error) {
        Entry head = queue.poll();
        while (head != null) {
            head.completion.onFailed(error);
            head = queue.poll();
        }
    }

    public int size() {
        return queue.size();
    }
}
