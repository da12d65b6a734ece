package io.ottla.controller;

import io.ottla.controller.propagation.BrokerListener;
import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.ClusterState;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.ReplicaStatus;
import io.ottla.controller.state.TopicState;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.LeaderAndIsrResponse;
import io.ottla.protocol.message.LeaderAndIsrResponse.LeaderAndIsrPartitionError;
import io.ottla.protocol.message.LeaderAndIsrResponse.LeaderAndIsrTopicError;
import io.ottla.protocol.schema.ApiMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replicas that their brokers cannot host because a disk has failed (KIP-112), as answers to LeaderAndIsr tell. Confined to
 * the controller's executor; lasts for one term.
 */
final class ReplicaFailures implements BrokerListener {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFailures.class);

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

    @Override
    public void onAnswer(LiveBroker broker, ApiMessage request, ApiMessage response) {
        if (!(response instanceof LeaderAndIsrResponse answer) || cluster.isOver()) {
            return;
        }
        if (answer.errorCode() != ErrorCode.NONE.code()) {
            onRefusal(broker, ErrorCode.forCode(answer.errorCode()));
            return;
        }
        List<TopicPartition> failed = new ArrayList<>();
        int outdated = 0;
        for (LeaderAndIsrTopicError topicError : answer.topics()) {
            TopicState topic = cluster().topic(topicError.topicId());
            for (LeaderAndIsrPartitionError error : topicError.partitionErrors()) {
                if (topic != null && error.errorCode() != ErrorCode.NONE.code()) {
                    TopicPartition partition = new TopicPartition(topic.name(), error.partitionIndex());
                    outdated += onError(broker, partition, ErrorCode.forCode(error.errorCode()), failed) ? 1 : 0;
                }
            }
        }
        if (outdated > 0) {
            LOG.debug("Broker {} already plays its part in {} partitions", broker.id(), outdated);
        }
        if (!failed.isEmpty()) {
            cluster.submit("replicas failed", () -> onFailed(broker, failed));
        }
    }

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

    /** Whether the order was only one that the broker has carried out before: a new controller repeats them all. */
    private static boolean onError(
            LiveBroker broker, TopicPartition partition, ErrorCode error, List<TopicPartition> failed) {
        switch (error) {
            case STALE_CONTROLLER_EPOCH, FENCED_LEADER_EPOCH -> {
                return true;
            }
            case KAFKA_STORAGE_ERROR -> failed.add(partition);
            default -> LOG.error("Broker {} cannot take its part in {}: {}", broker.id(), partition, error);
        }
        return false;
    }

    private CompletableFuture<Void> onFailed(LiveBroker broker, List<TopicPartition> failed) {
        LiveBroker current = cluster().broker(broker.id());
        if (current == null || current.epoch() != broker.epoch()) {
            return CompletableFuture.completedFuture(null);
        }
        UpdateBatch batch = office.newBatch();
        List<PartitionState> unled = new ArrayList<>();
        List<PartitionState> led = new ArrayList<>();
        for (TopicPartition id : failed) {
            TopicState topic = cluster().topic(id.topic());
            PartitionState partition = topic == null || topic.isDeleting() ? null : topic.partition(id.partition());
            if (partition != null && cluster().isServing(broker.id(), id)) {
                cluster().replicaFailed(broker.id(), id);
                partition.replicaBecomes(broker.id(), ReplicaStatus.OFFLINE);
                (partition.leader() == broker.id() ? unled : led).add(partition);
                if (partition.state() != null) {
                    batch.metadata(partition.update());
                }
            }
        }
        if (unled.isEmpty() && led.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        LOG.warn(
                "Broker {} has lost the disk of {} replicas, {} of them leaders",
                broker.id(),
                unled.size() + led.size(),
                unled.size());
        CompletableFuture<Void> elected = office.partitions().electLeaders(unled, batch);
        return office.partitions()
                .shrinkIsr(led, batch)
                .thenCompose(done -> elected)
                .thenAccept(done -> cluster.propagate(batch));
    }
}
