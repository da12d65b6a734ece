package io.ottla.sim.net;

import io.ottla.sim.net.SimNetwork.Receiver;
import io.ottla.sim.world.SimProcess;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A connection between two processes; each direction keeps its order, and stands still while its link is cut. */
public final class Connection {
    private final SimNetwork network;
    private final SimProcess client;
    private final SimProcess server;
    private final Pipe toServer;
    private final Pipe toClient;
    private boolean closed;

    Connection(SimNetwork network, SimProcess client, SimProcess server) {
        this.network = network;
        this.client = client;
        this.server = server;
        this.toServer = new Pipe(client.host(), server.host());
        this.toClient = new Pipe(server.host(), client.host());
    }

    void open(Receiver atClient, Receiver atServer) {
        toClient.receiver = atClient;
        toServer.receiver = atServer;
    }

    boolean isBetween(int one, int other) {
        return (client.host() == one && server.host() == other) || (client.host() == other && server.host() == one);
    }

    SimProcess client() {
        return client;
    }

    void sendToServer(byte[] frame) {
        toServer.send(frame);
    }

    void sendToClient(byte[] frame) {
        toClient.send(frame);
    }

    /** The client hangs up; the server hears of it after what was sent. */
    void closeByClient() {
        toClient.end();
        toServer.finish();
    }

    /** The client hangs up without a care for what it has sent: what is still under way is lost. */
    void abortByClient() {
        toServer.drop();
        closeByClient();
    }

    /** The server hangs up; the client hears of it after what was sent. */
    void closeByServer() {
        toServer.end();
        toClient.finish();
    }

    /** What is under way is lost, and both ends hear of it. */
    void reset() {
        toServer.drop();
        toClient.drop();
        toServer.finish();
        toClient.finish();
    }

    void onDeath(SimProcess process) {
        if (process == client) {
            toClient.end();
            toServer.drop();
            toServer.finish();
        } else if (process == server) {
            toServer.end();
            toClient.drop();
            toClient.finish();
        }
    }

    void resume() {
        toServer.pump();
        toClient.pump();
    }

    private void forgetIfOver() {
        if (!closed && toServer.over && toClient.over) {
            closed = true;
            network.forget(this);
        }
    }

    private final class Pipe {
        private final int from;
        private final int to;
        private final String label;
        private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
        private @Nullable Receiver receiver;
        private boolean finishing;
        private boolean over;
        private boolean pumping;

        Pipe(int from, int to) {
            this.from = from;
            this.to = to;
            this.label = "net " + from + ">" + to;
        }

        void send(byte[] frame) {
            if (!over && !finishing) {
                queue.add(frame);
                pump();
            }
        }

        /** Nobody listens any more. */
        void end() {
            over = true;
            queue.clear();
            forgetIfOver();
        }

        /** Nothing follows what is in the queue. */
        void finish() {
            if (!over && !finishing) {
                finishing = true;
                pump();
            }
        }

        void drop() {
            queue.clear();
        }

        void pump() {
            if (!pumping && !over && (finishing || !queue.isEmpty())) {
                pumping = true;
                network.world().after(network.delayNs(from, to), label, this::arrive);
            }
        }

        private void arrive() {
            pumping = false;
            Receiver there = receiver;
            if (over || there == null || network.isCut(from, to)) {
                return;
            }
            // Packets that follow each other closely arrive together.
            for (byte[] next = queue.poll(); next != null; next = queue.poll()) {
                there.onBytes(next);
            }
            if (finishing && !over) {
                end();
                there.onEnd();
            }
        }
    }
}
