package io.ottla.sim.net;

import io.ottla.sim.world.SimProcess;
import io.ottla.sim.world.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All hosts and what lies between them. */
public final class SimNetwork {
    /** Hosts have numbers below this one. */
    private static final int HOSTS = 64;

    private static final long DELAY_MIN_NS = 30_000;
    private static final long DELAY_MAX_NS = 3_000_000;

    private final World world;
    private final Map<String, Listener> listeners = new TreeMap<>();
    private final Map<String, Integer> hosts = new TreeMap<>();
    private final boolean[] cuts = new boolean[HOSTS * HOSTS];
    private final int[] slowness = new int[HOSTS * HOSTS];
    private boolean whole = true;
    private final Set<Connection> connections = new LinkedHashSet<>();

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
        return !whole && cuts[link(from, to)];
    }

    private static int link(int from, int to) {
        return from * HOSTS + to;
    }

    /** Whether no link is cut or slow. */
    public boolean isWhole() {
        return whole;
    }

    public void cut(int from, int to) {
        if (!cuts[link(from, to)]) {
            world.trace().note("network", "cut " + from + " -> " + to);
            cuts[link(from, to)] = true;
            whole = false;
        }
    }

    /** Messages on this link take so many times longer. */
    public void slow(int from, int to, int factor) {
        world.trace().note("network", "slow by " + factor + ": " + from + " -> " + to);
        slowness[link(from, to)] = factor;
        whole = false;
    }

    /** All links work again; what was held up on them arrives. */
    public void heal() {
        if (!whole) {
            world.trace().note("network", "healed");
        }
        Arrays.fill(cuts, false);
        Arrays.fill(slowness, 0);
        whole = true;
        for (Connection connection : List.copyOf(connections)) {
            connection.resume();
        }
    }

    public long delayNs(int from, int to) {
        long delayNs = world.delayNs(DELAY_MIN_NS, DELAY_MAX_NS);
        return whole ? delayNs : delayNs * Math.max(1, slowness[link(from, to)]);
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
