package io.ottla.broker.network;

/**
 * An address to accept connections on.
 *
 * @param host the address to bind; empty for every interface
 * @param port the port to bind; 0 for a free one
 * @param securityProtocol name of the protocol spoken, for instance {@code PLAINTEXT}
 * @param isInterBroker whether other brokers connect here: they are let in though {@code max.connections} is reached
 */
public record Listener(String name, String host, int port, String securityProtocol, boolean isInterBroker) {

    @Override
    public String toString() {
        return name + "://" + host + ":" + port;
    }
}
