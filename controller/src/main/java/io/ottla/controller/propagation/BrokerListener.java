package io.ottla.controller.propagation;

import io.ottla.protocol.schema.ApiMessage;

/** Told of what becomes of the ways to the live brokers, on the controller's executor. */
public interface BrokerListener {

    /** The broker's host answers that no process listens there. Repeated with every attempt to connect. */
    void onRefused(LiveBroker broker);

    /** A request is sent again, since nobody knows whether the broker has carried it out. */
    default void onRepeated(ApiMessage request) {}

    /** The broker has answered a request. */
    void onAnswer(LiveBroker broker, ApiMessage request, ApiMessage response);
}
