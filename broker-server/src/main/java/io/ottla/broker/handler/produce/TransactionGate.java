package io.ottla.broker.handler.produce;

import io.ottla.broker.handler.produce.TransactionVerifier.Claim;
import io.ottla.broker.handler.produce.TransactionVerifier.Terms;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.partition.Partition;
import io.ottla.storage.producer.VerificationGuard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets batches of a transaction into a partition: at once if the transaction is under way there, else after its
 * coordinator has agreed. Those of one producer that come meanwhile wait for the same answer, and pass in the order in
 * which they came. What waits in a loop is confined to it.
 *
 * <p>A client that leaves it to the partition to add itself has the answer to an end before the markers are written. So the
 * first batch of its next transaction may overtake the marker of the one before: then the coordinator calls the transaction
 * before concurrent, for some milliseconds, or the marker voids the guard while the coordinator is asked. It is asked again
 * in both cases; to a transaction that is over it would not agree, since its epoch is.
 */
public final class TransactionGate {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionGate.class);

    private final TransactionVerifier verifier;
    private final BooleanSupplier enabled;
    private final List<Map<Key, Waiting>> waitingByLoop = new ArrayList<>();

    private record Key(Partition partition, long producerId, short producerEpoch, Terms terms) {}

    /** Between the attempts to add a partition; each is twice as long as the one before. */
    private static final long FIRST_PAUSE_MS = 1;

    private static final long LAST_PAUSE_MS = 128;

    /** Those who wait for one answer. */
    private static final class Waiting {
        final Partition partition;
        final Claim claim;
        final List<Passage> passages = new ArrayList<>();
        /** Null once nothing has to be shown any more. */
        @Nullable
        VerificationGuard guard;

        int lowestSequence;
        long pauseMs = FIRST_PAUSE_MS;

        Waiting(Partition partition, Claim claim, VerificationGuard guard, int baseSequence) {
            this.partition = partition;
            this.claim = claim;
            this.guard = guard;
            this.lowestSequence = baseSequence;
        }

        void add(Passage passage, int baseSequence) {
            passages.add(passage);
            lowestSequence = Math.min(lowestSequence, baseSequence);
        }

        Key key() {
            return new Key(partition, claim.producerId(), claim.producerEpoch(), claim.terms());
        }
    }

    /** What happens to a batch that has come to the gate; called once, on the partition's home loop. */
    @FunctionalInterface
    public interface Passage {
        /**
         * The coordinator has answered.
         *
         * @param error NONE if the batch may be appended
         * @param guard what it has to show then; null if it needs nothing
         */
        void onPassed(ErrorCode error, @Nullable VerificationGuard guard);
    }

    /**
     * @param enabled {@code transaction.partition.verification.enable}; any thread
     * @param loopCount how many home loops there are
     */
    public TransactionGate(TransactionVerifier verifier, BooleanSupplier enabled, int loopCount) {
        this.verifier = verifier;
        this.enabled = enabled;
        for (int i = 0; i < loopCount; i++) {
            waitingByLoop.add(new HashMap<>());
        }
    }

    /**
     * A batch of a transaction has come for a partition. On its home loop.
     *
     * @param baseSequence of the batch, -1 for a coordinator's
     */
    public void pass(Partition partition, Claim claim, int baseSequence, Passage passage) {
        if (!enabled.getAsBoolean() && claim.terms().verifiesOnly()) {
            passage.onPassed(ErrorCode.NONE, VerificationGuard.NOT_REQUIRED);
            return;
        }
        VerificationGuard guard = begin(partition, claim, baseSequence);
        if (guard == null) {
            passage.onPassed(ErrorCode.NONE, null);
            return;
        }
        Waiting first = new Waiting(partition, claim, guard, baseSequence);
        Waiting others = waitingByLoop.get(partition.loopIndex()).get(first.key());
        if (others != null && (others.guard == guard || claim.terms().beginsEpoch())) {
            others.add(passage, baseSequence);
            return;
        }
        first.add(passage, baseSequence);
        waitingByLoop.get(partition.loopIndex()).put(first.key(), first);
        ask(first);
    }

    private static @Nullable VerificationGuard begin(Partition partition, Claim claim, int baseSequence) {
        return partition.beginVerification(
                claim.producerId(),
                claim.producerEpoch(),
                baseSequence,
                claim.terms().beginsEpoch());
    }

    private void ask(Waiting waiting) {
        var unused = verifier.verify(waiting.claim).whenComplete((error, failure) -> waiting.partition
                .loop()
                .execute(() -> onAnswer(waiting, failure == null ? error : ErrorCode.NETWORK_EXCEPTION)));
    }

    private void onAnswer(Waiting waiting, ErrorCode error) {
        boolean adds = waiting.claim.terms().beginsEpoch();
        if (adds && error == ErrorCode.NONE) {
            askAnew(waiting, waiting.guard);
        } else if (adds && error == ErrorCode.CONCURRENT_TRANSACTIONS && waiting.pauseMs <= LAST_PAUSE_MS) {
            var unused = waiting.partition
                    .loop()
                    .schedule(() -> askAnew(waiting, null), waiting.pauseMs, TimeUnit.MILLISECONDS);
            waiting.pauseMs *= 2;
        } else {
            open(waiting, error);
        }
    }

    /**
     * With a guard of now.
     *
     * @param agreed the one to which the coordinator has agreed, if it has: it may still be valid
     */
    private void askAnew(Waiting waiting, @Nullable VerificationGuard agreed) {
        waiting.guard = begin(waiting.partition, waiting.claim, waiting.lowestSequence);
        if (waiting.guard == null || waiting.guard == agreed) {
            open(waiting, ErrorCode.NONE);
        } else {
            ask(waiting);
        }
    }

    private void open(Waiting waiting, ErrorCode error) {
        Partition partition = waiting.partition;
        waitingByLoop.get(partition.loopIndex()).remove(waiting.key(), waiting);
        if (error != ErrorCode.NONE) {
            LOG.debug("{}: a transaction may not begin here: {}", partition.name(), error);
        }
        for (Passage passage : waiting.passages) {
            try {
                passage.onPassed(error, error == ErrorCode.NONE ? waiting.guard : null);
            } catch (RuntimeException | AssertionError e) {
                LOG.error("{}: a batch of a transaction was lost", partition.name(), e);
            }
        }
    }
}
