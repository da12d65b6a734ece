package io.ottla.controller.propagation;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.PeerChannel;
import java.util.ArrayList;
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
    private final List<BrokerListener> listeners = new ArrayList<>();

    /** No brokers yet. */
    public BrokerSenders(BrokerConnector connector, EventExecutor executor) {
        this.connector = connector;
        this.executor = executor;
    }

    /** Adds a listener of what brokers answer, to be told for as long as this is open. */
    public void addListener(BrokerListener listener) {
        listeners.add(listener);
    }

    /** Opens a queue, and keeps a connection open, to a broker; those to an earlier registration of it are closed. */
    public void add(LiveBroker broker) {
        remove(broker.id());
        PeerChannel channel = connector.connect(broker);
        BrokerSender sender = new BrokerSender(broker, channel, executor, listeners);
        senders.put(broker.id(), sender);
        channel.keepOpen(() -> executor.execute(sender::onRefused));
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
