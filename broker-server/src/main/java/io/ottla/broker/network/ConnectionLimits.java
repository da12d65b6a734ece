package io.ottla.broker.network;

import io.ottla.broker.config.NetworkConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts connections, in total and by address, and refuses those beyond the limits. Thread-safe. */
public final class ConnectionLimits {

    private volatile Limits limits;
    private final AtomicInteger total = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

    /**
     * The limits, named after their properties.
     *
     * @param maxConnectionsPerIpOverrides limits of single addresses in place of {@code maxConnectionsPerIp}
     */
    public record Limits(
            int maxConnections, int maxConnectionsPerIp, Map<InetAddress, Integer> maxConnectionsPerIpOverrides) {

        /** No limits. */
        public static final Limits NONE = new Limits(Integer.MAX_VALUE, Integer.MAX_VALUE, Map.of());

        /**
         * The limits that the configuration has.
         *
         * @throws UnknownHostException when a host of {@code max.connections.per.ip.overrides} has no address
         */
        public static Limits of(NetworkConfig config) throws UnknownHostException {
            Map<InetAddress, Integer> overrides = new HashMap<>();
            for (String override : config.maxConnectionsPerIpOverrides().split(",", -1)) {
                int colon = override.lastIndexOf(':');
                if (colon > 0) {
                    InetAddress address =
                            InetAddress.getByName(override.substring(0, colon).strip());
                    overrides.put(
                            address,
                            Integer.valueOf(override.substring(colon + 1).strip()));
                }
            }
            return new Limits(config.maxConnections(), config.maxConnectionsPerIp(), Map.copyOf(overrides));
        }

        private int of(InetAddress address) {
            Integer override = maxConnectionsPerIpOverrides.get(address);
            return override != null ? override : maxConnectionsPerIp;
        }
    }

    public ConnectionLimits(Limits limits) {
        this.limits = limits;
    }

    /** Puts other limits in force, for connections yet to come. */
    public void update(Limits changed) {
        limits = changed;
    }

    /** Connections at this moment. */
    public int connections() {
        return total.get();
    }

    /** Counts a connection in and returns null, or says which limit refuses it. */
    @Nullable
    String tryAdd(InetAddress address, boolean isInterBroker) {
        Limits current = limits;
        if (total.incrementAndGet() > current.maxConnections() && !isInterBroker) {
            total.decrementAndGet();
            return "max.connections " + current.maxConnections() + " is reached";
        }
        int fromAddress = byAddress.merge(address, 1, Integer::sum);
        if (fromAddress > current.of(address)) {
            remove(address);
            return "max.connections.per.ip %d is reached for %s".formatted(current.of(address), address);
        }
        return null;
    }

    /** Counts a connection out that was counted in. */
    void remove(InetAddress address) {
        total.decrementAndGet();
        byAddress.computeIfPresent(address, (key, count) -> count > 1 ? count - 1 : null);
    }
}
