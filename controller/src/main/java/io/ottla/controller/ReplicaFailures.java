package io.ottla.controller;

import io.ottla.controller.propagation.BrokerListener;
import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.ClusterState;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.PartitionStatus;
import io.ottla.controller.state.ReplicaStatus;
import io.ottla.controller.state.TopicState;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrPartitionState;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrTopicState;
import io.ottla.protocol.message.LeaderAndIsrResponse;
import io.ottla.protocol.message.LeaderAndIsrResponse.LeaderAndIsrPartitionError;
import io.ottla.protocol.message.LeaderAndIsrResponse.LeaderAndIsrTopicError;
import io.ottla.protocol.schema.ApiMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replicas that their brokers cannot host because a disk has failed (KIP-112), or do not lead because nothing is on the
 * disk, as answers to LeaderAndIsr tell. Confined to the controller's executor; lasts for one term.
 */
final class ReplicaFailures implements BrokerListener {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFailures.class);

    private static final int NAMED_IN_LOG = 10;
    private static final byte RECOVERED = 0;

    private final Office office;
    private final ClusterEvents cluster;

    ReplicaFailures(Office office, ClusterEvents cluster) {
        this.office = office;
        this.cluster = cluster;
    }

    private ClusterState cluster() {
        return office.cluster();
    }

    @Override
    public void onRefused(LiveBroker broker) {
        // Whoever does not answer says nothing of its disks.
    }

    /** Whoever was told to lead may have done so, and the answer may have been lost. */
    @Override
    public void onRepeated(ApiMessage request) {
        if (request instanceof LeaderAndIsrRequest orders) {
            forEach(orders, (partition, order) -> partition.leaderMayHaveLed(order.leaderEpoch()));
        }
    }

    @Override
    public void onAnswer(LiveBroker broker, ApiMessage request, ApiMessage response) {
        if (!(response instanceof LeaderAndIsrResponse answer)
                || !(request instanceof LeaderAndIsrRequest orders)
                || cluster.isOver()) {
            return;
        }
        if (answer.errorCode() != ErrorCode.NONE.code()) {
            onRefusal(broker, ErrorCode.forCode(answer.errorCode()));
            return;
        }
        Map<TopicPartition, ErrorCode> errors = errorsOf(answer);
        Outcomes outcomes = new Outcomes(broker);
        forEach(
                orders,
                (partition, order) ->
                        outcomes.add(partition, order, errors.getOrDefault(partition.id(), ErrorCode.NONE)));
        outcomes.actOn();
    }

    private Map<TopicPartition, ErrorCode> errorsOf(LeaderAndIsrResponse answer) {
        Map<TopicPartition, ErrorCode> errors = new HashMap<>();
        for (LeaderAndIsrTopicError topicError : answer.topics()) {
            TopicState topic = cluster().topic(topicError.topicId());
            for (LeaderAndIsrPartitionError error : topicError.partitionErrors()) {
                if (topic != null && error.errorCode() != ErrorCode.NONE.code()) {
                    errors.put(
                            new TopicPartition(topic.name(), error.partitionIndex()),
                            ErrorCode.forCode(error.errorCode()));
                }
            }
        }
        return errors;
    }

    private void forEach(LeaderAndIsrRequest orders, BiConsumer<PartitionState, LeaderAndIsrPartitionState> action) {
        for (LeaderAndIsrTopicState ordered : orders.topicStates()) {
            TopicState topic = cluster().topic(ordered.topicName());
            if (topic != null && !topic.isDeleting() && topic.id().equals(ordered.topicId())) {
                for (LeaderAndIsrPartitionState order : ordered.partitionStates()) {
                    PartitionState partition = topic.partition(order.partitionIndex());
                    if (partition != null) {
                        action.accept(partition, order);
                    }
                }
            }
        }
    }

    /** What one broker has answered to one request, sorted by what follows. */
    private final class Outcomes {

        private final LiveBroker broker;
        private final List<Failure> failed = new ArrayList<>();
        private final List<PartitionState> recovered = new ArrayList<>();
        private final Map<ErrorCode, List<TopicPartition>> refused = new TreeMap<>();
        private int outdated;

        Outcomes(LiveBroker broker) {
            this.broker = broker;
        }

        void add(PartitionState partition, LeaderAndIsrPartitionState order, ErrorCode error) {
            boolean asLeader = order.leader() == broker.id();
            switch (error) {
                case NONE -> {
                    if (asLeader) {
                        partition.leaderMayHaveLed(order.leaderEpoch());
                    }
                    if (cluster().hasFailed(broker.id(), partition.id())) {
                        recovered.add(partition);
                    }
                }
                case STALE_CONTROLLER_EPOCH, FENCED_LEADER_EPOCH -> {
                    // Carried out before: a new controller, or the same one after a lost session, repeats all orders.
                    partition.leaderMayHaveLed(order.leaderEpoch());
                    outdated++;
                }
                case KAFKA_STORAGE_ERROR -> {
                    boolean mayBeEmpty = asLeader && order.leaderRecoveryState() == RECOVERED;
                    failed.add(new Failure(partition, order.leaderEpoch(), mayBeEmpty));
                }
                default ->
                    refused.computeIfAbsent(error, any -> new ArrayList<>()).add(partition.id());
            }
        }

        void actOn() {
            if (outdated > 0) {
                LOG.debug("Broker {} already plays its part in {} partitions", broker.id(), outdated);
            }
            refused.forEach((error, partitions) -> LOG.warn(
                    "Broker {} does not take its part in {} partitions: {}: {}",
                    broker.id(),
                    partitions.size(),
                    error,
                    partitions.subList(0, Math.min(NAMED_IN_LOG, partitions.size()))));
            if (!failed.isEmpty()) {
                cluster.submit("replicas failed", () -> onFailed(broker, failed));
            }
            if (!recovered.isEmpty()) {
                cluster.submit("replicas recovered", () -> onRecovered(broker, recovered));
            }
        }
    }

    /**
     * A replica that a broker does not host.
     *
     * @param mayBeEmpty whether it may be that the broker only does not lead it, for it has no records of it
     */
    private record Failure(PartitionState partition, int leaderEpoch, boolean mayBeEmpty) {}

    /** Orders of before a session was lost may arrive after those that followed it; they were rightly refused. */
    private void onRefusal(LiveBroker broker, ErrorCode error) {
        switch (error) {
            case STALE_CONTROLLER_EPOCH -> {
                LOG.info("Broker {} knows of a later controller than the one of epoch {}", broker.id(), office.epoch());
                cluster.doubtOffice();
            }
            case STALE_BROKER_EPOCH ->
                LOG.info("Broker {} is no longer the one that registered with epoch {}", broker.id(), broker.epoch());
            default -> LOG.warn("Broker {} refused LeaderAndIsr: {}", broker.id(), error);
        }
    }

    private boolean isCurrent(LiveBroker broker) {
        LiveBroker current = cluster().broker(broker.id());
        return current != null && current.epoch() == broker.epoch();
    }

    private CompletableFuture<Void> onFailed(LiveBroker broker, List<Failure> failed) {
        if (!isCurrent(broker)) {
            return CompletableFuture.completedFuture(null);
        }
        UpdateBatch batch = office.newBatch();
        List<PartitionState> unled = new ArrayList<>();
        List<PartitionState> led = new ArrayList<>();
        for (Failure failure : failed) {
            PartitionState partition = failure.partition;
            PartitionStateNode state = partition.state();
            if (state == null || !isHosted(partition)) {
                continue;
            }
            if (!failure.mayBeEmpty) {
                cluster().replicaUnusable(broker.id(), partition.id());
            }
            boolean leads = partition.leader() == broker.id();
            if (!cluster().isServing(broker.id(), partition.id()) && !leads) {
                continue;
            }
            cluster().replicaFailed(broker.id(), partition.id());
            partition.replicaBecomes(broker.id(), ReplicaStatus.OFFLINE);
            if (leads && failure.mayBeEmpty && failure.leaderEpoch == state.leaderEpoch()) {
                partition.leaderHasRefused();
            }
            (leads ? unled : led).add(partition);
            batch.metadata(partition.update());
        }
        if (unled.isEmpty() && led.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        LOG.warn(
                "Broker {} has no working disk, or nothing on it, for {} replicas; it was to lead {} of them",
                broker.id(),
                unled.size() + led.size(),
                unled.size());
        CompletableFuture<Void> elected = office.partitions().electLeaders(unled, batch);
        return office.partitions()
                .shrinkIsr(led, batch)
                .thenCompose(done -> elected)
                .thenAccept(done -> cluster.propagate(batch));
    }

    private boolean isHosted(PartitionState partition) {
        TopicState topic = cluster().topic(partition.id().topic());
        return topic != null
                && !topic.isDeleting()
                && topic.partition(partition.id().partition()) == partition;
    }

    /** Replicas that were empty copy from their leader now, or lead although they are empty, because somebody said so. */
    private CompletableFuture<Void> onRecovered(LiveBroker broker, List<PartitionState> recovered) {
        UpdateBatch batch = office.newBatch();
        for (PartitionState partition : recovered) {
            boolean hasFailed = isCurrent(broker) && cluster().replicaRecovered(broker.id(), partition.id());
            if (hasFailed && partition.state() != null && isHosted(partition)) {
                partition.replicaBecomes(broker.id(), ReplicaStatus.ONLINE);
                if (partition.leader() == broker.id()) {
                    partition.become(PartitionStatus.ONLINE);
                }
                batch.metadata(partition.update());
            }
        }
        cluster.propagate(batch);
        return CompletableFuture.completedFuture(null);
    }
}
