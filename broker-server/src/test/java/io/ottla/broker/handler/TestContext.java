package io.ottla.broker.handler;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.config.SecurityProtocol;
import io.ottla.broker.request.ClientConnection;
import io.ottla.broker.request.RequestContext;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request on a connection without a network. */
public final class TestContext implements RequestContext, ClientConnection {

    public static final String LISTENER = "PLAINTEXT";

    private final short version;
    private final EventExecutor loop;
    private final @Nullable String clientId;
    public final List<String> closedBecause = new ArrayList<>();
    public int releases;

    public TestContext(int version, EventExecutor loop) {
        this(version, loop, "test");
    }

    public TestContext(int version, EventExecutor loop, @Nullable String clientId) {
        this.version = (short) version;
        this.loop = loop;
        this.clientId = clientId;
    }

    @Override
    public ClientConnection connection() {
        return this;
    }

    @Override
    public short apiVersion() {
        return version;
    }

    @Override
    public int correlationId() {
        return 0;
    }

    @Override
    public @Nullable String clientId() {
        return clientId;
    }

    @Override
    public void releaseRequest() {
        releases++;
    }

    @Override
    public long sequence() {
        return 0;
    }

    @Override
    public String id() {
        return "test";
    }

    @Override
    public String connectionId() {
        return id();
    }

    @Override
    public InetAddress clientAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public String listenerName() {
        return LISTENER;
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
        return loop;
    }

    @Override
    public @Nullable ClientSoftware clientSoftware() {
        return null;
    }

    @Override
    public void setClientSoftware(ClientSoftware software) {}

    @Override
    public void close(String why) {
        closedBecause.add(why);
    }

    @Override
    public void closeConnection(String why) {
        close(why);
    }
}
