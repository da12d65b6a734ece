package io.ottla.broker.handler.fetch;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.ottla.broker.request.RequestContext;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.replication.delayed.WaitList;
import io.ottla.replication.partition.FollowerSession;
import io.ottla.storage.log.LogView;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One fetch from its request to its response: reads, and where that brings too little, waits and reads again. Confined to
 * the connection's loop, or to the worker that reads cold data while the loop leaves the call alone; only
 * {@link #onReadable} comes from the home loops of partitions.
 */
final class FetchCall {

    /** Most bytes that one cold fetch brings into memory; the client comes again for more. */
    static final int COLD_READ_MAX_BYTES = 8 << 20;

    private final RequestContext context;
    private final FetchTerms terms;
    private final FetchSession session;
    private final boolean incremental;
    private final FetchReader reader;
    private final Executor workers;
    private final FetchResponder responder;
    private final CompletableFuture<@Nullable FetchResponse> result = new CompletableFuture<>();

    /** How many bytes have yet to become readable before reading again is worth while; negative once the call is woken. */
    private final AtomicInteger missingBytes = new AtomicInteger();

    private @Nullable ScheduledFuture<?> deadline;
    private boolean expired;
    private boolean parked;

    /** @param opening with a session, acquired for this call */
    FetchCall(
            RequestContext context,
            FetchTerms terms,
            FetchSessions.Opening opening,
            FetchReader reader,
            FetchResponder responder,
            Executor workers) {
        this.context = context;
        this.terms = terms;
        this.session = Objects.requireNonNull(opening.session());
        this.incremental = opening.incremental();
        this.reader = reader;
        this.responder = responder;
        this.workers = workers;
    }

    CompletableFuture<@Nullable FetchResponse> start() {
        FollowerSession follower = session.follower();
        if (follower != null) {
            session.activateChanged(nowNs());
            new FollowerReport(reader, terms, follower).send(session, nowNs());
        }
        attempt();
        return result;
    }

    private long nowNs() {
        return context.loop().ticker().nanoTime();
    }

    /** Answers now with what there is, if the call waits; says whether it did. On the connection's loop. */
    boolean endWait(EventExecutor loop) {
        if (!parked || context.loop() != loop) {
            return false;
        }
        expire();
        return result.isDone();
    }

    private void attempt() {
        try {
            session.activateChanged(nowNs());
            if (isCold()) {
                workers.execute(this::readCold);
            } else {
                finishAttempt(readAll(terms.maxBytes()));
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** Looks only at as many partitions as the response will probably have room for. */
    private boolean isCold() {
        int remaining = terms.maxBytes();
        for (FetchedPartition wanted : session.active()) {
            int bytes = reader.bytesInMemory(wanted, terms, remaining);
            if (bytes == FetchReader.COLD) {
                return true;
            }
            remaining -= bytes;
            if (remaining <= 0) {
                return false;
            }
        }
        return false;
    }

    private void readCold() {
        try {
            Outcome outcome = readAll(Math.min(terms.maxBytes(), COLD_READ_MAX_BYTES));
            for (FetchedPartition wanted : session.active()) {
                FetchReader.load(wanted.read);
            }
            context.loop().execute(() -> finishAttempt(outcome));
        } catch (RuntimeException | Error e) {
            context.loop().execute(() -> fail(e));
        }
    }

    /**
     * What reading has brought.
     *
     * @param urgent whether something must be told at once: an error, that the client's log diverges, that it should read
     *     elsewhere
     */
    private record Outcome(long bytes, boolean urgent) {}

    private Outcome readAll(int maxBytes) {
        int remaining = maxBytes;
        long bytes = 0;
        boolean urgent = false;
        LogView.FirstBatch firstBatch = LogView.FirstBatch.WHOLE;
        for (FetchedPartition wanted : session.active()) {
            reader.read(session, wanted, terms, Math.min(wanted.maxBytes, remaining), firstBatch);
            int size = wanted.read.sizeBytes();
            if (size > 0) {
                firstBatch = LogView.FirstBatch.ONLY_IF_IT_FITS;
                remaining = Math.max(0, remaining - size);
                bytes += size;
            }
            urgent |= wanted.read.error != ErrorCode.NONE || wanted.read.isDiverging() || wanted.read.isElsewhere();
        }
        return new Outcome(bytes, urgent);
    }

    private void finishAttempt(Outcome outcome) {
        if (expired
                || outcome.urgent
                || outcome.bytes >= terms.minBytes()
                || terms.maxWaitMs() <= 0
                || session.size() == 0) {
            respond();
        } else {
            int missing = (int) (terms.minBytes() - outcome.bytes);
            dropRecords();
            session.settle();
            park(missing);
        }
    }

    private void dropRecords() {
        for (FetchedPartition wanted : session.active()) {
            wanted.read.dropRecords();
        }
    }

    /** Waits until enough has become readable, or something else has happened to a partition. */
    private void park(int missing) {
        missingBytes.set(missing);
        parked = true;
        session.setWaiting(this);
        if (deadline == null) {
            context.releaseRequest();
            deadline = context.loop().schedule(this::onDeadline, terms.maxWaitMs(), TimeUnit.MILLISECONDS);
        }
        // What has happened since a partition was looked at has woken nobody.
        if (session.isReadable()) {
            var unused = onReadable(WaitList.UNKNOWN_BYTES);
        }
    }

    /**
     * Something has happened to a partition. Called on its home loop.
     *
     * @return whether the call has been woken, so that nothing more need be told
     */
    boolean onReadable(int bytes) {
        if (missingBytes.get() <= 0) {
            return true;
        }
        int added = bytes == WaitList.UNKNOWN_BYTES ? Integer.MAX_VALUE / 2 : bytes;
        int before = missingBytes.getAndAdd(-added);
        if (before > 0 && before <= added) {
            context.loop().execute(this::onWoken);
        }
        return before <= added;
    }

    private void onWoken() {
        if (parked) {
            unpark();
            attempt();
        }
    }

    private void onDeadline() {
        if (parked) {
            session.activateAll(nowNs()); // Time to tell whatever there is to tell.
        }
        expire();
    }

    private void expire() {
        expired = true;
        if (parked) {
            unpark();
            attempt();
        }
    }

    private void unpark() {
        parked = false;
        session.setWaiting(null);
    }

    private void respond() {
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (terms.isOfFollower()) {
            session.active().forEach(reader::onServed);
        }
        FetchResponse response = responder.respond(session, terms, incremental, context.listenerName());
        session.settle();
        session.release();
        result.complete(response);
    }

    private void fail(Throwable failure) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        for (FetchedPartition wanted : session.active()) {
            wanted.read.reset();
        }
        session.release();
        result.completeExceptionally(failure);
    }
}
