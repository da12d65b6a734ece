package io.ottla.sim.net;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.network.PeerSettings;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.api.Frames;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.message.ResponseHeader;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MessageReader;
import io.ottla.sim.world.SimLoop;
import io.ottla.sim.world.SimProcess;
import io.ottla.sim.world.SimulationFailure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a connection, as {@code network.PeerConnection} is over sockets: opened when needed, in order, broken
 * by a response that is late, opened again with growing pauses. Confined to its loop but for {@link #send}, {@link
 * #keepOpen} and {@link #close}.
 */
final class SimPeerChannel implements PeerChannel {
    private static final long BACKOFF_MIN_MS = 20;
    private static final long BACKOFF_MAX_MS = 500;

    private enum State {
        IDLE,
        CONNECTING,
        CONNECTED,
        PAUSING,
        CLOSED
    }

    private final SimNetwork network;
    private final SimProcess process;
    private final EventExecutor loop;
    private final String address;
    private final PeerSettings settings;
    private final Farewell farewell;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private State state = State.IDLE;
    private @Nullable Connection connection;
    private @Nullable Runnable onRefused;
    private int generation;
    private int lastCorrelationId;
    private long connectedAtNs;
    private long nextPauseMs;
    private boolean deadlineArmed;

    private static final class Pending {
        final ApiMessage request;
        final ApiKey key;
        final short version;
        final long deadlineNs;
        final CompletableFuture<ApiMessage> response = new CompletableFuture<>();
        int correlationId;

        Pending(ApiMessage request, ApiKey key, short version, long deadlineNs) {
            this.request = request;
            this.key = key;
            this.version = version;
            this.deadlineNs = deadlineNs;
        }
    }

    SimPeerChannel(
            SimNetwork network,
            SimProcess process,
            EventExecutor loop,
            String address,
            PeerSettings settings,
            Farewell farewell) {
        this.network = network;
        this.farewell = farewell;
        this.process = process;
        this.loop = loop;
        this.address = address;
        this.settings = settings;
    }

    @Override
    @SuppressWarnings("unchecked") // The response class belongs to the request's API.
    public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
        ApiKey key = ApiKey.forId(request.apiKey());
        if (key == null) {
            throw new IllegalArgumentException(request.getClass().getSimpleName() + " is no request");
        }
        Pending added = new Pending(
                request, key, version, nowNs() + TimeUnit.MILLISECONDS.toNanos(settings.requestTimeoutMs()));
        onLoop(() -> accept(added));
        return (CompletableFuture<R>) added.response;
    }

    @Override
    public void keepOpen(Runnable refused) {
        onLoop(() -> {
            onRefused = refused;
            if (state == State.IDLE) {
                connect();
            }
        });
    }

    @Override
    public void close() {
        onLoop(() -> {
            if (state != State.CLOSED) {
                state = State.CLOSED;
                hangUp();
                failAll("the connection was closed on this side");
            }
        });
    }

    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private long nowNs() {
        return network.world().nowNs();
    }

    private void accept(Pending added) {
        if (state == State.CLOSED) {
            added.response.completeExceptionally(unreachable("the connection was closed on this side"));
        } else if (pending.size() >= settings.maxInFlight()) {
            added.response.completeExceptionally(unreachable(settings.maxInFlight() + " requests are in flight"));
        } else {
            pending.add(added);
            armDeadline();
            if (state == State.CONNECTED) {
                write(added);
            } else if (state == State.IDLE) {
                connect();
            }
        }
    }

    private void connect() {
        state = State.CONNECTING;
        int attempt = ++generation;
        long timeoutNs = TimeUnit.MILLISECONDS.toNanos(settings.connectTimeoutMs());
        network.connect(process, new End(attempt), address, timeoutNs, new SimNetwork.Attempt() {
            @Override
            public void onConnected(Connection opened) {
                SimLoop.deliver(loop, () -> SimPeerChannel.this.onConnected(attempt, opened));
            }

            @Override
            public void onRefused() {
                SimLoop.deliver(loop, () -> onFailed(attempt, "Connection refused", true));
            }

            @Override
            public void onTimeout() {
                SimLoop.deliver(loop, () -> onFailed(attempt, "timed out", false));
            }
        });
    }

    private void onConnected(int attempt, Connection opened) {
        if (attempt != generation || state != State.CONNECTING) {
            opened.closeByClient();
            return;
        }
        connection = opened;
        state = State.CONNECTED;
        connectedAtNs = nowNs();
        List.copyOf(pending).forEach(this::write);
    }

    private void onFailed(int attempt, String why, boolean refusal) {
        if (attempt != generation || state != State.CONNECTING) {
            return;
        }
        pause();
        failAll("cannot connect: " + why);
        Runnable refused = onRefused;
        if (refusal && refused != null) {
            refused.run();
        }
    }

    private void pause() {
        state = State.PAUSING;
        int paused = ++generation;
        long pauseMs = nextPauseMs;
        nextPauseMs = Math.min(Math.max(pauseMs * 2, BACKOFF_MIN_MS), BACKOFF_MAX_MS);
        var unused = loop.schedule(
                () -> {
                    if (state == State.PAUSING && paused == generation) {
                        state = State.IDLE;
                        if (onRefused != null || !pending.isEmpty()) {
                            connect();
                        }
                    }
                },
                pauseMs,
                TimeUnit.MILLISECONDS);
    }

    private void write(Pending written) {
        Connection open = connection;
        if (open == null) {
            return;
        }
        written.correlationId = ++lastCorrelationId;
        open.sendToServer(Bytes.of(Frames.writeRequest(
                Bytes.ALLOCATOR, written.request, written.version, written.correlationId, settings.clientId())));
    }

    private final class End implements SimNetwork.Receiver {
        private final int attempt;

        End(int attempt) {
            this.attempt = attempt;
        }

        @Override
        public void onBytes(byte[] frame) {
            SimLoop.deliver(loop, () -> {
                if (attempt == generation && state == State.CONNECTED) {
                    onResponse(Bytes.received(frame));
                }
            });
        }

        @Override
        public void onEnd() {
            SimLoop.deliver(loop, () -> {
                if (attempt == generation && state == State.CONNECTED) {
                    breakOff("the peer has hung up");
                }
            });
        }
    }

    private void onResponse(ByteBuf frame) {
        Pending head = pending.remove();
        ResponseHeader header = Frames.readResponseHeader(frame, head.key, head.version);
        if (header.correlationId() != head.correlationId) {
            throw network.world()
                    .fail(new SimulationFailure(
                            "responses have the order of requests",
                            "",
                            "correlation id %d, expected %d of %s"
                                    .formatted(header.correlationId(), head.correlationId, head.key),
                            null));
        }
        ApiMessage response = head.key.newResponse();
        response.read(new MessageReader(frame), head.version);
        head.response.complete(response);
    }

    private void breakOff(String why) {
        if (nowNs() - connectedAtNs > TimeUnit.MILLISECONDS.toNanos(BACKOFF_MAX_MS)) {
            nextPauseMs = 0;
        }
        hangUp();
        pause();
        failAll(why);
    }

    private void hangUp() {
        generation++;
        Connection open = connection;
        connection = null;
        if (open != null && farewell == Farewell.LINGERS) {
            open.closeByClient();
        } else if (open != null) {
            open.abortByClient();
        }
    }

    private void failAll(String why) {
        List<Pending> failed = new ArrayList<>(pending);
        pending.clear();
        failed.forEach(each -> each.response.completeExceptionally(unreachable(why)));
    }

    private PeerUnreachableException unreachable(String why) {
        return new PeerUnreachableException("broker at " + address + ": " + why);
    }

    private void armDeadline() {
        Pending head = pending.peek();
        if (!deadlineArmed && head != null) {
            deadlineArmed = true;
            var unused =
                    loop.schedule(this::checkDeadline, Math.max(0, head.deadlineNs - nowNs()), TimeUnit.NANOSECONDS);
        }
    }

    private void checkDeadline() {
        deadlineArmed = false;
        Pending head = pending.peek();
        if (head == null) {
            return;
        }
        if (head.deadlineNs > nowNs()) {
            armDeadline();
        } else if (state == State.PAUSING) {
            failAll("no connection within " + settings.requestTimeoutMs() + " ms");
        } else {
            breakOff("no response within " + settings.requestTimeoutMs() + " ms");
        }
    }
}
