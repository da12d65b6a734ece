package io.ottla.storage.producer;

/**
 * Says that an append belongs to a transaction that its coordinator knows to be open (KIP-890). A partition hands one out
 * when it has the coordinator asked, and accepts it only as long as no marker and no other batch of the producer has come
 * in between: a batch that was late does not begin a transaction that nobody will ever end (KAFKA-14402). Known by
 * identity; any thread.
 */
public final class VerificationGuard {
    /** For appends of which no proof is asked. */
    public static final VerificationGuard NOT_REQUIRED = new VerificationGuard();

    VerificationGuard() {}
}
