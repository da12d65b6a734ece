package io.ottla.loop;

import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.TimeUnit;

/** An event loop without a thread, which nobody has to shut down. Its heirs say what runs when. */
public abstract class EndlessLoop extends AbstractScheduledEventExecutor {
    private final Promise<?> termination = new DefaultPromise<>(GlobalEventExecutor.INSTANCE);

    @Override
    public final boolean isShuttingDown() {
        return false;
    }

    @Override
    public final Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        return termination;
    }

    @Override
    public final Future<?> terminationFuture() {
        return termination;
    }

    @Override
    @Deprecated
    public final void shutdown() {
        throw new UnsupportedOperationException();
    }

    @Override
    public final boolean isShutdown() {
        return false;
    }

    @Override
    public final boolean isTerminated() {
        return false;
    }

    @Override
    public final boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }
}
