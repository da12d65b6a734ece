package io.ottla.controller.propagation;

import io.ottla.protocol.schema.ApiMessage;

/** Told of what becomes of the ways to the live brokers, on the controller's executor. */
public interface BrokerListener {

    /** The broker's host answers that no process listens there. Repeated with every attempt to connect. */
    void onRefused(LiveBroker broker);

    /** The broker has answered a request. */
    void onAnswer(LiveBroker broker, ApiMessage request, ApiMessage response);
}
