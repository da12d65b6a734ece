package io.ottla.broker.network;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.util.concurrent.Ticker;
import io.ottla.broker.config.Endpoint;
import io.ottla.broker.config.SecurityProtocol;
import io.ottla.broker.feature.ClusterFeatures;
import io.ottla.broker.request.BrokerIdentity;
import io.ottla.broker.request.HandlerRegistry;
import io.ottla.broker.request.RequestHandler;
import io.ottla.broker.request.RequestMemory;
import io.ottla.broker.request.RequestServices;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** A network server on a free loopback port, with the handlers of the test, that remembers its log lines. */
final class TestServer implements AutoCloseable {

    static final String LISTENER = "PLAINTEXT";
    static final String INTER_BROKER = "INTERNAL";

    final List<String> log = new CopyOnWriteArrayList<>();
    final NetworkLoops loops;
    final NetworkServer server;
    final ConnectionLimits limits;
    final RequestMemory memory;
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            log.add(event.getFormattedMessage());
        }
    };

    private TestServer(Builder builder) throws IOException {
        appender.start();
        ((Logger) LoggerFactory.getLogger(NetworkServer.class)).addAppender(appender);
        loops = builder.nio ? NetworkLoops.startNio(2) : NetworkLoops.start(2);
        limits = new ConnectionLimits(builder.limits);
        memory = new RequestMemory(builder.memoryBytes);
        Endpoint listener = new Endpoint(LISTENER, SecurityProtocol.PLAINTEXT, builder.host, 0);
        server = new NetworkServer(
                loops, builder.settings, List.of(listener), INTER_BROKER, limits, Ticker.systemTicker());
        server.bind();
        HandlerRegistry registry =
                new HandlerRegistry(builder.handlers, new BrokerIdentity("cluster", 1), new ClusterFeatures());
        server.serve(new RequestServices(registry, memory, builder.maxInFlight));
    }

    static Builder with(RequestHandler<?, ?>... handlers) {
        return new Builder(List.of(handlers));
    }

    int port() {
        return server.boundPort(LISTENER);
    }

    TestClient connect() throws IOException {
        return new TestClient(port());
    }

    @Override
    public void close() {
        server.close();
        loops.close();
        ((Logger) LoggerFactory.getLogger(NetworkServer.class)).detachAppender(appender);
    }

    /** What a test may want to be other than usual. */
    static final class Builder {
        private final List<RequestHandler<?, ?>> handlers;
        private ConnectionLimits.Limits limits = ConnectionLimits.Limits.NONE;
        private long memoryBytes = 64 << 20;
        private int maxInFlight = 100;
        private boolean nio;
        private String host = "127.0.0.1";
        private NetworkSettings settings = new NetworkSettings(-1, -1, 50, 100 << 20, 0);

        private Builder(List<RequestHandler<?, ?>> handlers) {
            this.handlers = handlers;
        }

        Builder limits(ConnectionLimits.Limits changed) {
            limits = changed;
            return this;
        }

        Builder memoryBytes(long bytes) {
            memoryBytes = bytes;
            return this;
        }

        Builder maxInFlight(int requests) {
            maxInFlight = requests;
            return this;
        }

        Builder settings(NetworkSettings changed) {
            settings = changed;
            return this;
        }

        Builder host(String changed) {
            host = changed;
            return this;
        }

        Builder nio() {
            nio = true;
            return this;
        }

        TestServer start() throws IOException {
            return new TestServer(this);
        }
    }
}
