package io.ottla.controller.propagation;

import io.ottla.protocol.schema.ApiMessage;

/** What has become of one request to one broker. */
public sealed interface BrokerAnswer {

    /** To whom it was sent. */
    int brokerId();

    /** The broker has answered, which is not to say that it agreed. */
    record Answered(int brokerId, ApiMessage response) implements BrokerAnswer {}

    /** The broker has gone, or the controller resigned, before it answered. */
    record Gone(int brokerId) implements BrokerAnswer {}
}
