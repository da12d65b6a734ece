package io.ottla.broker.handler.group;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.ottla.broker.config.SecurityProtocol;
import io.ottla.broker.request.ClientConnection;
import io.ottla.broker.request.RequestContext;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A request of some version over a connection that does not exist. */
record FakeRequestContext(short apiVersion) implements RequestContext {
    static FakeRequestContext of(int version) {
        return new FakeRequestContext((short) version);
    }

    @Override
    public int correlationId() {
        return 1;
    }

    @Override
    public String clientId() {
        return "client";
    }

    @Override
    public void releaseRequest() {}

    @Override
    public ClientConnection connection() {
        return new ClientConnection() {
            @Override
            public long sequence() {
                return 0;
            }

            @Override
            public String id() {
                return "fake";
            }

            @Override
            public InetAddress clientAddress() {
                return InetAddress.getLoopbackAddress();
            }

            @Override
            public String listenerName() {
                return "PLAINTEXT";
            }

            @Override
            public SecurityProtocol securityProtocol() {
                return SecurityProtocol.PLAINTEXT;
            }

            @Override
            public String principal() {
                return "User:ANONYMOUS";
            }

            @Override
            public EventExecutor loop() {
                return ImmediateEventExecutor.INSTANCE;
            }

            @Override
            public @Nullable ClientSoftware clientSoftware() {
                return null;
            }

            @Override
            public void setClientSoftware(ClientSoftware software) {}

            @Override
            public void close(String why) {
                throw new AssertionError("closed: " + why);
            }
        };
    }
}
