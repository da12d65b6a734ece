package io.ottla.controller.znode;

/**
 * Where a broker can be reached by one of its listeners, as advertised.
 *
 * @param listener listener name
 * @param host host name or address, without the brackets of an IPv6 literal
 * @param port TCP port
 * @param protocol what is spoken there
 */
public record Endpoint(String listener, String host, int port, Protocol protocol) {

    /** The security protocols with the ids that UpdateMetadata uses; the names are Kafka's own. */
    public enum Protocol {
        PLAINTEXT((short) 0),
        SSL((short) 1),
        SASL_PLAINTEXT((short) 2),
        SASL_SSL((short) 3);

        private final short id;

        Protocol(short id) {
            this.id = id;
        }

        /** The id on the wire. */
        public short id() {
            return id;
        }
    }

    /** As the registration lists it: {@code NAME://host:port}. */
    String toText() {
        return listener + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** {@code host:port}, by which two brokers are told apart. */
    public String hostAndPort() {
        return host + ":" + port;
    }
}
