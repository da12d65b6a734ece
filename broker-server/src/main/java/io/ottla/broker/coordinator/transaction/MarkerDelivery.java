package io.ottla.broker.coordinator.transaction;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/**
 * Delivers markers to the leaders of partitions, those of this broker included: one queue per broker, whatever has gathered
 * there in one request. What a broker refuses, or does not answer, is sent again to whoever leads then. Confined to its
 * loop, but for {@link #send} and {@link #close}.
 */
public final class MarkerDelivery implements MarkerSender, AutoCloseable {
    /** Answer of the directory for a partition without a leader at present. */
    public static final int NO_LEADER = -1;
    /** Answer of the directory for a partition that it does not know. */
    public static final int NO_PARTITION = -2;

    private static final long RETRY_MS = 50;

    /** After this time a partition that nobody knows is taken for deleted; before, for one that is not known here yet. */
    private static final long UNKNOWN_PATIENCE_MS = 10_000;

    private final EventExecutor loop;
    private final ToIntFunction<TopicPartition> leaders;
    private final IntFunction<PeerChannel> channels;
    private final Map<Integer, MarkerChannel> byBroker = new HashMap<>();
    /** What is tried again when the timer fires. */
    private List<MarkerPart> parked = new ArrayList<>();

    private boolean timerSet;
    private boolean closed;

    /**
     * @param leaders the broker that leads a partition, {@link #NO_LEADER} or {@link #NO_PARTITION}; any thread
     * @param channels opens the way to a broker, wherever it is alive; completions come on {@code loop} or are brought there
     */
    public MarkerDelivery(
            EventExecutor loop, ToIntFunction<TopicPartition> leaders, IntFunction<PeerChannel> channels) {
        this.loop = loop;
        this.leaders = leaders;
        this.channels = channels;
    }

    @Override
    public CompletableFuture<ErrorCode> send(Marker marker, SortedSet<TopicPartition> partitions) {
        CompletableFuture<ErrorCode> done = new CompletableFuture<>();
        MarkerTask task = new MarkerTask(marker, partitions, done);
        loop.execute(() -> route(task, partitions));
        return done;
    }

    private void route(MarkerTask task, Collection<TopicPartition> partitions) {
        Map<Integer, List<TopicPartition>> byLeader = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            int leader = leaders.applyAsInt(partition);
            if (leader != NO_PARTITION) {
                task.seen(partition);
            } else if (task.isUnknownFor(partition, loop.ticker().nanoTime(), UNKNOWN_PATIENCE_MS)) {
                task.settled(partition);
                continue;
            }
            byLeader.computeIfAbsent(Math.max(leader, NO_LEADER), id -> new ArrayList<>())
                    .add(partition);
        }
        byLeader.forEach((leader, led) -> {
            MarkerPart part = new MarkerPart(task, led);
            if (leader == NO_LEADER) {
                park(part);
            } else {
                channelTo(leader).add(part);
            }
        });
    }

    private MarkerChannel channelTo(int brokerId) {
        return byBroker.computeIfAbsent(brokerId, id -> new MarkerChannel(id, loop, channels.apply(id), this::park));
    }

    /** Keeps what could not be written now, to be routed again soon. */
    private void park(MarkerPart part) {
        if (closed || !part.task().isWanted()) {
            return;
        }
        parked.add(part);
        if (!timerSet) {
            timerSet = true;
            var unused = loop.schedule(this::routeParked, RETRY_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void routeParked() {
        timerSet = false;
        List<MarkerPart> again = parked;
        parked = new ArrayList<>();
        for (MarkerPart part : again) {
            if (!closed && part.task().isWanted()) {
                route(part.task(), part.partitions());
            }
        }
    }

    /** Sends nothing more. What was not written yet never completes. Any thread. */
    @Override
    public void close() {
        loop.execute(() -> {
            closed = true;
            byBroker.values().forEach(MarkerChannel::close);
        });
    }
}
