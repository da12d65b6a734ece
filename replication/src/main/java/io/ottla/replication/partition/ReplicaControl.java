package io.ottla.replication.partition;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrResponse;
import io.ottla.protocol.message.StopReplicaRequest;
import io.ottla.protocol.message.StopReplicaResponse;
import io.ottla.replication.metadata.ControllerFence;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.store.LogStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the controller's LeaderAndIsr and StopReplica requests. May be called from any thread. The orders for one
 * partition are carried out one after the other, in the order of the calls; those for different partitions side by side, on
 * their loops, so that a log that takes long to recover holds up nobody else.
 */
public final class ReplicaControl {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaControl.class);

    private final PartitionSet partitions;
    private final LogStore logs;
    private final ControllerFence fence;
    private final TopicConfigSource configs;
    private final OrderQueue orders = new OrderQueue();
    private final RoleChanges roles = new RoleChanges();
    private final AssignmentOrders assignments;

    public ReplicaControl(
            int brokerId, PartitionSet partitions, LogStore logs, ControllerFence fence, TopicConfigSource configs) {
        this.partitions = partitions;
        this.logs = logs;
        this.fence = fence;
        this.configs = configs;
        this.assignments = new AssignmentOrders(brokerId, partitions, logs, roles);
    }

    /** Called for every later change of leadership. */
    public void addListener(LeadershipListener listener) {
        roles.add(listener);
    }

    /** Called for every later change of a role. */
    public void addListener(RoleListener listener) {
        roles.add(listener);
    }

    /**
     * Makes this broker lead or follow the partitions of the request. A partition whose log is still being recovered is
     * answered with success at once and takes its role when it can.
     *
     * @param version of the response that is wanted; the latest in-process
     */
    public synchronized CompletionStage<LeaderAndIsrResponse> apply(LeaderAndIsrRequest request, short version) {
        ErrorCode refusal =
                admit("LeaderAndIsr", request.controllerId(), request.controllerEpoch(), request.brokerEpoch());
        if (refusal != ErrorCode.NONE) {
            return CompletableFuture.completedFuture(new LeaderAndIsrResponse().setErrorCode(refusal.code()));
        }
        return new LeaderAndIsrCall(assignments, orders, logs, configs, version).run(request);
    }

    /** Stops, and deletes where asked, the replicas of the request. */
    public synchronized CompletionStage<StopReplicaResponse> apply(StopReplicaRequest request) {
        ErrorCode refusal =
                admit("StopReplica", request.controllerId(), request.controllerEpoch(), request.brokerEpoch());
        if (refusal != ErrorCode.NONE) {
            return CompletableFuture.completedFuture(new StopReplicaResponse().setErrorCode(refusal.code()));
        }
        return new StopReplicaCall(partitions, logs, orders, roles).run(request);
    }

    private ErrorCode admit(String api, int controllerId, int controllerEpoch, long brokerEpoch) {
        ErrorCode refusal = fence.admit(controllerEpoch, brokerEpoch);
        if (refusal != ErrorCode.NONE) {
            LOG.warn(
                    "refused {} of controller {} epoch {} for broker epoch {}: {}",
                    api,
                    controllerId,
                    controllerEpoch,
                    brokerEpoch,
                    refusal);
        }
        return refusal;
    }

    /** Gives hosted partitions of the topic their new configuration. Any thread. */
    public void onTopicConfig(String topic, LogConfig config) {
        for (Partition partition : partitions.all(topic)) {
            partition.loop().execute(() -> {
                PartitionLog log = partition.role().log();
                if (log != null) {
                    log.reconfigure(config);
                }
            });
        }
    }

    /** Takes partitions offline whose log directory has failed. Any thread. */
    public void onDirectoryOffline(LogDirectory directory) {
        for (Partition partition : partitions.all()) {
            partition.loop().execute(() -> {
                PartitionLog log = partition.role().log();
                if (log != null && log.directory() == directory) {
                    roles.resign(partition, partition.role().leaderEpoch(), partition::becomeOffline);
                }
            });
        }
    }

    /** A replica has moved to another log directory: its partition goes on with the log there. On its home loop. */
    public void onMoved(Partition partition, PartitionLog moved) {
        roles.move(partition, moved);
    }

    /** Ends every leadership, since others lead now; this broker only has not been told by whom. Any thread. */
    public void resignAll() {
        for (Partition partition : partitions.all()) {
            int leaderEpoch = partition.role().leaderEpoch();
            partition.loop().execute(() -> {
                LeaderRole leader = partition.leader();
                if (leader != null && leader.leaderEpoch() == leaderEpoch) {
                    roles.resign(partition, leaderEpoch, partition::stop);
                }
            });
        }
    }

    /** Ends every role that has been taken; logs stay open. For a shutdown. */
    public CompletionStage<?> stopAll() {
        List<CompletableFuture<ErrorCode>> stops = new ArrayList<>();
        for (Partition partition : partitions.all()) {
            stops.add(RoleChanges.onLoop(partition, () -> {
                roles.resign(partition, partition.role().leaderEpoch(), partition::stop);
                return ErrorCode.NONE;
            }));
        }
        return CompletableFuture.allOf(stops.toArray(CompletableFuture[]::new));
    }
}
