package io.ottla.controller;

/**
 * Settings of the controller in one broker.
 *
 * @param brokerId this broker's id
 * @param maxPendingEvents {@code queued.max.requests}: administrative requests that may wait
 * @param rebalance when leadership returns to preferred replicas by itself
 */
public record ControllerSettings(int brokerId, int maxPendingEvents, LeaderRebalance rebalance) {}
