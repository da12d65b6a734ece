package io.ottla.storage.producer;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap.PrimitiveEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The producers whose transaction's coordinator has been asked about this partition. Confined to its home loop. */
final class Verifications {
    private static final int NO_SEQUENCE = -1;

    private final LongObjectHashMap<Pending> pending = new LongObjectHashMap<>();

    /** What has been asked, of which epoch, and the lowest sequence that waits for the answer. */
    private static final class Pending {
        final VerificationGuard guard = new VerificationGuard();
        final long begunMs;
        short epoch;
        int lowestSequence;

        Pending(short epoch, int sequence, long begunMs) {
            this.epoch = epoch;
            this.lowestSequence = sequence;
            this.begunMs = begunMs;
        }
    }

    VerificationGuard begin(long producerId, short epoch, int baseSequence, long nowMs) {
        Pending known = pending.get(producerId);
        if (known == null) {
            known = new Pending(epoch, baseSequence, nowMs);
            pending.put(producerId, known);
        } else if (epoch > known.epoch) {
            known.epoch = epoch;
            known.lowestSequence = baseSequence;
        } else {
            known.lowestSequence = Math.min(known.lowestSequence, baseSequence);
        }
        return known.guard;
    }

    boolean accepts(long producerId, @Nullable VerificationGuard guard) {
        if (guard == VerificationGuard.NOT_REQUIRED) {
            return true;
        }
        Pending known = pending.get(producerId);
        return known != null && known.guard == guard;
    }

    /** The lowest sequence of this epoch that waited for the coordinator, which has to come first; -1 if none did. */
    int lowestSequence(long producerId, short epoch) {
        Pending known = pending.get(producerId);
        return known == null || known.epoch != epoch ? NO_SEQUENCE : known.lowestSequence;
    }

    /** The transaction has begun or ended here: earlier guards are void. */
    void end(long producerId) {
        pending.remove(producerId);
    }

    /** Takes over what was asked of another log, which holds the same as this one. */
    void adopt(Verifications other) {
        pending.putAll(other.pending);
    }

    void expire(long nowMs, long expirationMs) {
        List<Long> expired = new ArrayList<>();
        for (PrimitiveEntry<Pending> entry : pending.entries()) {
            if (nowMs - entry.value().begunMs >= expirationMs) {
                expired.add(entry.key());
            }
        }
        expired.forEach(pending::remove);
    }

    void clear() {
        pending.clear();
    }
}
