package io.ottla.broker.config;

/**
 * An address of a listener.
 *
 * @param listenerName in upper case
 * @param host a name or address without brackets; empty for every interface (bound) or this machine's name (advertised)
 * @param port 0 for a free one (bound) or the bound one (advertised)
 */
public record Endpoint(String listenerName, SecurityProtocol protocol, String host, int port) {
    /** The address as it is written in {@code listeners}. */
    @Override
    public String toString() {
        return listenerName + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** This listener at another address. */
    public Endpoint at(String otherHost, int otherPort) {
        return new Endpoint(listenerName, protocol, otherHost, otherPort);
    }
}
