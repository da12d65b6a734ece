package io.ottla.broker.coordinator.transaction;

/** How a command that gives a producer its identity ended. */
sealed interface IdentityOutcome {
    /** The producer goes on as {@code producer}. */
    record Granted(ProducerIdentity producer) implements IdentityOutcome {}

    /** Nothing was done: the command is to be repeated with a producer id that nobody has had. */
    record FreshIdNeeded() implements IdentityOutcome {}

    /** A transaction had to be aborted first; the client is to come again. */
    record Aborting() implements IdentityOutcome {}
}
