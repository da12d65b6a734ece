package io.ottla.replication.fetcher;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.message.FetchResponse.FetchableTopicResponse;
import io.ottla.protocol.message.FetchResponse.PartitionData;
import io.ottla.replication.partition.FollowerRole;
import io.ottla.replication.partition.Partition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies partitions from one broker. Confined to its loop, except for {@link #follow}, {@link #forget} and {@link #close},
 * which any thread may call.
 */
final class ReplicaFetcher {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFetcher.class);

    /** The second request makes the leader answer the first. */
    private static final int MAX_IN_FLIGHT = 2;

    private final FetcherContext context;
    private final int sourceId;
    private final EventExecutor loop;
    private final FetchSessionState session;
    private final OffsetRecovery recovery;

    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean changesScheduled = new AtomicBoolean();

    private final Map<TopicPartition, FetchTarget> targets = new LinkedHashMap<>();
    private final Map<UUID, String> topicNames = new LinkedHashMap<>();
    private @Nullable PeerChannel channel;
    private long requestNumber;
    private int inFlight;
    private int applying;
    private int failures;
    private @Nullable ScheduledFuture<?> pause;
    private boolean closed;

    /** A partition to copy from now on, or, without a role, no more. */
    private record Change(Partition partition, @Nullable FollowerRole role) {}

    ReplicaFetcher(FetcherContext context, int sourceId, EventExecutor loop) {
        this.context = context;
        this.sourceId = sourceId;
        this.loop = loop;
        this.session = new FetchSessionState(context.settings());
        this.recovery = new OffsetRecovery(context.brokerId(), loop);
    }

    void follow(Partition partition, FollowerRole role) {
        enqueue(new Change(partition, role));
    }

    void forget(Partition partition) {
        enqueue(new Change(partition, null));
    }

    /** Many partitions change at once, on several loops: they are taken over together. */
    private void enqueue(Change change) {
        changes.add(change);
        if (changesScheduled.compareAndSet(false, true)) {
            loop.execute(this::takeChanges);
        }
    }

    void close() {
        loop.execute(() -> {
            closed = true;
            targets.values().forEach(session::forget);
            targets.clear();
            disconnect();
        });
    }

    private void takeChanges() {
        changesScheduled.set(false);
        for (Change change = changes.poll(); change != null; change = changes.poll()) {
            Partition partition = change.partition;
            FetchTarget old = targets.remove(partition.name());
            if (old != null) {
                session.forget(old);
            }
            if (change.role != null && !closed) {
                FetchTarget target = new FetchTarget(partition, change.role);
                targets.put(partition.name(), target);
                topicNames.put(partition.topicId(), partition.name().topic());
                if (isHeldBack(target)) {
                    target.paused = true;
                    resume(target);
                } else {
                    session.include(target);
                }
            }
        }
        if (targets.isEmpty()) {
            topicNames.clear();
            disconnect();
        }
        fetch();
    }

    /** Sends a request if there is reason to, and nothing to wait for. */
    private void fetch() {
        if (closed || pause != null || applying > 0 || inFlight >= MAX_IN_FLIGHT) {
            return;
        }
        if (session.isEmpty() || (inFlight > 0 && (!session.isEstablished() || !session.hasNews()))) {
            return;
        }
        PeerChannel open = connected();
        if (open == null) {
            onChannelFailure("its address is not known");
            return;
        }
        requestNumber++;
        Sent sent = new Sent(requestNumber, open);
        FetchRequest request = session.next(requestNumber);
        context.identify(request, session.version());
        sent.full = request.sessionEpoch() == 0;
        sent.generation = session.generation();
        inFlight++;
        var unused = open.<FetchResponse>send(request, session.version())
                .whenComplete((response, failure) -> onEnd(sent, response, failure));
    }

    private @Nullable PeerChannel connected() {
        if (channel == null) {
            channel = context.connector().connect(sourceId, loop);
        }
        return channel;
    }

    /** A request under way. */
    private static final class Sent {
        final long number;
        final PeerChannel channel;
        int generation;
        boolean full;

        Sent(long number, PeerChannel channel) {
            this.number = number;
            this.channel = channel;
        }
    }

    /** On the channel's thread. */
    private void onEnd(Sent sent, @Nullable FetchResponse response, @Nullable Throwable failure) {
        if (loop.inEventLoop()) {
            onResponse(sent, response, failure);
        } else {
            FetchedBuffers.retain(response);
            loop.execute(() -> {
                try {
                    onResponse(sent, response, failure);
                } finally {
                    FetchedBuffers.release(response);
                }
            });
        }
    }

    private void onResponse(Sent sent, @Nullable FetchResponse response, @Nullable Throwable failure) {
        inFlight--;
        if (closed || sent.channel != channel) {
            fetch();
        } else if (failure != null || response == null) {
            onChannelFailure(String.valueOf(failure));
        } else if (sent.generation != session.generation()) {
            fetch();
        } else if (response.errorCode() != ErrorCode.NONE.code()) {
            onRefusal(ErrorCode.forCode(response.errorCode()));
        } else {
            failures = 0;
            if (sent.full) {
                session.onFullAnswer(response.sessionId());
            }
            deliver(sent, response);
        }
    }

    /** The leader's answer concerns the session as a whole: begin a new one. */
    private void onRefusal(ErrorCode error) {
        LOG.info("broker {} refuses to go on with the fetch session: {}", sourceId, error);
        session.reset();
        failures++;
        pauseAll();
    }

    private void onChannelFailure(String reason) {
        if (failures == 0) {
            LOG.info("cannot fetch from broker {}: {}", sourceId, reason);
        }
        disconnect();
        failures++;
        pauseAll();
    }

    private void pauseAll() {
        if (pause == null) {
            pause = loop.schedule(
                    () -> {
                        pause = null;
                        fetch();
                    },
                    context.settings().backoffMs(failures),
                    TimeUnit.MILLISECONDS);
        }
    }

    private void disconnect() {
        PeerChannel old = channel;
        channel = null;
        if (old != null) {
            session.reset();
            old.close();
        }
    }

    private void deliver(Sent sent, FetchResponse response) {
        @Nullable DeliveryRound[] rounds = new DeliveryRound[context.loopCount()];
        for (FetchableTopicResponse topic : response.responses()) {
            String name =
                    session.version() >= FetchSessionState.VERSION ? topicNames.get(topic.topicId()) : topic.topic();
            for (PartitionData data : topic.partitions()) {
                FetchTarget target = name == null ? null : targets.get(new TopicPartition(name, data.partitionIndex()));
                if (target != null && target.isAnsweredBy(sent.number)) {
                    receive(target, data, rounds);
                } else if (target != null && target.isSentBy(sent.number)) {
                    // The leader takes what it says here for known. A later request has made it forget that already,
                    // and one more would only overtake the answer to it, again and again.
                    session.tell(target);
                }
            }
        }
        for (DeliveryRound round : rounds) {
            if (round != null) {
                applying++;
            }
        }
        for (DeliveryRound round : rounds) {
            if (round != null) {
                round.start(loop, this::onDelivered);
            }
        }
        fetch();
    }

    private void receive(FetchTarget target, PartitionData data, @Nullable DeliveryRound[] rounds) {
        ErrorCode error = ErrorCode.forCode(data.errorCode());
        if (error == ErrorCode.NONE) {
            int index = target.partition.loopIndex();
            DeliveryRound round = rounds[index];
            if (round == null) {
                round = new DeliveryRound(target.partition.loop());
                rounds[index] = round;
            }
            target.delivering = true;
            round.add(new Delivery(target, data));
        } else if (error == ErrorCode.OFFSET_OUT_OF_RANGE && channel != null) {
            LOG.info(
                    "{}: the leader does not have offset {}",
                    target.partition.name(),
                    target.role.log().view());
            suspend(target);
            recovery.start(target, channel, success -> {
                if (success) {
                    resume(target);
                } else {
                    retryLater(target);
                }
            });
        } else {
            onPartitionError(target, error);
        }
    }

    private void onPartitionError(FetchTarget target, ErrorCode error) {
        suspend(target);
        retryLater(target);
        LOG.debug("{}: broker {} answers {}", target.partition.name(), sourceId, error);
    }

    private void onDelivered(List<Delivery> deliveries) {
        applying--;
        for (Delivery delivery : deliveries) {
            FetchTarget target = delivery.target;
            target.delivering = false;
            if (targets.get(target.partition.name()) != target) {
                continue;
            }
            switch (delivery.outcome()) {
                case GONE -> {} // A change is on its way here.
                case DONE -> onTakenOver(delivery);
                case FAILED -> {
                    suspend(target);
                    retryLater(target);
                }
            }
        }
        fetch();
    }

    private void onTakenOver(Delivery delivery) {
        FetchTarget target = delivery.target;
        target.onSuccess();
        target.caughtUp = delivery.isCaughtUp();
        context.throttle().onCopied(target.role.log(), delivery.sizeBytes());
        var flushed = delivery.flushed();
        if (flushed == null && isHeldBack(target)) {
            suspend(target);
            resume(target);
            return;
        }
        if (flushed == null) {
            if (target.move()) {
                session.tell(target);
            }
            return;
        }
        // The leader may count this replica only when the records are on disk; others do not wait for that.
        suspend(target);
        var unused = flushed.whenComplete((done, failure) -> loop.execute(() -> {
            if (failure == null) {
                resume(target);
            } else {
                retryLater(target);
            }
        }));
    }

    private void suspend(FetchTarget target) {
        target.paused = true;
        session.forget(target);
    }

    /** Fetches the partition again, at once or when its replicas may be copied again. */
    private void resume(FetchTarget target) {
        if (targets.get(target.partition.name()) != target) {
            return;
        }
        if (isHeldBack(target)) {
            var unused = loop.schedule(() -> resume(target), context.throttle().delayMs(), TimeUnit.MILLISECONDS);
            return;
        }
        target.paused = false;
        target.move();
        session.include(target);
        fetch();
    }

    private boolean isHeldBack(FetchTarget target) {
        return context.throttle().holdsBack(target.role.log(), target.caughtUp);
    }

    private void retryLater(FetchTarget target) {
        long delayMs = context.settings().backoffMs(target.onFailure());
        var unused = loop.schedule(() -> resume(target), delayMs, TimeUnit.MILLISECONDS);
    }
}
