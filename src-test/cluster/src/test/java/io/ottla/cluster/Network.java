package io.ottla.cluster;

import io.ottla.process.Command;
import io.ottla.process.Host;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Network namespaces, one per server, around one that routes between them and this machine: {@code this machine - router -
 * server 0, 1, ...}. A cut drops silently what the router would forward from one to another, in one direction, as a
 * broken switch does: no one is told, connections stay until someone gives up.
 */
final class Network implements AutoCloseable {
    /** Names are made of the number of the process, so that it has one at a time: the lock of tests that make one. */
    static final String OF_THIS_PROCESS = "network namespaces";

    private static final String NEEDS = "cutting links needs the right to make network namespaces (ip netns): ";

    private final String name = "ott" + ProcessHandle.current().pid() % 100_000;
    private final String subnet;
    private final List<Host> hosts = new ArrayList<>();
    private final Set<List<String>> cuts = new LinkedHashSet<>();

    private Network() {
        long pid = ProcessHandle.current().pid();
        subnet = "10." + (200 + pid / 250 % 50) + "." + pid % 250 + ".";
    }

    /** Why this machine cannot have one; empty if it can. */
    static String hindrance() {
        String probe = "ottprobe" + ProcessHandle.current().pid();
        Command added = Command.run("sh", "-c", "ip netns add " + probe);
        if (added.exitCode() != 0) {
            return NEEDS + added.output().strip();
        }
        ip("netns del " + probe);
        return "";
    }

    /** A network of {@code size} servers, all of which reach one another and this machine. */
    static Network create(int size) {
        Network network = new Network();
        try {
            network.addRouter();
            for (int i = 1; i <= size; i++) {
                network.addHost(i);
            }
            return network;
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** The server of this number, from 0. */
    Host host(int index) {
        return hosts.get(index);
    }

    /** From now on nothing that {@code from} sends reaches {@code to}. */
    void cutOneWay(Host from, Host to) {
        List<String> rule = List.of("from " + from.address() + " to " + to.address() + " blackhole");
        if (cuts.add(rule)) {
            ip("-n " + router() + " rule add pref 100 " + rule.get(0));
        }
    }

    /** From now on the two do not hear of each other. */
    void cut(Host one, Host other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    /** Undoes all cuts. */
    void heal() {
        for (List<String> rule : cuts) {
            ip("-n " + router() + " rule del pref 100 " + rule.get(0));
        }
        cuts.clear();
    }

    /** Takes everything away; what still runs in the namespaces loses its network. */
    @Override
    public void close() {
        for (int i = hosts.size(); i > 0; i--) {
            Command.run("ip", "netns", "del", namespace(i));
        }
        Command.run("ip", "netns", "del", router());
        Command.run("ip", "link", "del", name);
    }

    private void addRouter() {
        ip("netns add " + router());
        ip("-n " + router() + " link set lo up");
        ip("netns exec " + router() + " sysctl -q -w net.ipv4.ip_forward=1");
        ip("link add " + name + " type veth peer name v0 netns " + router());
        ip("addr add " + subnet + "2/30 dev " + name);
        ip("link set " + name + " up");
        ip("-n " + router() + " addr add " + subnet + "1/30 dev v0");
        ip("-n " + router() + " link set v0 up");
        ip("route add " + subnet + "0/24 via " + subnet + "1");
    }

    private void addHost(int number) {
        String namespace = namespace(number);
        String gateway = subnet + (4 * number + 1);
        String address = subnet + (4 * number + 2);
        ip("netns add " + namespace);
        hosts.add(new Host(address, List.of("ip", "netns", "exec", namespace)));
        ip("-n " + namespace + " link set lo up");
        ip("-n " + router() + " link add v" + number + " type veth peer name e0 netns " + namespace);
        ip("-n " + router() + " addr add " + gateway + "/30 dev v" + number);
        ip("-n " + router() + " link set v" + number + " up");
        ip("-n " + namespace + " addr add " + address + "/30 dev e0");
        ip("-n " + namespace + " link set e0 up");
        ip("-n " + namespace + " route add default via " + gateway);
    }

    private String router() {
        return name + "r";
    }

    private String namespace(int number) {
        return name + "h" + number;
    }

    private static void ip(String arguments) {
        Command done = Command.run("sh", "-c", "ip " + arguments);
        if (done.exitCode() != 0) {
            throw new IllegalStateException("ip " + arguments + ": " + done.output());
        }
    }
}
