package io.ottla.broker.request;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.config.SecurityProtocol;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** The connection that a request came in on. Every method may be called from any thread. */
public interface ClientConnection {

    /** Unique among all connections of this broker's life: {@code local:port-remote:port-sequence}. */
    String id();

    /** The number of the connection among all of this broker's life: one that was accepted later has a higher one. */
    long sequence();

    /** Where the client connects from. */
    InetAddress clientAddress();

    /** Name of the listener that accepted the connection. */
    String listenerName();

    /** What the listener speaks below the Kafka protocol. */
    SecurityProtocol securityProtocol();

    /** The authenticated principal, {@code User:ANONYMOUS} without authentication. */
    String principal();

    /** The event loop that owns the connection. */
    EventExecutor loop();

    /** What the client said of itself in ApiVersions; null before, or from clients that say nothing. */
    @Nullable
    ClientSoftware clientSoftware();

    /** Remembers what the client says of itself. */
    void setClientSoftware(ClientSoftware software);

    /** Closes the connection; responses not yet written are dropped. The reason goes to the log. */
    void close(String why);

    /** Name and version of a client library, as validated by ApiVersions. */
    record ClientSoftware(String name, String version) {}
}
