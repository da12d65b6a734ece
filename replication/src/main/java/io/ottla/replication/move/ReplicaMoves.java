package io.ottla.replication.move;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import io.ottla.replication.partition.IdleRole;
import io.ottla.replication.partition.OfflineRole;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionSet;
import io.ottla.replication.partition.Role;
import io.ottla.replication.partition.RoleListener;
import io.ottla.replication.quota.ReplicationThrottle;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.store.FutureLogs;
import io.ottla.storage.store.LogStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins the moves that are asked for, and goes on with those that a broker that has ended has left, when their partitions
 * take a role. Any thread; each move belongs to its partition's home loop.
 */
public final class ReplicaMoves implements RoleListener {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaMoves.class);

    /** A copy need not be durable before it is whole. */
    private static final LogConfig.Flush NEVER = new LogConfig.Flush(Long.MAX_VALUE, Long.MAX_VALUE);

    private final PartitionSet partitions;
    private final LogStore logs;
    private final ReplicationThrottle throttle;
    private final Executor workers;
    private final BiConsumer<Partition, PartitionLog> swap;

    /** Changed on the home loop of the partition only. */
    private final Map<TopicPartition, ReplicaMove> moves = new ConcurrentHashMap<>();

    /**
     * @param throttle for all moves of this broker together
     * @param workers where files are read
     * @param swap has a partition use another log from now on; called on its home loop
     */
    public ReplicaMoves(
            PartitionSet partitions,
            LogStore logs,
            ReplicationThrottle throttle,
            Executor workers,
            BiConsumer<Partition, PartitionLog> swap) {
        this.partitions = partitions;
        this.logs = logs;
        this.throttle = throttle;
        this.workers = workers;
        this.swap = swap;
    }

    ReplicationThrottle throttle() {
        return throttle;
    }

    Executor workers() {
        return workers;
    }

    private FutureLogs futures() {
        return logs.futures();
    }

    /**
     * Moves a replica to another log directory, or stops moving it if that is where it is. A replica that does not exist
     * yet will be created there.
     *
     * @param path of a log directory, as {@code log.dirs} has it
     * @return completes when the move has begun, with the error of AlterReplicaLogDirs otherwise
     */
    public CompletionStage<ErrorCode> move(TopicPartition name, String path) {
        Optional<LogDirectory> target = logs.directories().stream()
                .filter(directory -> directory.path().toString().equals(path))
                .findFirst();
        if (target.isEmpty()) {
            return CompletableFuture.completedFuture(ErrorCode.LOG_DIR_NOT_FOUND);
        }
        if (!target.get().health().isOnline()) {
            return CompletableFuture.completedFuture(ErrorCode.KAFKA_STORAGE_ERROR);
        }
        Partition partition = partitions.get(name.topic(), name.partition());
        if (partition == null) {
            logs.prefer(name, target.get());
            return CompletableFuture.completedFuture(ErrorCode.REPLICA_NOT_AVAILABLE);
        }
        return CompletableFuture.supplyAsync(() -> begin(partition, target.get()), partition.loop())
                .thenCompose(begun -> begun)
                .exceptionally(failure -> errorOf(name, failure));
    }

    private static ErrorCode errorOf(TopicPartition name, Throwable failure) {
        LOG.error("{}: the move could not begin", name, StageFailure.cause(failure));
        return StageFailure.error(failure);
    }

    private CompletionStage<ErrorCode> begin(Partition partition, LogDirectory target) {
        Role role = partition.role();
        PartitionLog current = role.log();
        if (current == null) {
            logs.prefer(partition.name(), target);
            return CompletableFuture.completedFuture(
                    role instanceof OfflineRole ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.REPLICA_NOT_AVAILABLE);
        }
        Optional<LogDirectory> before = futures().target(partition.name());
        CompletionStage<Void> ready = CompletableFuture.completedFuture(null);
        if (before.isPresent() && before.get() != target) {
            stop(partition.name());
            ready = futures().delete(partition.name());
        }
        if (current.directory() == target) {
            return ready.thenApply(done -> ErrorCode.NONE);
        }
        LogConfig config = current.config().withFlush(NEVER);
        return ready.thenCompose(done -> futures().getOrCreate(partition.name(), target, partition.topicId(), config))
                .thenApplyAsync(
                        future -> {
                            start(partition, future);
                            return ErrorCode.NONE;
                        },
                        partition.loop());
    }

    private void start(Partition partition, PartitionLog future) {
        ReplicaMove underWay = moves.get(partition.name());
        if (underWay != null && !underWay.isOver()) {
            return;
        }
        ReplicaMove move = new ReplicaMove(this, partition, future);
        moves.put(partition.name(), move);
        move.start();
    }

    private void stop(TopicPartition name) {
        ReplicaMove move = moves.remove(name);
        if (move != null) {
            move.stop();
        }
    }

    /** The copy is whole. On the home loop. */
    void promote(Partition partition) {
        moves.remove(partition.name());
        futures().promote(partition.name(), next -> swap.accept(partition, next));
    }

    @Override
    public void onRole(Partition partition, Role role) {
        if (role instanceof OfflineRole || role instanceof IdleRole) {
            stop(partition.name());
            return;
        }
        futures().log(partition.name()).ifPresent(future -> {
            var unused = future.thenAcceptAsync(
                    log -> {
                        if (!partition.isRemoved() && partition.role().log() != null) {
                            start(partition, log);
                        }
                    },
                    partition.loop());
        });
    }
}
