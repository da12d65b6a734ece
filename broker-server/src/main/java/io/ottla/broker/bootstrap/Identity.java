package io.ottla.broker.bootstrap;

import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.Endpoint;
import io.ottla.broker.config.IdentityConfig;
import io.ottla.broker.config.ListenerConfig;
import io.ottla.broker.feature.ClusterFeatures;
import io.ottla.broker.network.NetworkServer;
import io.ottla.controller.znode.BrokerIdNode;
import io.ottla.controller.znode.Endpoint.Protocol;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who this broker is in its cluster.
 *
 * @param advertised its addresses, complete with host and port, in the order of the listeners
 */
public record Identity(
        int brokerId, String clusterId, @Nullable String rack, List<Endpoint> advertised) {
    private static final int NO_JMX_PORT = -1;
    private static final long SET_AT_REGISTRATION = 0;

    /**
     * Settles broker id and cluster id, and marks the log directories with them.
     *
     * @param network bound already, so that the ports are known
     */
    static Identity settle(
            BrokerConfig config, LogDirectories directories, Coordination coordination, NetworkServer network) {
        String clusterId = coordination.clusterId();
        int brokerId = brokerId(config.identity(), directories, coordination);
        directories.claim(brokerId, clusterId);
        return new Identity(brokerId, clusterId, config.identity().rack(), advertised(config.listeners(), network));
    }

    private static int brokerId(IdentityConfig config, LogDirectories directories, Coordination coordination) {
        if (config.id() >= 0) {
            return config.id();
        }
        int stored = directories.brokerId();
        return stored >= 0 ? stored : coordination.generateBrokerId(config.reservedMaxId());
    }

    private static List<Endpoint> advertised(ListenerConfig config, NetworkServer network) {
        return config.advertised().stream()
                .map(endpoint -> endpoint.at(
                        endpoint.host().isEmpty() ? machineName() : endpoint.host(),
                        endpoint.port() == 0 ? network.boundPort(endpoint.listenerName()) : endpoint.port()))
                .toList();
    }

    private static String machineName() {
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** The registration in ZooKeeper. */
    BrokerIdNode registration() {
        List<io.ottla.controller.znode.Endpoint> endpoints = advertised.stream()
                .map(endpoint -> new io.ottla.controller.znode.Endpoint(
                        endpoint.listenerName(),
                        endpoint.host(),
                        endpoint.port(),
                        Protocol.valueOf(endpoint.protocol().name())))
                .toList();
        return new BrokerIdNode(
                brokerId, endpoints, rack, NO_JMX_PORT, ClusterFeatures.supported(), SET_AT_REGISTRATION);
    }
}
