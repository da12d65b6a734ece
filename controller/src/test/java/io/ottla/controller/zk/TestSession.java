package io.ottla.controller.zk;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/** A session on an executor of its own, for tests outside this package as well. */
public final class TestSession implements AutoCloseable {

    private final DefaultEventExecutor executor = new DefaultEventExecutor(new DefaultThreadFactory("test-loop", true));
    private final ZooKeeperConnection connection;

    private TestSession(ZooKeeperSettings settings) {
        connection = new ZooKeeperConnection(settings, executor);
    }

    public static TestSession connect(String connect) {
        return connect(connect, 18_000);
    }

    public static TestSession connect(String connect, int sessionTimeoutMs) {
        TestSession session = unconnected(new ZooKeeperSettings(connect, 10_000, sessionTimeoutMs, 10));
        session.connection.connect().orTimeout(15, TimeUnit.SECONDS).join();
        return session;
    }

    public static TestSession unconnected(ZooKeeperSettings settings) {
        return new TestSession(settings);
    }

    public ZooKeeperConnection get() {
        return connection;
    }

    @Override
    public void close() {
        connection.close();
        executor.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
