package io.ottla.replication.fetcher;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.PeerChannel;
import org.jspecify.annotations.Nullable;

/** Port: connections to the brokers from which partitions are copied. */
@FunctionalInterface
public interface SourceConnector {

    /**
     * A connection of its own for a fetcher, to the present address of the broker. The fetcher closes it when it is idle, and
     * after a failure, and then asks for another one.
     *
     * @param loop of the fetcher; it is best if the connection lives there too
     * @return null if the broker's address is not known at the moment
     */
    @Nullable
    PeerChannel connect(int brokerId, EventExecutor loop);
}
