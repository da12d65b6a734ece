package io.ottla.controller;

/**
 * Settings of the controller in one broker.
 *
 * @param brokerId this broker's id
 * @param maxPendingEvents {@code queued.max.requests}: administrative requests that may wait
 */
public record ControllerSettings(int brokerId, int maxPendingEvents) {}
