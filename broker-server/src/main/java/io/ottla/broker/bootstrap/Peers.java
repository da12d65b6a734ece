package io.ottla.broker.bootstrap;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.NetworkConfig;
import io.ottla.broker.forward.Forwarder;
import io.ottla.broker.forward.RoutedChannel;
import io.ottla.broker.network.PeerNetwork;
import io.ottla.broker.network.PeerSettings;
import io.ottla.controller.propagation.LiveBroker;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.replication.metadata.BrokerImage;
import io.ottla.replication.metadata.MetadataCache;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The ways to other brokers, over the inter-broker listener. Whoever asks for a channel closes it. Any thread. */
final class Peers implements AutoCloseable {
    /** Orders are sent one at a time to a broker, ISR changes one at a time to the controller. */
    private static final int FEW_IN_FLIGHT = 20;
    /** What a response may hold beyond the records that were asked for. */
    private static final int RESPONSE_OVERHEAD_BYTES = 1 << 20;

    private static final int SYSTEM_DEFAULT = -1;

    private final BrokerConfig config;
    private final String listenerName;
    private final MetadataCache metadata;
    private final PeerNetwork network;
    private final Map<Integer, PeerChannel> brokers = new ConcurrentHashMap<>();

    /** Where a broker listens for others. */
    record Address(int brokerId, String host, int port) {}

    Peers(BrokerConfig config, PeerNetwork network, MetadataCache metadata) {
        this.config = config;
        this.listenerName = config.listeners().interBrokerListenerName();
        this.metadata = metadata;
        this.network = network;
    }

    /** Where a live broker listens; null if it is not alive as far as is known here, or has no such listener. */
    @Nullable
    Address address(int brokerId) {
        BrokerImage broker = metadata.image().broker(brokerId);
        BrokerImage.Endpoint endpoint = broker == null ? null : broker.endpoint(listenerName);
        return endpoint == null ? null : new Address(brokerId, endpoint.host(), endpoint.port());
    }

    /** Where a broker has registered to listen; null if it has no such listener. */
    @Nullable
    Address address(LiveBroker broker) {
        return broker.node().endpoints().stream()
                .filter(each -> each.listener().equals(listenerName))
                .findFirst()
                .map(endpoint -> new Address(broker.id(), endpoint.host(), endpoint.port()))
                .orElse(null);
    }

    /** For the controller: to a broker as it has registered. */
    PeerChannel toRegistered(int ownId, LiveBroker broker) {
        Address address = address(broker);
        if (address == null) {
            return new UnreachablePeer("broker " + broker.id() + " has no listener " + listenerName);
        }
        return open(
                address,
                settings("controller-" + ownId, config.controller().socketTimeoutMs(), FEW_IN_FLIGHT, SYSTEM_DEFAULT));
    }

    /** For a fetcher, on its loop: to a broker wherever it is alive, as long as the channel is used. */
    PeerChannel toSource(int ownId, int brokerId, EventExecutor loop) {
        PeerSettings settings = settings(
                "broker-" + ownId,
                config.replication().socketTimeoutMs(),
                FEW_IN_FLIGHT,
                config.replication().socketReceiveBufferBytes());
        return new RoutedChannel<>(
                "broker " + brokerId,
                () -> address(brokerId),
                address -> network.open(loop, address.host(), address.port(), settings));
    }

    /**
     * To a broker wherever it is alive, this one included, for requests about transactions. The same channel each time; it is
     * closed here. Any thread.
     */
    PeerChannel toBroker(int ownId, int brokerId) {
        return brokers.computeIfAbsent(
                brokerId,
                id -> new RoutedChannel<>(
                        "broker " + id,
                        () -> address(id),
                        address -> open(
                                address,
                                settings(
                                        "broker-" + ownId,
                                        config.network().requestTimeoutMs(),
                                        FEW_IN_FLIGHT,
                                        SYSTEM_DEFAULT))));
    }

    /** To a broker as it is known now, for a sign of life. */
    PeerChannel toProbe(int ownId, int brokerId, long timeoutMs) {
        Address address = address(brokerId);
        return address == null
                ? new UnreachablePeer("broker " + brokerId + " is not known to be alive")
                : open(address, settings("broker-" + ownId, timeoutMs, FEW_IN_FLIGHT, SYSTEM_DEFAULT));
    }

    /** To the broker that is the controller, for this broker's own requests. */
    PeerChannel toController(int ownId, Address address) {
        return open(
                address,
                settings("broker-" + ownId, config.network().requestTimeoutMs(), FEW_IN_FLIGHT, SYSTEM_DEFAULT));
    }

    /** To the broker that is the controller, for what clients ask of it; these requests end by their own timeouts. */
    PeerChannel toForward(int ownId, Address address) {
        return open(
                address,
                settings(
                        Forwarder.CLIENT_ID_PREFIX + ownId,
                        2L * config.network().requestTimeoutMs(),
                        config.network().queuedMaxRequests(),
                        SYSTEM_DEFAULT));
    }

    private PeerChannel open(Address address, PeerSettings settings) {
        return network.open(address.host(), address.port(), settings);
    }

    private PeerSettings settings(String clientId, long timeoutMs, int maxInFlight, int receiveBufferBytes) {
        NetworkConfig limits = config.network();
        long maxResponseBytes = (long) limits.socketRequestMaxBytes()
                + config.replication().fetchResponseMaxBytes()
                + RESPONSE_OVERHEAD_BYTES;
        return new PeerSettings(
                clientId,
                timeoutMs,
                (int) Math.min(limits.connectionSetupTimeoutMs(), Integer.MAX_VALUE),
                maxInFlight,
                (int) Math.min(maxResponseBytes, Integer.MAX_VALUE),
                receiveBufferBytes);
    }

    @Override
    public void close() {
        brokers.values().forEach(PeerChannel::close);
        network.close();
    }
}
