package io.ottla.broker.coordinator.runtime;

import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All shards of one coordinator on this broker. Any thread; it owns which partitions are coordinated here, the shards own
 * the rest. Futures complete on the loop of their shard.
 *
 * <p>Errors of commands and queries are {@code ApiException}s: {@code NOT_COORDINATOR},
 * {@code COORDINATOR_LOAD_IN_PROGRESS}, {@code REQUEST_TIMED_OUT}, what the append failed with, or what the shard threw.
 */
public final class ShardRuntime<S extends CoordinatorShard> {
    /** A shard that leads its partition in an epoch. */
    private record Tenure<S extends CoordinatorShard>(ShardHost<S> host, int leaderEpoch) {}

    private final ShardDefinition<S> definition;
    private final ShardServices services;
    private final Map<Integer, Tenure<S>> tenures = new ConcurrentHashMap<>();

    public ShardRuntime(ShardDefinition<S> definition, ShardServices services) {
        this.definition = definition;
        this.services = services;
    }

    /**
     * This broker leads {@code partition}: its shard is loaded, unless it is here from an earlier epoch already. The
     * elections and resignations of one partition come from one thread at a time, in their order.
     */
    public void onElection(int partition, int leaderEpoch) {
        Tenure<S> tenure = tenures.get(partition);
        if (tenure == null) {
            begin(partition, leaderEpoch);
        } else if (tenure.leaderEpoch() < leaderEpoch) {
            tenures.put(partition, new Tenure<>(tenure.host(), leaderEpoch));
            tenure.host().onLoop(() -> tenure.host().setLeaderEpoch(leaderEpoch));
        }
    }

    /** This broker does not lead {@code partition} any more as of {@code leaderEpoch}; older news are ignored. */
    public void onResignation(int partition, int leaderEpoch) {
        Tenure<S> tenure = tenures.get(partition);
        if (tenure != null && tenure.leaderEpoch() <= leaderEpoch && tenures.remove(partition, tenure)) {
            tenure.host().onLoop(tenure.host()::close);
        }
    }

    /** Gives up all shards, answering what they owe. */
    public void close() {
        partitions().forEach(partition -> onResignation(partition, Integer.MAX_VALUE));
    }

    private void begin(int partition, int leaderEpoch) {
        ShardHost<S> host = new ShardHost<>(partition, definition, services, this::reload);
        tenures.put(partition, new Tenure<>(host, leaderEpoch));
        host.onLoop(() -> host.load(leaderEpoch));
    }

    /** Puts a fresh shard in the place of one that does not know what its log holds. */
    private void reload(ShardHost<S> host) {
        Tenure<S> tenure = tenures.get(host.partition());
        if (tenure != null && tenure.host() == host) {
            ShardHost<S> successor = new ShardHost<>(host.partition(), definition, services, this::reload);
            if (tenures.replace(host.partition(), tenure, new Tenure<>(successor, tenure.leaderEpoch()))) {
                successor.load(tenure.leaderEpoch());
            }
        }
        host.close();
    }

    /** Numbers of the partitions coordinated here, loading ones included, ascending. */
    public List<Integer> partitions() {
        return new ArrayList<>(new TreeMap<>(tenures).keySet());
    }

    /**
     * Whether the partition is coordinated here as far as this broker knows, but what was appended last has not been committed
     * in time. Then others may lead it, of which a broker behind a cut does not hear.
     */
    public boolean isStalled(int partition) {
        Tenure<S> tenure = tenures.get(partition);
        return tenure != null && tenure.host().isStalled();
    }

    /** Runs a command; its response comes when its records are committed. */
    public <T extends @Nullable Object> CompletableFuture<T> write(
            int partition, Function<S, CommandResult<T>> command) {
        Tenure<S> tenure = tenures.get(partition);
        return tenure == null ? notCoordinator(partition) : tenure.host().write(command);
    }

    /** Runs a command whose records are part of a transaction; its response comes when they are in the log to stay. */
    public <T extends @Nullable Object> CompletableFuture<T> writeInTransaction(
            int partition, BatchKind.Transactional part, Function<S, CommandResult<T>> command) {
        Tenure<S> tenure = tenures.get(partition);
        return tenure == null ? notCoordinator(partition) : tenure.host().write(part, command);
    }

    /** Ends the transaction that a producer has in the partition; completes when the marker is committed. */
    public CompletableFuture<Boolean> endTransaction(int partition, BatchKind.Marker marker) {
        Tenure<S> tenure = tenures.get(partition);
        return tenure == null ? notCoordinator(partition) : tenure.host().end(marker);
    }

    /** Asks about state, which may not be committed yet, or about soft state. */
    public <T extends @Nullable Object> CompletableFuture<T> query(int partition, Function<S, T> query) {
        Tenure<S> tenure = tenures.get(partition);
        return tenure == null ? notCoordinator(partition) : tenure.host().query(query);
    }

    /** Asks about state; the answer comes when all that it may show is committed. */
    public <T extends @Nullable Object> CompletableFuture<T> queryCommitted(int partition, Function<S, T> query) {
        Tenure<S> tenure = tenures.get(partition);
        return tenure == null ? notCoordinator(partition) : tenure.host().queryCommitted(query);
    }

    private <T extends @Nullable Object> CompletableFuture<T> notCoordinator(int partition) {
        return CompletableFuture.failedFuture(new ApiException(
                ErrorCode.NOT_COORDINATOR, definition.topic() + "-" + partition + " is not coordinated here"));
    }
}
