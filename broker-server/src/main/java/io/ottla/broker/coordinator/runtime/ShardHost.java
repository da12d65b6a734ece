package io.ottla.broker.coordinator.runtime;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.RecordCursor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The life of one shard, from election to resignation. Confined to the shard's loop, but for {@link #write},
 * {@link #query}, {@link #queryCommitted} and {@link #onLoop}, which any thread may call.
 *
 * <pre>
 *   LOADING ──► ACTIVE ──► CLOSED
 *      └──────► FAILED ──►──┘
 * </pre>
 */
final class ShardHost<S extends CoordinatorShard> implements ShardContext, ShardLoader.Target {
    private static final Logger log = LoggerFactory.getLogger(ShardHost.class);

    private enum State {
        LOADING,
        ACTIVE,
        FAILED,
        CLOSED
    }

    private final int partition;
    private final String name;
    private final EventExecutor loop;
    private final ShardServices services;
    private final ShardDefinition<S> definition;
    private final Journal journal = new Journal();
    private final ShardTimers timers;
    private final AppendQueue appends;
    private final Consumer<ShardHost<S>> onReplacementWanted;
    private final S shard;
    private State state = State.LOADING;
    private long loadStartNs;
    private long loadedRecords;
    private int leaderEpoch;

    /** @param onReplacementWanted asks for this host to be replaced by one that loads anew */
    ShardHost(
            int partition,
            ShardDefinition<S> definition,
            ShardServices services,
            Consumer<ShardHost<S>> onReplacementWanted) {
        this.partition = partition;
        this.name = definition.topic() + "-" + partition;
        this.loop = services.homeLoops().apply(partition);
        this.services = services;
        this.definition = definition;
        this.timers = new ShardTimers(loop, services.ticker());
        this.appends = new AppendQueue(
                name,
                partition,
                loop,
                services,
                definition.settings(),
                journal,
                () -> onReplacementWanted.accept(this));
        this.onReplacementWanted = onReplacementWanted;
        this.shard = definition.factory().create(this);
    }

    void load(int leaderEpoch) {
        requireLoop();
        this.leaderEpoch = leaderEpoch;
        appends.setLeaderEpoch(leaderEpoch);
        loadStartNs = services.ticker().nanoTime();
        LogDecoder decoder = new LogDecoder(name, definition.format(), new RecordCursor());
        new ShardLoader(
                        partition,
                        services.reader(),
                        definition.settings().loadChunkBytes(),
                        decoder,
                        services.workers(),
                        loop,
                        this)
                .start();
    }

    /** The partition is led in a new epoch. A shard that could not be loaded before is tried again. */
    void setLeaderEpoch(int leaderEpoch) {
        requireLoop();
        this.leaderEpoch = leaderEpoch;
        appends.setLeaderEpoch(leaderEpoch);
        if (state == State.FAILED) {
            onReplacementWanted.accept(this);
        }
    }

    /** {@link AppendQueue#isStalled}; any thread. */
    boolean isStalled() {
        return appends.isStalled();
    }

    @Override
    public void onLoop(Runnable action) {
        if (loop.inEventLoop()) {
            action.run();
        } else {
            loop.execute(action);
        }
    }

    <T extends @Nullable Object> CompletableFuture<T> write(Function<S, CommandResult<T>> command) {
        return ask(future -> execute(command.apply(shard), BatchKind.Plain.PLAIN, future));
    }

    <T extends @Nullable Object> CompletableFuture<T> write(
            BatchKind.Transactional part, Function<S, CommandResult<T>> command) {
        return ask(future -> execute(command.apply(shard), part, future));
    }

    CompletableFuture<Boolean> end(BatchKind.Marker marker) {
        return ask(future -> {
            new TransactionEnd(marker.producerId(), marker.marker().outcome()).replayOn(shard);
            appends.addMarker(marker, future);
        });
    }

    <T extends @Nullable Object> CompletableFuture<T> query(Function<S, T> query) {
        return ask(future -> future.complete(query.apply(shard)));
    }

    <T extends @Nullable Object> CompletableFuture<T> queryCommitted(Function<S, T> query) {
        return ask(future -> appends.addReader(future, query.apply(shard)));
    }

    /** Runs {@code action} on the loop if the shard is active; what it throws, and any other state, fails the future. */
    private <T extends @Nullable Object> CompletableFuture<T> ask(Consumer<CompletableFuture<T>> action) {
        CompletableFuture<T> future = new CompletableFuture<>();
        try {
            onLoop(() -> {
                try {
                    requireActive();
                    action.accept(future);
                } catch (RuntimeException e) {
                    fail(future, e);
                }
            });
        } catch (RejectedExecutionException e) {
            future.completeExceptionally(new ApiException(ErrorCode.NOT_COORDINATOR, name + " is shutting down"));
        }
        return future;
    }

    private void fail(CompletableFuture<?> future, RuntimeException cause) {
        if (!(cause instanceof ApiException)) {
            log.error("{}: a command failed", name, cause);
        }
        future.completeExceptionally(cause);
    }

    private void requireActive() {
        if (state == State.LOADING) {
            throw new ApiException(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, name + " is loading");
        }
        if (state != State.ACTIVE) {
            throw new ApiException(ErrorCode.NOT_COORDINATOR, name + " is not coordinated here");
        }
    }

    private <T extends @Nullable Object> void execute(
            CommandResult<T> result, BatchKind kind, CompletableFuture<T> future) {
        if (result.records().isEmpty()) {
            future.complete(result.response());
            return;
        }
        EncodedRecords encoded = EncodedRecords.encode(result.records(), definition.format(), services.allocator());
        long mark = journal.end();
        boolean added = false;
        try {
            if (!appends.accepts(encoded)) {
                refuseTooLarge(result, future);
                return;
            }
            result.records().forEach(record -> entryOf(record, kind).replayOn(shard));
            appends.add(encoded, kind, future, result.response(), result.onOutcome());
            added = true;
        } finally {
            if (!added) {
                journal.undoTo(mark);
                encoded.release();
            }
        }
    }

    private static LogEntry entryOf(CoordinatorRecord record, BatchKind kind) {
        return kind instanceof BatchKind.Transactional part
                ? new TransactionalRecord(part.producerId(), record)
                : record;
    }

    private <T extends @Nullable Object> void refuseTooLarge(CommandResult<T> result, CompletableFuture<T> future) {
        if (result.onOutcome() != null) {
            result.onOutcome().accept(ErrorCode.RECORD_LIST_TOO_LARGE);
        }
        future.completeExceptionally(new ApiException(
                ErrorCode.RECORD_LIST_TOO_LARGE,
                result.records().size() + " records of one command exceed the batch limit of "
                        + definition.settings().maxBatchBytes() + " bytes in " + name));
    }

    @Override
    public boolean replay(List<LogEntry> entries) {
        if (state != State.LOADING) {
            return false;
        }
        entries.forEach(entry -> entry.replayOn(shard));
        loadedRecords += entries.size();
        return true;
    }

    @Override
    public void onLoaded() {
        if (state != State.LOADING) {
            return;
        }
        state = State.ACTIVE;
        journal.startRecording();
        shard.onLoaded();
        log.atLevel(loadedRecords == 0 ? Level.DEBUG : Level.INFO)
                .log(
                        "{}: loaded {} records in {} ms",
                        name,
                        loadedRecords,
                        (services.ticker().nanoTime() - loadStartNs) / 1_000_000);
    }

    @Override
    public void onLoadFailed(Throwable cause) {
        if (state == State.LOADING) {
            state = State.FAILED;
            log.error("{}: loading failed, its requests are answered with NOT_COORDINATOR", name, cause);
        }
    }

    void close() {
        requireLoop();
        State before = state;
        state = State.CLOSED;
        timers.cancelAll();
        appends.close(ErrorCode.NOT_COORDINATOR, name + " is not coordinated here any more");
        if (before == State.ACTIVE) {
            shard.onUnloaded();
        }
    }

    @Override
    public int partition() {
        return partition;
    }

    @Override
    public int leaderEpoch() {
        return leaderEpoch;
    }

    @Override
    public Journal journal() {
        return journal;
    }

    @Override
    public long nowMs() {
        return services.clock().millis();
    }

    @Override
    public long nowNs() {
        return services.ticker().nanoTime();
    }

    @Override
    public ShardTimer schedule(long delayMs, Runnable action) {
        return timers.schedule(delayMs, () -> {
            try {
                action.run();
            } catch (RuntimeException e) {
                log.error("{}: a timer's action failed", name, e);
            }
        });
    }

    @Override
    public void append(List<CoordinatorRecord> records, Consumer<ErrorCode> onOutcome) {
        requireLoop();
        if (state != State.ACTIVE) {
            return;
        }
        try {
            execute(
                    new CommandResult<>(records, Boolean.TRUE, onOutcome),
                    BatchKind.Plain.PLAIN,
                    new CompletableFuture<>());
        } catch (RuntimeException e) {
            log.error("{}: {} records cannot be written", name, records.size(), e);
            onOutcome.accept(ErrorCode.UNKNOWN_SERVER_ERROR);
        }
    }

    private void requireLoop() {
        if (!loop.inEventLoop()) {
            throw new IllegalStateException(name + " is touched outside of its loop, by "
                    + Thread.currentThread().getName());
        }
    }
}
