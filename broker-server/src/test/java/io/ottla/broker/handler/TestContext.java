package io.ottla.broker.handler;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.request.ClientConnection;
import io.ottla.broker.request.FakeConnection;
import io.ottla.broker.request.RequestContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request on a connection without a network. */
public final class TestContext implements RequestContext {

    public static final String LISTENER = "PLAINTEXT";

    private final short version;
    private final FakeConnection connection;
    private final @Nullable String clientId;
    public final List<String> closedBecause;
    public int releases;

    public TestContext(int version, EventExecutor loop) {
        this(version, loop, "test");
    }

    public TestContext(int version, EventExecutor loop, @Nullable String clientId) {
        this.version = (short) version;
        this.connection = new FakeConnection(loop);
        this.clientId = clientId;
        this.closedBecause = connection.closedBecause;
    }

    @Override
    public ClientConnection connection() {
        return connection;
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
}
