package io.ottla.sim.zk;

import io.ottla.controller.zk.Node;
import io.ottla.controller.zk.NodeEvent;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.NodeWatcher;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.sim.net.SimNetwork;
import io.ottla.sim.world.SimProcess;
import io.ottla.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The ensemble: its tree, and the sessions of its clients. It never fails itself; the network to it may. */
public final class SimZooKeeper {
    /** Where it runs. */
    public static final int HOST = 0;

    private static final long FIRST_SESSION = 0x1000;

    private final World world;
    private final SimNetwork network;
    private final SimTree tree;
    private final Map<Long, ServerSession> sessions = new TreeMap<>();
    private final Map<String, List<Watch>> nodeWatches = new TreeMap<>();
    private final Map<String, List<Watch>> childWatches = new TreeMap<>();
    private final List<Consumer<NodeEvent>> observers = new ArrayList<>();
    private long lastSession = FIRST_SESSION;
    private long writer;

    private record Watch(long session, String path, NodeWatcher watcher) {}

    /** A session as the server knows it. */
    final class ServerSession {
        private final long id;
        private final String owner;
        private final long timeoutNs;
        private final List<Runnable> missed = new ArrayList<>();
        private long lastHeardNs = world.nowNs();
        private @Nullable ZkLink link;

        ServerSession(long id, String owner, long timeoutNs) {
            this.id = id;
            this.owner = owner;
            this.timeoutNs = timeoutNs;
        }

        long id() {
            return id;
        }

        void heard() {
            lastHeardNs = world.nowNs();
        }

        SimTree tree() {
            return tree;
        }

        void watchNode(String path, NodeWatcher watcher) {
            addOnce(nodeWatches, new Watch(id, path, watcher));
        }

        void watchChildren(String path, NodeWatcher watcher) {
            addOnce(childWatches, new Watch(id, path, watcher));
        }

        /** The link is gone; events that were under way on it are told over the next one. */
        void onBroken(ZkLink broken, List<Runnable> undelivered) {
            if (link == broken) {
                link = null;
                missed.addAll(undelivered);
            }
        }
    }

    public SimZooKeeper(World world, SimNetwork network) {
        this.world = world;
        this.network = network;
        this.tree = new SimTree(world::nowMs, this::onEvent);
    }

    World world() {
        return world;
    }

    SimNetwork network() {
        return network;
    }

    /** A client of a process; see {@link io.ottla.controller.zk.ZooKeeperSession}. */
    public SimZooKeeperSession client(
            SimProcess process, io.netty.util.concurrent.EventExecutor executor, long timeoutMs) {
        return new SimZooKeeperSession(this, process, executor, timeoutMs);
    }

    /** Told of every change, when it happens. */
    public void observe(Consumer<NodeEvent> observer) {
        observers.add(observer);
    }

    /** Writes into the trace. */
    public void note(String what) {
        world.trace().note("zookeeper", what);
    }

    /** The session whose request is being carried out, 0 if it is nobody's: of who has caused the change that is observed. */
    public long writer() {
        return writer;
    }

    /** A node as it is now. */
    public Optional<Node> peek(String path) {
        return tree.get(path);
    }

    /** The children as they are now; none if there is no such node. */
    public List<String> peekChildren(String path) {
        return tree.get(path).isPresent() ? tree.children(path) : List.of();
    }

    /** Creates a node in nobody's name; says whether it was not there. */
    public boolean add(String path, byte[] data) {
        if (tree.get(path).isPresent()) {
            return false;
        }
        tree.create(path, data, NodeKind.PERSISTENT, 0);
        return true;
    }

    /** Deletes a node, if it is there, in nobody's name. */
    public void remove(String path) {
        if (tree.get(path).isPresent()) {
            tree.delete(path, ZooKeeperSession.ANY_VERSION);
        }
    }

    /** Ends the session of a process although its client is well. */
    public void expire(String owner) {
        for (ServerSession session : List.copyOf(sessions.values())) {
            if (session.owner.equals(owner)) {
                world.trace().note("zookeeper", "session of " + owner + " is made to expire");
                end(session);
            }
        }
    }

    /** Breaks the connection of a process, which may connect again at once. */
    public void disconnect(String owner) {
        for (ServerSession session : List.copyOf(sessions.values())) {
            ZkLink link = session.link;
            if (session.owner.equals(owner) && link != null) {
                world.trace().note("zookeeper", "connection of " + owner + " is broken");
                link.breakOff();
            }
        }
    }

    /** A process is gone; its session lives on until it times out. */
    public void onDeath(SimProcess process) {
        for (ServerSession session : sessions.values()) {
            ZkLink link = session.link;
            if (link != null && link.process() == process) {
                link.abandon();
                session.link = null;
            }
        }
    }

    ServerSession open(SimProcess process, long timeoutNs) {
        ServerSession session = new ServerSession(++lastSession, process.name(), timeoutNs);
        sessions.put(session.id, session);
        watchOver(session);
        return session;
    }

    private void watchOver(ServerSession session) {
        long dueNs = session.lastHeardNs + session.timeoutNs;
        world.after(dueNs - world.nowNs(), "zookeeper", () -> {
            if (sessions.get(session.id) != session) {
                return;
            }
            if (session.lastHeardNs + session.timeoutNs > world.nowNs()) {
                watchOver(session);
            } else {
                world.trace().note("zookeeper", "session of " + session.owner + " expires");
                end(session);
            }
        });
    }

    /** Takes a session up again over a new link; null if it is over. */
    @Nullable
    ServerSession resume(long id, @Nullable ZkLink link) {
        ServerSession session = sessions.get(id);
        if (session != null) {
            ZkLink before = session.link;
            if (before != null) {
                before.abandon();
            }
            session.link = link;
            session.heard();
        }
        return session;
    }

    void deliverMissed(ServerSession session, ZkLink link) {
        List<Runnable> missed = List.copyOf(session.missed);
        session.missed.clear();
        missed.forEach(link::sendEvent);
    }

    void end(ServerSession session) {
        if (sessions.remove(session.id) == null) {
            return;
        }
        dropWatches(nodeWatches, session.id);
        dropWatches(childWatches, session.id);
        tree.endSession(session.id);
        ZkLink link = session.link;
        if (link != null) {
            link.breakOff();
        }
    }

    /** A read that is sent again has left its watch already. */
    private static void addOnce(Map<String, List<Watch>> watches, Watch watch) {
        List<Watch> there = watches.computeIfAbsent(watch.path, key -> new ArrayList<>());
        if (!there.contains(watch)) {
            there.add(watch);
        }
    }

    private static void dropWatches(Map<String, List<Watch>> watches, long session) {
        watches.values().forEach(each -> each.removeIf(watch -> watch.session == session));
    }

    /** Carries a request out and answers it over the link that it came on. */
    <T> void serve(ServerSession session, ZkLink link, Function<ServerSession, T> action, ZkLink.Answer<T> answer) {
        session.heard();
        T result;
        writer = session.id;
        try {
            result = action.apply(session);
        } catch (ZooKeeperException e) {
            link.sendAnswer(() -> answer.onFailure(e));
            return;
        } finally {
            writer = 0;
        }
        link.sendAnswer(() -> answer.onResult(result));
    }

    private void onEvent(NodeEvent event) {
        if (event.type() == NodeEvent.Type.CHILDREN_CHANGED) {
            fire(childWatches, event);
        } else {
            fire(nodeWatches, event);
            if (event.type() == NodeEvent.Type.DELETED) {
                fire(childWatches, event);
            }
        }
        observers.forEach(observer -> observer.accept(event));
    }

    private void fire(Map<String, List<Watch>> watches, NodeEvent event) {
        List<Watch> fired = watches.remove(event.path());
        if (fired == null) {
            return;
        }
        for (Watch watch : fired) {
            ServerSession session = sessions.get(watch.session);
            if (session != null) {
                Runnable told = () -> watch.watcher.onEvent(event);
                ZkLink link = session.link;
                if (link == null) {
                    session.missed.add(told);
                } else {
                    link.sendEvent(told);
                }
            }
        }
    }
}
