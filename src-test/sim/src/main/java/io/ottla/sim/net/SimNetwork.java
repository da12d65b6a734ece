package io.ottla.sim.net;

import io.ottla.sim.world.SimProcess;
import io.ottla.sim.world.World;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All hosts and what lies between them. */
public final class SimNetwork {
    private static final long DELAY_MIN_NS = 30_000;
    private static final long DELAY_MAX_NS = 3_000_000;

    private final World world;
    private final Map<String, Listener> listeners = new TreeMap<>();
    private final Map<String, Integer> hosts = new TreeMap<>();
    private final Set<Link> cuts = new TreeSet<>();
    private final Map<Link, Integer> slowness = new TreeMap<>();
    private final Set<Connection> connections = new LinkedHashSet<>();

    /** One direction between two hosts. */
    public record Link(int from, int to) implements Comparable<Link> {
        @Override
        public int compareTo(Link other) {
            return from != other.from ? Integer.compare(from, other.from) : Integer.compare(to, other.to);
        }
    }

    /** Accepts connections at an address. */
    public interface Listener {
        SimProcess process();

        Receiver accept(Connection connection);
    }

    /** One end of a connection; told of what arrives. */
    public interface Receiver {
        void onBytes(byte[] frame);

        void onEnd();
    }

    public SimNetwork(World world) {
        this.world = world;
    }

    World world() {
        return world;
    }

    public void listen(String address, Listener listener) {
        hosts.put(address, listener.process().host());
        listeners.put(address, listener);
    }

    /** A process is gone: its host hangs up for it, and refuses what comes. */
    public void onDeath(SimProcess process) {
        listeners.values().removeIf(listener -> listener.process() == process);
        for (Connection connection : List.copyOf(connections)) {
            connection.onDeath(process);
        }
    }

    public boolean isCut(int from, int to) {
        return cuts.contains(new Link(from, to));
    }

    /** Whether no link is cut or slow. */
    public boolean isWhole() {
        return cuts.isEmpty() && slowness.isEmpty();
    }

    public void cut(int from, int to) {
        if (cuts.add(new Link(from, to))) {
            world.trace().note("network", "cut " + from + " -> " + to);
        }
    }

    /** Messages on this link take so many times longer. */
    public void slow(int from, int to, int factor) {
        world.trace().note("network", "slow by " + factor + ": " + from + " -> " + to);
        slowness.put(new Link(from, to), factor);
    }

    /** All links work again; what was held up on them arrives. */
    public void heal() {
        if (!cuts.isEmpty() || !slowness.isEmpty()) {
            world.trace().note("network", "healed");
        }
        cuts.clear();
        slowness.clear();
        for (Connection connection : List.copyOf(connections)) {
            connection.resume();
        }
    }

    public long delayNs(int from, int to) {
        return world.delayNs(DELAY_MIN_NS, DELAY_MAX_NS) * slowness.getOrDefault(new Link(from, to), 1);
    }

    /** How an attempt to connect ends. */
    interface Attempt {
        void onConnected(Connection connection);

        void onRefused();

        void onTimeout();
    }

    /** Connects, or finds out that it cannot. */
    void connect(SimProcess client, Receiver receiver, String address, long timeoutNs, Attempt attempt) {
        Integer to = hosts.get(address);
        if (to == null || isCut(client.host(), to) || isCut(to, client.host())) {
            world.after(timeoutNs, "connect", attempt::onTimeout);
            return;
        }
        long roundTripNs = delayNs(client.host(), to) + delayNs(to, client.host());
        world.after(roundTripNs, "connect", () -> {
            if (client.isDead()) {
                return;
            }
            Listener listener = listeners.get(address);
            if (isCut(client.host(), to) || isCut(to, client.host())) {
                world.after(timeoutNs, "connect", attempt::onTimeout);
            } else if (listener == null) {
                attempt.onRefused();
            } else {
                Connection connection = new Connection(this, client, listener.process());
                connections.add(connection);
                connection.open(receiver, listener.accept(connection));
                attempt.onConnected(connection);
            }
        });
    }

    void forget(Connection connection) {
        connections.remove(connection);
    }

    /** Breaks every connection between two hosts, as a router does that forgets them. */
    public void reset(int one, int other) {
        List<Connection> between = new ArrayList<>();
        for (Connection connection : connections) {
            if (connection.isBetween(one, other)) {
                between.add(connection);
            }
        }
        between.forEach(Connection::reset);
    }

    /** Null where nobody ever listened. */
    @Nullable
    Integer hostOf(String address) {
        return hosts.get(address);
    }
}
