package io.ottla.controller.propagation;

import io.netty.util.concurrent.EventExecutor;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The queues to all live brokers. Confined to the controller's executor. */
public final class BrokerSenders {

    private final BrokerConnector connector;
    private final EventExecutor executor;
    private final SortedMap<Integer, BrokerSender> senders = new TreeMap<>();

    /** No brokers yet. */
    public BrokerSenders(BrokerConnector connector, EventExecutor executor) {
        this.connector = connector;
        this.executor = executor;
    }

    /** Opens a queue to a broker; one to an earlier registration of it is closed. */
    public void add(LiveBroker broker) {
        remove(broker.id());
        senders.put(broker.id(), new BrokerSender(broker, connector.connect(broker), executor));
    }

    /** Drops what waits for a broker that has gone. */
    public void remove(int brokerId) {
        BrokerSender sender = senders.remove(brokerId);
        if (sender != null) {
            sender.close();
        }
    }

    /** Drops everything. */
    public void close() {
        List.copyOf(senders.keySet()).forEach(this::remove);
    }

    @Nullable
    BrokerSender sender(int brokerId) {
        return senders.get(brokerId);
    }

    /** By broker id, ascending. */
    Collection<BrokerSender> all() {
        return senders.values();
    }
}
