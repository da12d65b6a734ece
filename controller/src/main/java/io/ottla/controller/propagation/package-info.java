/**
 * How brokers learn what the controller has decided: LeaderAndIsr, UpdateMetadata and StopReplica, one batch per event.
 *
 * <p>Each broker has one queue, so that it sees the decisions in the order in which they were made; a request is repeated
 * until it is answered or the broker's registration is gone. Confined to the controller's executor; knows the wire and
 * the znodes' contents, not why something was decided.
 */
@NullMarked
package io.ottla.controller.propagation;

import org.jspecify.annotations.NullMarked;
