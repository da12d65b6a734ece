package io.ottla.broker.request;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.config.SecurityProtocol;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** What a handler may know of a request besides its body. Every method may be called from any thread. */
public interface RequestContext {

    /** The connection that the request came in on. */
    ClientConnection connection();

    /** The version in which the request is written and its response will be. */
    short apiVersion();

    /** The client's number for the request. */
    int correlationId();

    /** The client's name for itself. */
    @Nullable
    String clientId();

    /**
     * Says that the request's records are no longer needed, before the handler's stage completes: a produce that waits
     * for its followers has been appended and must not hold request memory that the followers' fetches may need.
     */
    void releaseRequest();

    /** {@link ClientConnection#id}. */
    default String connectionId() {
        return connection().id();
    }

    /** {@link ClientConnection#clientAddress}. */
    default InetAddress clientAddress() {
        return connection().clientAddress();
    }

    /** {@link ClientConnection#listenerName}. */
    default String listenerName() {
        return connection().listenerName();
    }

    /** {@link ClientConnection#securityProtocol}. */
    default SecurityProtocol securityProtocol() {
        return connection().securityProtocol();
    }

    /** {@link ClientConnection#principal}. */
    default String principal() {
        return connection().principal();
    }

    /** {@link ClientConnection#loop}. */
    default EventExecutor loop() {
        return connection().loop();
    }

    /** {@link ClientConnection#close}. */
    default void closeConnection(String why) {
        connection().close(why);
    }
}
