package io.ottla.broker.handler.config;

import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;

/** The name of a broker as a resource: its id in decimal. */
final class BrokerName {
    private BrokerName() {}

    /**
     * Settings of a broker are asked of that broker.
     *
     * @throws ApiException INVALID_REQUEST if the name is no number or that of another broker
     */
    static void requireIsThis(String name, int brokerId) {
        int named;
        try {
            named = Integer.parseInt(name);
        } catch (NumberFormatException e) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "Broker id must be an integer, but it is: " + name);
        }
        if (named != brokerId) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "Unexpected broker id, expected " + brokerId + " or empty string, but received " + name);
        }
    }
}
