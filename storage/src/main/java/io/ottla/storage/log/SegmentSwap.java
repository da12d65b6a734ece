package io.ottla.storage.log;

import io.ottla.storage.log.CleaningInput.LastRecord;
import io.ottla.storage.producer.ProducerState;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Puts cleaned segments in the place of others, and remembers how far the log is clean. Confined to the log's home loop, but for
 * {@link #cleanedOffset}.
 *
 * <p>On disk a replacement has these steps, and a crash between any two leaves the old or the new segment:
 *
 * <ol>
 *   <li>the files of the new one are renamed from {@code .cleaned}, worthless to a recovery, to {@code .swap};
 *   <li>the directory is forced, on a worker: from now on a recovery completes the replacement;
 *   <li>the files of the old ones are renamed to {@code .deleted}, those of the new one get their final names.
 * </ol>
 *
 * <p>Whoever is about to cut the log, or to delete segments, has the last step done before.
 */
final class SegmentSwap {
    /** The cleaned offset of a log that was never cleaned. */
    static final long NEVER = -1;

    private final LogContext context;
    private final LogTail tail;
    private final LogWork work;
    private final LogProducers producers;
    private volatile long cleanedOffset = NEVER;
    private long deleteDelayMs;
    private int truncations;
    private @Nullable Pending pending;

    private record Pending(List<LogSegment> originals, LogSegment cleaned, CompletableFuture<Boolean> done) {}

    SegmentSwap(LogContext context, LogTail tail, LogWork work, LogProducers producers) {
        this.context = context;
        this.tail = tail;
        this.work = work;
        this.producers = producers;
    }

    /** Up to where the log has been cleaned, exclusive; {@link #NEVER} if it has not. Any thread. */
    long cleanedOffset() {
        return cleanedOffset;
    }

    /** Takes over what was checkpointed, before anybody uses the log. */
    void restore(long offset) {
        cleanedOffset = offset;
    }

    CleaningInput input(LogView view) {
        Map<Long, LastRecord> last = new HashMap<>();
        for (ProducerState state : producers.states().producers()) {
            last.put(state.producerId(), new LastRecord(state.lastOffset(), state.epoch()));
        }
        return new CleaningInput(view, tail.partitionDirectory(), last, truncations);
    }

    void onCleaned(CleaningInput input, long offset) {
        if (input.truncations() == truncations) {
            cleanedOffset = offset;
        }
    }

    /** The log is about to be cut: what is being cleaned is not the log any more. */
    void beforeTruncation(long offset) throws IOException {
        complete();
        truncations++;
        cleanedOffset = Math.min(cleanedOffset, offset);
    }

    /**
     * Puts a segment in the place of others, and the files after it.
     *
     * @return whether it is in place for good; null if it is not, because the log is another one than was cleaned
     */
    @Nullable
    CompletableFuture<Boolean> begin(
            CleaningInput input, List<LogSegment> originals, LogSegment cleaned, long fileDeleteDelayMs)
            throws IOException {
        complete();
        int index = tail.segments().indexOfSealed(originals);
        if (input.truncations() != truncations || index < 0) {
            return null;
        }
        cleaned.becomeSwap();
        tail.replace(index, originals.size(), cleaned);
        deleteDelayMs = fileDeleteDelayMs;
        Pending begun = new Pending(List.copyOf(originals), cleaned, new CompletableFuture<>());
        pending = begun;
        work.run("replacement of segments of " + context.partition(), () -> {
            tail.forceDirectory();
            context.home().execute(() -> {
                if (!begun.done().isDone()) {
                    completeOrFail();
                }
            });
        });
        return begun.done();
    }

    private void completeOrFail() {
        try {
            complete();
        } catch (IOException e) {
            context.directory().health().takeOffline("replacement of segments of " + context.partition(), e);
        }
    }

    /** The last step, if a replacement is under way. */
    void complete() throws IOException {
        Pending current = pending;
        if (current == null) {
            return;
        }
        pending = null;
        try {
            work.deleteLater(current.originals(), deleteDelayMs);
            current.cleaned().becomeLive();
            producers.onSegmentsMerged(current.originals().stream()
                    .map(LogSegment::baseOffset)
                    .filter(base -> base != current.cleaned().baseOffset())
                    .toList());
            current.done().complete(true);
        } catch (IOException e) {
            current.done().completeExceptionally(e);
            throw e;
        }
    }

    /** Nothing will be renamed any more: the log is being deleted. */
    void abandon() {
        Pending current = pending;
        pending = null;
        if (current != null) {
            current.done().complete(true);
        }
    }
}
