package io.ottla.compat.fuzz;

import io.ottla.compat.fuzz.HostileFrames.Hostile;
import io.ottla.compat.fuzz.RandomRequests.VersionRange;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.message.ApiMessageType;

/**
 * Throws frames at a broker over TCP, knowing nothing of it but its address: real requests of every API and version, the
 * same mutated, random bytes, absurd lengths, frames broken off. Beside that a healthy client asks all along and must
 * be answered.
 *
 * <p>Several clients send bursts, each on a connection that lives until the broker closes it. A frame counts once its
 * fate is known: answered, or the cause of the connection's end.
 */
public final class FrameFuzz {

    private static final int BURST_FRAMES = 16;
    private static final int CONNECT_TIMEOUT_MS = 10_000;

    /** How long an answer may take before the client leaves: requests may rightly wait, for others or for their time. */
    private static final int ANSWER_TIMEOUT_MS = 500;

    private static final long PROBE_PAUSE_MS = 2;

    /** One exchange of a healthy client, which throws when it is not as it should be. */
    public interface Probe extends AutoCloseable {
        void ask() throws Exception;

        @Override
        void close() throws IOException;
    }

    /**
     * What to do.
     *
     * @param frames how many frames must have met their fate
     * @param clients how many clients send at the same time
     * @param excluded APIs to leave out
     */
    public record Plan(InetSocketAddress broker, long seed, long frames, int clients, Set<ApiMessageType> excluded) {}

    /**
     * What came of it.
     *
     * @param answered frames that were answered
     * @param closed frames that ended their connection
     * @param unanswered connections that the client left because an answer did not come in time
     * @param healthyAnswers exchanges of the healthy client
     * @param slowestAnswer the longest of them
     */
    public record Report(
            long answered,
            long closed,
            long unanswered,
            long healthyAnswers,
            Duration slowestAnswer,
            Duration elapsed) {

        public long frames() {
            return answered + closed + unanswered;
        }
    }

    private final Plan plan;
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private final AtomicLong unanswered = new AtomicLong();
    private long healthyAnswers;
    private long slowestAnswerNs;

    private FrameFuzz(Plan plan) {
        this.plan = plan;
    }

    /**
     * Runs the plan with a healthy client that asks for ApiVersions.
     *
     * @throws Exception of the healthy client, or of a client that could not connect
     */
    public static Report run(Plan plan) throws Exception {
        try (Probe probe = new HealthyClient(plan.broker())) {
            return run(plan, probe);
        }
    }

    /** Runs the plan with a healthy client of the caller's. */
    public static Report run(Plan plan, Probe probe) throws Exception {
        return new FrameFuzz(plan).run(probe);
    }

    private Report run(Probe probe) throws Exception {
        Map<Short, VersionRange> served = served();
        long startNs = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(plan.clients());
        try {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < plan.clients(); i++) {
                long seed = plan.seed() + i;
                clients.add(threads.submit(() -> {
                    attack(new Random(seed), served);
                    return null;
                }));
            }
            while (clients.stream().anyMatch(client -> !client.isDone())) {
                askHealthily(probe);
                Thread.sleep(PROBE_PAUSE_MS);
            }
            for (Future<?> client : clients) {
                client.get();
            }
            askHealthily(probe);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client of the fuzz failed", e.getCause());
        } finally {
            threads.shutdownNow();
        }
        return new Report(
                answered.get(),
                closed.get(),
                unanswered.get(),
                healthyAnswers,
                Duration.ofNanos(slowestAnswerNs),
                Duration.ofNanos(System.nanoTime() - startNs));
    }

    private void askHealthily(Probe probe) throws Exception {
        long startNs = System.nanoTime();
        probe.ask();
        slowestAnswerNs = Math.max(slowestAnswerNs, System.nanoTime() - startNs);
        healthyAnswers++;
    }

    private boolean isDone() {
        return answered.get() + closed.get() + unanswered.get() >= plan.frames() || Thread.interrupted();
    }

    private Map<Short, VersionRange> served() throws IOException {
        try (HealthyClient client = new HealthyClient(plan.broker())) {
            return client.served();
        }
    }

    private void attack(Random random, Map<Short, VersionRange> served) throws IOException {
        HostileFrames frames = new HostileFrames(random, plan.excluded(), served);
        while (!isDone()) {
            try (Socket socket = new Socket()) {
                // The port is free again at once, whoever closes first.
                socket.setSoLinger(true, 0);
                socket.connect(plan.broker(), CONNECT_TIMEOUT_MS);
                socket.setSoTimeout(ANSWER_TIMEOUT_MS);
                DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
                while (!isDone() && burst(socket, in, frames, random)) {
                    // The connection still stands.
                }
            }
        }
    }

    /** Sends a burst and waits for its fate; false when the connection is of no more use. */
    private boolean burst(Socket socket, DataInputStream in, HostileFrames frames, Random random) throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        int count = 1 + random.nextInt(BURST_FRAMES);
        int sent = 0;
        boolean isLast = false;
        while (sent < count && !isLast) {
            Hostile frame = frames.next(sent);
            wire.writeBytes(frame.wire());
            isLast = frame.isLast();
            sent++;
        }
        int answers = 0;
        try {
            send(socket, wire.toByteArray(), random);
            int whole = isLast ? sent - 1 : sent;
            while (answers < whole) {
                in.skipNBytes(in.readInt());
                answers++;
                answered.incrementAndGet();
            }
            if (isLast) {
                closed.incrementAndGet();
            }
            return !isLast;
        } catch (SocketTimeoutException e) {
            unanswered.incrementAndGet();
            return false;
        } catch (IOException e) {
            closed.incrementAndGet();
            return false;
        }
    }

    /** In one piece, or now and then in several. */
    private static void send(Socket socket, byte[] wire, Random random) throws IOException {
        int at = 0;
        if (random.nextInt(20) == 0) {
            for (int pieces = random.nextInt(5); pieces > 0 && at < wire.length; pieces--) {
                int length = Math.min(wire.length - at, 1 + random.nextInt(30));
                socket.getOutputStream().write(wire, at, length);
                at += length;
            }
        }
        socket.getOutputStream().write(wire, at, wire.length - at);
    }
}
