package io.ottla.storage.producer;

import io.netty.buffer.ByteBuf;
import io.netty.util.collection.LongObjectHashMap;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordCursor;
import io.ottla.storage.producer.ProducerVerdict.Accepted;
import io.ottla.storage.producer.ProducerVerdict.Duplicate;
import io.ottla.storage.producer.ProducerVerdict.Rejected;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The producers of one partition, as of {@link #endOffset()}. Confined to the partition's home loop.
 *
 * <p>The log asks {@link #check} before it appends a batch, and tells {@link #onAppended} as soon as the batch has its
 * offsets, whether or not it is on disk yet: the next batch of the same producer may follow at once. A follower and a
 * recovery only tell. Neither call allocates for a batch in sequence.
 */
public final class ProducerStates {
    public static final long NO_OFFSET = -1L;

    private final LongObjectHashMap<ProducerState> producers = new LongObjectHashMap<>();
    private final OpenTransactions transactions = new OpenTransactions();
    private final Verifications verifications = new Verifications();
    private final RecordCursor markerCursor = new RecordCursor();
    private long endOffset;
    private long snapshotOffset;

    /** No producers, at the start of a log that begins at {@code startOffset}. */
    public ProducerStates(long startOffset) {
        endOffset = startOffset;
        snapshotOffset = startOffset;
    }

    /** The offset up to which, exclusive, batches are accounted for. */
    public long endOffset() {
        return endOffset;
    }

    public int size() {
        return producers.size();
    }

    /** The state of a producer, null if the partition remembers none. */
    public @Nullable ProducerState producer(long producerId) {
        return producers.get(producerId);
    }

    /** All producers in order of their ids. */
    public List<ProducerState> producers() {
        List<ProducerState> sorted = new ArrayList<>(producers.values());
        sorted.sort(Comparator.comparingLong(ProducerState::producerId));
        return sorted;
    }

    /**
     * What the producer's state says about appending the batch at {@code position}. Changes nothing.
     *
     * <p>A batch of a client must follow its producer's last sequence, unless nothing is known of the producer or of its
     * epoch. A coordinator's batch has no sequences; its epoch counts. What comes by replication has been checked.
     */
    public ProducerVerdict check(ByteBuf buffer, int position, AppendOrigin origin) {
        return check(buffer, position, origin, VerificationGuard.NOT_REQUIRED);
    }

    /**
     * As {@link #check(ByteBuf, int, AppendOrigin)}. A transactional batch must moreover be of a transaction that is open
     * here, or have a guard that is still valid.
     */
    public ProducerVerdict check(ByteBuf buffer, int position, AppendOrigin origin, @Nullable VerificationGuard guard) {
        long producerId = RecordBatch.producerId(buffer, position);
        if (producerId == RecordBatch.NO_PRODUCER_ID || origin == AppendOrigin.REPLICATION) {
            return Accepted.ACCEPTED;
        }
        ProducerState state = producers.get(producerId);
        if (RecordBatch.isControl(buffer, position)) {
            return state == null
                    ? Accepted.ACCEPTED
                    : BatchChecks.marker(
                            state, RecordBatch.producerEpoch(buffer, position), readMarker(buffer, position));
        }
        if (origin == AppendOrigin.CLIENT && state != null) {
            Duplicate duplicate = BatchChecks.duplicate(state, buffer, position);
            if (duplicate != null) {
                return duplicate;
            }
        }
        if (RecordBatch.isTransactional(buffer, position)) {
            ProducerVerdict verdict = checkGuard(buffer, position, guard);
            if (verdict != Accepted.ACCEPTED) {
                return verdict;
            }
        }
        return state == null ? Accepted.ACCEPTED : BatchChecks.data(state, buffer, position, origin);
    }

    private ProducerVerdict checkGuard(ByteBuf buffer, int position, @Nullable VerificationGuard guard) {
        long producerId = RecordBatch.producerId(buffer, position);
        short epoch = RecordBatch.producerEpoch(buffer, position);
        if (isInTransaction(producerId, epoch)) {
            return Accepted.ACCEPTED;
        }
        if (!verifications.accepts(producerId, guard)) {
            return new Rejected(
                    ErrorCode.INVALID_TXN_STATE,
                    "batch of producer " + producerId + " epoch " + epoch
                            + " is not of a transaction that is open here, nor verified to be of one that may begin");
        }
        int lowest = verifications.lowestSequence(producerId, epoch);
        int baseSequence = RecordBatch.baseSequence(buffer, position);
        if (lowest >= 0 && baseSequence > lowest) {
            return new Rejected(
                    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                    "sequence " + baseSequence + " of producer " + producerId + " epoch " + epoch
                            + " cannot begin a transaction, which has to begin with " + lowest);
        }
        return Accepted.ACCEPTED;
    }

    /** Whether the producer has a transaction in this partition that began in this epoch. */
    public boolean isInTransaction(long producerId, short epoch) {
        ProducerState state = producers.get(producerId);
        return state != null && state.isInTransaction() && state.epoch() == epoch;
    }

    /**
     * A batch of a transaction has come that may be the first one of it here: its coordinator is about to be asked.
     *
     * @param beginsEpoch whether each transaction has an epoch of its own; then a producer that is not known here has to
     *     begin with sequence 0, for what comes with another one has lost, or overtaken, a batch before it (KIP-890)
     * @return what the batch has to show when it is appended, the same for all that wait; null if it is not the first one
     */
    public @Nullable VerificationGuard beginVerification(
            long producerId, short epoch, int baseSequence, boolean beginsEpoch, long nowMs) {
        if (isInTransaction(producerId, epoch)) {
            return null;
        }
        boolean unknown = beginsEpoch && !producers.containsKey(producerId);
        return verifications.begin(producerId, epoch, unknown ? Math.min(0, baseSequence) : baseSequence, nowMs);
    }

    /** Takes over what coordinators are being asked of a log in whose place this one comes; both hold the same batches. */
    public void adoptVerifications(ProducerStates before) {
        verifications.adopt(before.verifications);
    }

    /**
     * What to do with a marker whose epoch is to be greater than that of the transaction it ends. Markers of transactions
     * without that promise are judged by {@link #check} alone.
     */
    public MarkerVerdict checkRaisingMarker(long producerId, short epoch) {
        ProducerState state = producers.get(producerId);
        if (state == null || epoch > state.epoch()) {
            return MarkerVerdict.DUE;
        }
        return epoch == state.epoch() && !state.isInTransaction() && state.batchCount() == 0
                ? MarkerVerdict.DONE
                : MarkerVerdict.STALE;
    }

    /**
     * Accounts for the batch at {@code position}, which has its final offsets and is, or certainly will be, in the log.
     *
     * @return the transaction that the batch, a marker, has ended; null for any other batch
     * @throws io.ottla.protocol.record.CorruptRecordsException if a control batch cannot be read
     */
    public @Nullable CompletedTransaction onAppended(ByteBuf buffer, int position) {
        endOffset = RecordBatch.nextOffset(buffer, position);
        long producerId = RecordBatch.producerId(buffer, position);
        if (producerId == RecordBatch.NO_PRODUCER_ID) {
            return null;
        }
        if (RecordBatch.isTransactional(buffer, position)) {
            verifications.end(producerId);
        }
        if (RecordBatch.isControl(buffer, position)) {
            return onMarker(producerId, buffer, position);
        }
        ProducerState state = stateOf(producerId);
        state.onBatch(
                RecordBatch.producerEpoch(buffer, position),
                RecordBatch.lastSequence(buffer, position),
                RecordBatch.lastOffset(buffer, position),
                RecordBatch.lastOffsetDelta(buffer, position),
                RecordBatch.maxTimestamp(buffer, position));
        if (RecordBatch.isTransactional(buffer, position) && !state.isInTransaction()) {
            long firstOffset = RecordBatch.baseOffset(buffer, position);
            state.beginTransaction(firstOffset);
            transactions.begin(firstOffset);
        }
        return null;
    }

    private @Nullable CompletedTransaction onMarker(long producerId, ByteBuf buffer, int position) {
        EndTransactionMarker marker = readMarker(buffer, position);
        if (marker == null) {
            return null;
        }
        ProducerState state = stateOf(producerId);
        long firstOffset = state.transactionFirstOffset();
        state.onMarker(
                RecordBatch.producerEpoch(buffer, position),
                marker.coordinatorEpoch(),
                RecordBatch.maxTimestamp(buffer, position));
        if (firstOffset == NO_OFFSET) {
            return null;
        }
        long markerOffset = RecordBatch.lastOffset(buffer, position);
        long lastStableOffset = transactions.complete(firstOffset, markerOffset);
        return new CompletedTransaction(producerId, firstOffset, markerOffset, marker.outcome(), lastStableOffset);
    }

    /** The marker in a control batch; null if compaction has emptied the batch or the control record is of another kind. */
    private @Nullable EndTransactionMarker readMarker(ByteBuf buffer, int position) {
        try (RecordCursor cursor = markerCursor.open(buffer, position)) {
            return cursor.next() && EndTransactionMarker.isMarker(cursor) ? EndTransactionMarker.read(cursor) : null;
        }
    }

    private ProducerState stateOf(long producerId) {
        ProducerState state = producers.get(producerId);
        if (state == null) {
            state = new ProducerState(producerId);
            producers.put(producerId, state);
        }
        return state;
    }

    /** Moves the end over offsets that no batch holds any more, after the batches up to there have been told. */
    public void advanceEndOffset(long offset) {
        endOffset = Math.max(endOffset, offset);
    }

    /**
     * The first offset that read_committed must not pass even below the high watermark: the start of the oldest transaction
     * that is open, or whose marker is not below the high watermark. {@link #NO_OFFSET} if nothing is unstable.
     */
    public long firstUnstableOffset() {
        return transactions.firstUnstableOffset();
    }

    /** Start of the oldest transaction without a marker, {@link #NO_OFFSET} without any. */
    public long firstUndecidedOffset() {
        return transactions.firstUndecidedOffset();
    }

    /** Lets go of completed transactions whose markers are now replicated. */
    public void onHighWatermark(long highWatermark) {
        transactions.releaseBelow(highWatermark);
    }

    /** Lets go of completed transactions that ended below the new start. Producers stay known: only time forgets them. */
    public void onLogStartOffset(long logStartOffset) {
        transactions.releaseBelow(logStartOffset);
        advanceEndOffset(logStartOffset);
    }

    /**
     * Forgets producers that have been idle for {@code expirationMs}, except amid a transaction.
     *
     * @return how many
     */
    public int expire(long nowMs, long expirationMs) {
        List<Long> expired = new ArrayList<>();
        for (ProducerState state : producers.values()) {
            if (isExpired(state, nowMs, expirationMs)) {
                expired.add(state.producerId());
            }
        }
        expired.forEach(producers::remove);
        verifications.expire(nowMs, expirationMs);
        return expired.size();
    }

    private static boolean isExpired(ProducerState state, long nowMs, long expirationMs) {
        return !state.isInTransaction() && nowMs - state.lastTimestamp() >= expirationMs;
    }

    /** Forgets everything; the log begins anew at {@code offset}. Snapshot files are the caller's to delete. */
    public void reset(long offset) {
        producers.clear();
        transactions.clear();
        verifications.clear();
        endOffset = offset;
        snapshotOffset = offset;
    }

    /** Whether anything was appended since the last snapshot, so that another one is worth its file. */
    public boolean isSnapshotDue() {
        return endOffset > snapshotOffset;
    }

    /** The content of the snapshot file of {@link #endOffset()}. The caller stores it under that offset. */
    public byte[] takeSnapshot() {
        snapshotOffset = endOffset;
        return ProducerSnapshot.encode(producers());
    }

    /**
     * Goes back, or forward, to the log as it now is: snapshots outside of it are deleted and, unless the states are at its
     * end already, they are read from the newest snapshot that is intact. Damaged ones are deleted.
     *
     * @param expirationMs producers of the snapshot idle for longer are not taken over
     * @return {@link #endOffset()}: the caller tells the batches from there to the end of the log by {@link #onAppended}
     */
    public long reload(
            ProducerSnapshotFiles files, long logStartOffset, long logEndOffset, long nowMs, long expirationMs)
            throws IOException {
        for (long offset : files.offsets()) {
            if (offset > logEndOffset || offset <= logStartOffset) {
                files.delete(offset);
            }
        }
        if (endOffset == logEndOffset) {
            onLogStartOffset(logStartOffset);
            return endOffset;
        }
        reset(logStartOffset);
        long[] offsets = files.offsets();
        int newest = offsets.length - 1;
        while (newest >= 0 && !load(files, offsets[newest], nowMs, expirationMs)) {
            newest--;
        }
        return endOffset;
    }

    private boolean load(ProducerSnapshotFiles files, long offset, long nowMs, long expirationMs) throws IOException {
        List<ProducerState> states;
        try {
            states = ProducerSnapshot.decode(files.read(offset));
        } catch (CorruptSnapshotException e) {
            files.onCorrupt(offset, e);
            files.delete(offset);
            return false;
        }
        for (ProducerState state : states) {
            if (!isExpired(state, nowMs, expirationMs)) {
                producers.put(state.producerId(), state);
                if (state.isInTransaction()) {
                    transactions.begin(state.transactionFirstOffset());
                }
            }
        }
        endOffset = offset;
        snapshotOffset = offset;
        return true;
    }
}
