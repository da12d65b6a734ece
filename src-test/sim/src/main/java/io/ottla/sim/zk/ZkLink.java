package io.ottla.sim.zk;

import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.sim.world.SimProcess;
import io.ottla.sim.world.World;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A connection between a client and the ensemble: both directions keep their order, and lose everything when it breaks. */
final class ZkLink {
    private static final int SILENT_PINGS = 2;

    private final SimZooKeeper zooKeeper;
    private final World world;
    private final SimZooKeeperSession client;
    private final ArrayDeque<Message> down = new ArrayDeque<>();
    private SimZooKeeper.ServerSession session;
    private boolean open = true;
    private boolean upLost;
    private boolean downLost;
    private long lastUpNs;
    private long lastDownNs;
    private int missedPings;
    private final String upLabel;
    private final String downLabel;

    private record Message(boolean event, Runnable delivery) {}

    interface Answer<T> {
        void onResult(T result);

        void onFailure(ZooKeeperException failure);
    }

    ZkLink(SimZooKeeper zooKeeper, SimZooKeeperSession client, SimZooKeeper.ServerSession session) {
        this.zooKeeper = zooKeeper;
        this.world = zooKeeper.world();
        this.client = client;
        this.session = session;
        this.upLabel = "zk<" + host();
        this.downLabel = "zk>" + host();
    }

    SimProcess process() {
        return client.process();
    }

    boolean isOpen() {
        return open;
    }

    private int host() {
        return process().host();
    }

    /** Begins to keep the session alive. */
    void keepAlive(long intervalNs) {
        world.after(intervalNs, "ping", () -> {
            if (!open || process().isDead()) {
                return;
            }
            if (!process().isPaused()) {
                ping();
            }
            keepAlive(intervalNs);
        });
    }

    private void ping() {
        boolean lost = upLost || zooKeeper.network().isCut(host(), SimZooKeeper.HOST);
        if (!lost) {
            session.heard();
        }
        if (lost || downLost || zooKeeper.network().isCut(SimZooKeeper.HOST, host())) {
            missedPings++;
            if (missedPings >= SILENT_PINGS) {
                breakOff();
            }
        } else {
            missedPings = 0;
        }
    }

    /** Sends something that happens at the ensemble. */
    void sendUp(Consumer<SimZooKeeper.ServerSession> action) {
        lastUpNs = Math.max(lastUpNs, world.nowNs() + zooKeeper.network().delayNs(host(), SimZooKeeper.HOST));
        world.after(lastUpNs - world.nowNs(), upLabel, () -> {
            upLost |= zooKeeper.network().isCut(host(), SimZooKeeper.HOST);
            if (open && !upLost) {
                action.accept(session);
            }
        });
    }

    void sendAnswer(Runnable delivery) {
        sendDown(new Message(false, delivery));
    }

    void sendEvent(Runnable delivery) {
        sendDown(new Message(true, delivery));
    }

    private void sendDown(Message message) {
        down.add(message);
        lastDownNs = Math.max(lastDownNs, world.nowNs() + zooKeeper.network().delayNs(SimZooKeeper.HOST, host()));
        world.after(lastDownNs - world.nowNs(), downLabel, () -> {
            downLost |= zooKeeper.network().isCut(SimZooKeeper.HOST, host());
            if (open && !downLost) {
                client.deliver(down.remove().delivery);
            }
        });
    }

    /** Breaks; the client hears of it, the server keeps the events that were under way. */
    void breakOff() {
        if (open) {
            abandon();
            client.onBroken(this);
        }
    }

    /** Breaks without a word to the client. */
    void abandon() {
        open = false;
        List<Runnable> undelivered = new ArrayList<>();
        down.forEach(message -> {
            if (message.event) {
                undelivered.add(message.delivery);
            }
        });
        down.clear();
        session.onBroken(this, undelivered);
    }
}
