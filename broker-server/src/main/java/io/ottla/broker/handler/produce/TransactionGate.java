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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets batches of a transaction into a partition: at once if the transaction is under way there, else after its
 * coordinator has agreed. Those of one producer that come meanwhile wait for the same answer, and pass in the order in
 * which they came. What waits in a loop is confined to it.
 */
public final class TransactionGate {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionGate.class);

    private final TransactionVerifier verifier;
    private final BooleanSupplier enabled;
    private final List<Map<Key, Waiting>> waitingByLoop = new ArrayList<>();

    private record Key(Partition partition, long producerId, short producerEpoch, Terms terms) {}

    /** Those who wait for one answer. */
    private static final class Waiting {
        final VerificationGuard guard;
        final List<Passage> passages = new ArrayList<>();

        Waiting(VerificationGuard guard, Passage first) {
            this.guard = guard;
            passages.add(first);
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
        VerificationGuard guard = partition.beginVerification(claim.producerId(), claim.producerEpoch(), baseSequence);
        if (guard == null) {
            passage.onPassed(ErrorCode.NONE, null);
            return;
        }
        Map<Key, Waiting> waiting = waitingByLoop.get(partition.loopIndex());
        Key key = new Key(partition, claim.producerId(), claim.producerEpoch(), claim.terms());
        Waiting others = waiting.get(key);
        if (others != null && others.guard == guard) {
            others.passages.add(passage);
            return;
        }
        Waiting first = new Waiting(guard, passage);
        waiting.put(key, first);
        var unused = verifier.verify(claim)
                .whenComplete((error, failure) -> partition.loop().execute(() -> {
                    waiting.remove(key, first);
                    open(partition, first, failure == null ? error : ErrorCode.NETWORK_EXCEPTION);
                }));
    }

    private static void open(Partition partition, Waiting waiting, ErrorCode error) {
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
