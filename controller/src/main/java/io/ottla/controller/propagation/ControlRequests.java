package io.ottla.controller.propagation;

import io.ottla.controller.propagation.UpdateBatch.Leading;
import io.ottla.controller.propagation.UpdateBatch.Stopping;
import io.ottla.controller.znode.Endpoint;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrLiveLeader;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrPartitionState;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrTopicState;
import io.ottla.protocol.message.StopReplicaRequest;
import io.ottla.protocol.message.StopReplicaRequest.StopReplicaPartitionState;
import io.ottla.protocol.message.StopReplicaRequest.StopReplicaTopicState;
import io.ottla.protocol.message.UpdateMetadataRequest;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataBroker;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataEndpoint;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataPartitionState;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataTopicState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** Builds the controller's requests to brokers. Confined to the controller's executor. */
final class ControlRequests {

    static final short LEADER_AND_ISR_VERSION = 7;
    static final short UPDATE_METADATA_VERSION = 8;
    static final short STOP_REPLICA_VERSION = 4;

    private final BrokerSenders senders;
    private final int controllerId;
    private final int controllerEpoch;
    private final ReplicaLiveness liveness;

    ControlRequests(BrokerSenders senders, int controllerId, int controllerEpoch, ReplicaLiveness liveness) {
        this.senders = senders;
        this.controllerId = controllerId;
        this.controllerEpoch = controllerEpoch;
        this.liveness = liveness;
    }

    LeaderAndIsrRequest leaderAndIsr(LiveBroker to, SortedMap<TopicPartition, Leading> partitions) {
        LeaderAndIsrRequest request = new LeaderAndIsrRequest()
                .setControllerId(controllerId)
                .setControllerEpoch(controllerEpoch)
                .setBrokerEpoch(to.epoch());
        Set<Integer> leaders = new LinkedHashSet<>();
        LeaderAndIsrTopicState topic = new LeaderAndIsrTopicState();
        for (Leading each : partitions.values()) {
            PartitionUpdate update = each.update();
            if (!topic.topicName().equals(update.partition().topic())) {
                topic = new LeaderAndIsrTopicState()
                        .setTopicName(update.partition().topic())
                        .setTopicId(update.topicId());
                request.topicStates().add(topic);
            }
            topic.partitionStates().add(leadingOf(update, each.isNew()));
            leaders.add(update.state().leader());
        }
        leaders.forEach(id -> addLiveLeader(request, id));
        return request;
    }

    private static LeaderAndIsrPartitionState leadingOf(PartitionUpdate update, boolean isNew) {
        PartitionStateNode state = update.state();
        return new LeaderAndIsrPartitionState()
                .setPartitionIndex(update.partition().partition())
                .setControllerEpoch(state.controllerEpoch())
                .setLeader(state.leader())
                .setLeaderEpoch(state.leaderEpoch())
                .setIsr(state.isr())
                .setPartitionEpoch(update.stateVersion())
                .setReplicas(update.assignment().replicas())
                .setAddingReplicas(update.assignment().adding())
                .setRemovingReplicas(update.assignment().removing())
                .setIsNew(isNew)
                .setLeaderRecoveryState(state.recoveryState());
    }

    /** The first endpoint; followers that know the leader's listeners from their metadata use those. */
    private void addLiveLeader(LeaderAndIsrRequest request, int leaderId) {
        BrokerSender leader = senders.sender(leaderId);
        if (leader != null && !leader.broker().node().endpoints().isEmpty()) {
            Endpoint endpoint = leader.broker().node().endpoints().get(0);
            request.liveLeaders()
                    .add(new LeaderAndIsrLiveLeader()
                            .setBrokerId(leaderId)
                            .setHostName(endpoint.host())
                            .setPort(endpoint.port()));
        }
    }

    /** The same for every broker but for its epoch; what they share is built once. */
    UpdateMetadataRequest updateMetadata(LiveBroker to, MetadataContents contents) {
        return new UpdateMetadataRequest()
                .setControllerId(controllerId)
                .setControllerEpoch(controllerEpoch)
                .setBrokerEpoch(to.epoch())
                .setTopicStates(contents.topics)
                .setLiveBrokers(contents.brokers);
    }

    /** What UpdateMetadata tells of the cluster. Immutable by agreement. */
    record MetadataContents(List<UpdateMetadataTopicState> topics, List<UpdateMetadataBroker> brokers) {}

    MetadataContents metadataContents(Collection<PartitionUpdate> partitions, Collection<LiveBroker> liveBrokers) {
        List<UpdateMetadataTopicState> topics = new ArrayList<>();
        UpdateMetadataTopicState topic = new UpdateMetadataTopicState();
        for (PartitionUpdate update : partitions) {
            if (!topic.topicName().equals(update.partition().topic())) {
                topic = new UpdateMetadataTopicState()
                        .setTopicName(update.partition().topic())
                        .setTopicId(update.topicId());
                topics.add(topic);
            }
            topic.partitionStates().add(metadataOf(update));
        }
        return new MetadataContents(
                topics, liveBrokers.stream().map(ControlRequests::brokerOf).toList());
    }

    private UpdateMetadataPartitionState metadataOf(PartitionUpdate update) {
        PartitionStateNode state = update.state();
        return new UpdateMetadataPartitionState()
                .setPartitionIndex(update.partition().partition())
                .setControllerEpoch(state.controllerEpoch())
                .setLeader(state.leader())
                .setLeaderEpoch(state.leaderEpoch())
                .setIsr(state.isr())
                .setZkVersion(update.stateVersion())
                .setReplicas(update.assignment().replicas())
                .setOfflineReplicas(update.assignment().replicas().stream()
                        .filter(id -> !liveness.isOnline(id, update.partition()))
                        .toList());
    }

    private static UpdateMetadataBroker brokerOf(LiveBroker broker) {
        UpdateMetadataBroker converted = new UpdateMetadataBroker()
                .setId(broker.id())
                .setRack(broker.node().rack());
        for (Endpoint endpoint : broker.node().endpoints()) {
            converted
                    .endpoints()
                    .add(new UpdateMetadataEndpoint()
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())
                            .setListener(endpoint.listener())
                            .setSecurityProtocol(endpoint.protocol().id()));
        }
        return converted;
    }

    StopReplicaRequest stopReplica(LiveBroker to, SortedMap<TopicPartition, Stopping> partitions) {
        StopReplicaRequest request = new StopReplicaRequest()
                .setControllerId(controllerId)
                .setControllerEpoch(controllerEpoch)
                .setBrokerEpoch(to.epoch());
        StopReplicaTopicState topic = new StopReplicaTopicState();
        for (Map.Entry<TopicPartition, Stopping> entry : partitions.entrySet()) {
            TopicPartition partition = entry.getKey();
            if (!topic.topicName().equals(partition.topic())) {
                topic = new StopReplicaTopicState().setTopicName(partition.topic());
                request.topicStates().add(topic);
            }
            topic.partitionStates()
                    .add(new StopReplicaPartitionState()
                            .setPartitionIndex(partition.partition())
                            .setLeaderEpoch(entry.getValue().leaderEpoch())
                            .setDeletePartition(entry.getValue().delete()));
        }
        return request;
    }
}
