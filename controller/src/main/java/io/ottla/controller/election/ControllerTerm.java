package io.ottla.controller.election;

/**
 * The time for which one broker is controller.
 *
 * @param epoch controller epoch, in every request to brokers
 * @param epochNodeVersion version of {@code /controller_epoch} that this election has made; writes check it
 */
public record ControllerTerm(int epoch, int epochNodeVersion) {}
