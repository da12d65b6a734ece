package io.ottla.controller;

import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.LeaderElection;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.ReplicaStatus;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ControlledShutdownRequest;
import io.ottla.protocol.message.ControlledShutdownResponse;
import io.ottla.protocol.message.ControlledShutdownResponse.RemainingPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes leadership and ISR membership from a broker that is about to shut down. Confined to the controller's executor,
 * inside one event.
 */
final class BrokerShutdown {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerShutdown.class);
    private static final long UNKNOWN_EPOCH = -1;
    /** Of two leaders at a time the old one commits nothing; what it acknowledges with acks=1 meanwhile would be lost. */
    private static final long OTHERS_PATIENCE_MS = 100;

    private final Office office;

    BrokerShutdown(Office office) {
        this.office = office;
    }

    /** An answer, and when the brokers will have taken over what it means. */
    record Prepared(ControlledShutdownResponse response, CompletableFuture<?> accepted) {}

    CompletableFuture<Prepared> prepare(ControlledShutdownRequest request) {
        int id = request.brokerId();
        LiveBroker broker = office.cluster().broker(id);
        if (broker == null) {
            return refused(ErrorCode.BROKER_NOT_AVAILABLE);
        }
        if (request.brokerEpoch() != UNKNOWN_EPOCH && request.brokerEpoch() < broker.epoch()) {
            return refused(ErrorCode.STALE_BROKER_EPOCH);
        }
        office.cluster().beginShutdown(id);
        List<PartitionState> led = new ArrayList<>();
        List<PartitionState> followed = new ArrayList<>();
        for (PartitionState partition : office.cluster().partitionsOn(id)) {
            if (partition.state() != null && partition.assignment().replicas().size() > 1) {
                (partition.leader() == id ? led : followed).add(partition);
            }
        }
        if (!led.isEmpty() || !followed.isEmpty()) {
            LOG.info(
                    "Broker {} shuts down; moving the leadership of {} of its {} partitions that others have too",
                    id,
                    led.size(),
                    led.size() + followed.size());
        }
        return takeAway(id, led, followed);
    }

    private CompletableFuture<Prepared> takeAway(int id, List<PartitionState> led, List<PartitionState> followed) {
        UpdateBatch batch = office.newBatch();
        followed.forEach(partition -> partition.replicaBecomes(id, ReplicaStatus.OFFLINE));
        CompletableFuture<List<PartitionState>> moved =
                office.partitions().handOver(led, LeaderElection.CONTROLLED_SHUTDOWN, batch);
        return office.partitions()
                .shrinkIsr(followed, batch)
                .thenCompose(done -> moved)
                .thenCompose(unmoved -> {
                    followed.forEach(partition -> stop(partition, id, batch));
                    ControlledShutdownResponse response = new ControlledShutdownResponse();
                    unmoved.forEach(partition -> response.remainingPartitions()
                            .add(new RemainingPartition()
                                    .setTopicName(partition.id().topic())
                                    .setPartitionIndex(partition.id().partition())));
                    // The new leaders lead, and everybody knows of them, when the old one sends its clients away.
                    return office.sendLastTo(id, OTHERS_PATIENCE_MS, batch)
                            .thenApply(sent -> new Prepared(response, sent.answered()));
                });
    }

    private static void stop(PartitionState partition, int id, UpdateBatch batch) {
        PartitionStateNode state = partition.state();
        if (state != null) {
            batch.stopReplica(id, partition.id(), state.leaderEpoch());
            batch.metadata(partition.update());
        }
    }

    private static CompletableFuture<Prepared> refused(ErrorCode error) {
        return CompletableFuture.completedFuture(new Prepared(
                new ControlledShutdownResponse().setErrorCode(error.code()), CompletableFuture.completedFuture(null)));
    }
}
