package io.ottla.controller;

import java.util.function.BooleanSupplier;

/**
 * Settings of the controller in one broker.
 *
 * @param brokerId this broker's id
 * @param maxPendingEvents {@code queued.max.requests}: administrative requests that may wait
 * @param rebalance when leadership returns to preferred replicas by itself
 * @param ottlaOnly {@code cluster.ottla.only}: whether the operator has said that no broker of Apache Kafka shares the
 *     cluster; any thread
 */
public record ControllerSettings(
        int brokerId, int maxPendingEvents, LeaderRebalance rebalance, BooleanSupplier ottlaOnly) {}
