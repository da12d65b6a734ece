package io.ottla.storage.log;

import io.ottla.storage.file.SpaceReserve;
import io.ottla.storage.log.CleaningInput.LastRecord;
import io.ottla.storage.producer.ProducerState;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

    private static final long FORCE_AGAIN_MS = 1_000;

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
        force(begun);
        return begun.done();
    }

    /** The originals stay until it is sure that a recovery finds the new segment; a full disk may delay that. */
    private void force(Pending begun) {
        work.run(action(), () -> {
            try {
                tail.forceDirectory();
            } catch (IOException e) {
                context.home().execute(() -> onNotForced(begun, e));
                throw e;
            }
            context.home().execute(() -> {
                if (begun.equals(pending)) {
                    completeOrFail();
                }
            });
        });
    }

    /** The cleaner does not wait for a disk to have room again. */
    private void onNotForced(Pending begun, IOException failure) {
        if (SpaceReserve.isDiskFull(failure)) {
            Runnable again = () -> {
                if (begun.equals(pending)) {
                    force(begun);
                }
            };
            var unused = context.home().schedule(again, FORCE_AGAIN_MS, TimeUnit.MILLISECONDS);
        }
        begun.done().completeExceptionally(failure);
    }

    private void completeOrFail() {
        try {
            complete();
        } catch (IOException e) {
            context.directory().health().takeOffline(action(), e);
        }
    }

    private String action() {
        return "replacement of segments of " + context.partition();
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
