package io.ottla.controller.propagation;

import io.ottla.controller.propagation.ControlRequests.MetadataContents;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.protocol.api.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * What one event has to tell the brokers; at most one request of each kind per broker. Confined to the controller's
 * executor; used once.
 */
public final class UpdateBatch {

    private final BrokerSenders senders;
    private final ControlRequests requests;
    private final SortedMap<Integer, SortedMap<TopicPartition, Leading>> leaderAndIsr = new TreeMap<>();
    private final SortedMap<Integer, SortedMap<TopicPartition, Stopping>> stopReplica = new TreeMap<>();
    private final SortedMap<TopicPartition, PartitionUpdate> metadata = new TreeMap<>();
    private final Set<Integer> metadataReceivers = new LinkedHashSet<>();
    private boolean metadataWanted;

    /** One partition of a LeaderAndIsr request. */
    record Leading(PartitionUpdate update, boolean isNew) {}

    /** One partition of a StopReplica request. */
    record Stopping(int leaderEpoch, boolean delete) {}

    /** An empty batch of the controller with this id and epoch. */
    public UpdateBatch(BrokerSenders senders, int controllerId, int controllerEpoch, ReplicaLiveness liveness) {
        this.senders = senders;
        this.requests = new ControlRequests(senders, controllerId, controllerEpoch, liveness);
    }

    /** A replica is to follow or to lead as the update says; brokers that are not live are passed over. */
    public void leaderAndIsr(int brokerId, PartitionUpdate update) {
        lead(brokerId, update, false);
    }

    /** As {@link #leaderAndIsr} for a replica that has not existed before. */
    public void newReplica(int brokerId, PartitionUpdate update) {
        lead(brokerId, update, true);
    }

    private void lead(int brokerId, PartitionUpdate update, boolean isNew) {
        leaderAndIsr
                .computeIfAbsent(brokerId, id -> new TreeMap<>())
                .merge(
                        update.partition(),
                        new Leading(update, isNew),
                        (earlier, later) -> new Leading(later.update, earlier.isNew || later.isNew));
    }

    /** A replica is to be removed from the broker's disk, because its topic is deleted. */
    public void deleteReplica(int brokerId, TopicPartition partition) {
        deleteReplica(brokerId, partition, PartitionStateNode.EPOCH_DURING_DELETE);
    }

    /** A replica is to be removed from the broker's disk, because it is assigned elsewhere as of this leader epoch. */
    public void deleteReplica(int brokerId, TopicPartition partition, int leaderEpoch) {
        stopReplica.computeIfAbsent(brokerId, id -> new TreeMap<>()).put(partition, new Stopping(leaderEpoch, true));
    }

    /** A replica is to stop following, and to keep its records. */
    public void stopReplica(int brokerId, TopicPartition partition, int leaderEpoch) {
        stopReplica.computeIfAbsent(brokerId, id -> new TreeMap<>()).put(partition, new Stopping(leaderEpoch, false));
    }

    /** The metadata of a partition goes to the receivers of this batch, by default to all brokers. */
    public void metadata(PartitionUpdate update) {
        metadataWanted = true;
        metadata.put(update.partition(), update);
    }

    /** The live brokers go to the receivers of this batch, even if no partition has changed. */
    public void liveBrokers() {
        metadataWanted = true;
    }

    /** Restricts UpdateMetadata to these brokers. */
    public void metadataTo(Collection<Integer> brokerIds) {
        metadataReceivers.addAll(brokerIds);
    }

    /**
     * Hands the requests to the brokers' queues, in the order LeaderAndIsr, UpdateMetadata, StopReplica.
     *
     * @param liveBrokers for UpdateMetadata
     * @return one for each request
     */
    public List<Delivery> send(Collection<LiveBroker> liveBrokers) {
        return send(liveBrokers, brokerId -> true);
    }

    /** As {@link #send(Collection)}, but only to those brokers. */
    public List<Delivery> send(Collection<LiveBroker> liveBrokers, IntPredicate receivers) {
        List<Delivery> deliveries = new ArrayList<>();
        MetadataContents contents = requests.metadataContents(metadata.values(), liveBrokers);
        for (BrokerSender sender : senders.all()) {
            if (receivers.test(sender.broker().id())) {
                sendLeading(sender, deliveries);
                sendMetadata(sender, contents, deliveries);
                sendStopping(sender, deliveries);
            }
        }
        return deliveries;
    }

    /**
     * As {@link #send(Collection)}, but only to this broker, and metadata first: when it ceases to lead it can name the new
     * leaders to its clients (KIP-951).
     */
    public List<Delivery> sendToLeaving(Collection<LiveBroker> liveBrokers, int brokerId) {
        List<Delivery> deliveries = new ArrayList<>();
        BrokerSender sender = senders.sender(brokerId);
        if (sender != null) {
            sendMetadata(sender, requests.metadataContents(metadata.values(), liveBrokers), deliveries);
            sendLeading(sender, deliveries);
            sendStopping(sender, deliveries);
        }
        return deliveries;
    }

    private void sendLeading(BrokerSender sender, List<Delivery> deliveries) {
        SortedMap<TopicPartition, Leading> leading =
                leaderAndIsr.get(sender.broker().id());
        if (leading != null) {
            deliveries.add(sender.send(
                    requests.leaderAndIsr(sender.broker(), leading), ControlRequests.LEADER_AND_ISR_VERSION));
        }
    }

    private void sendMetadata(BrokerSender sender, MetadataContents contents, List<Delivery> deliveries) {
        int brokerId = sender.broker().id();
        if (metadataWanted && (metadataReceivers.isEmpty() || metadataReceivers.contains(brokerId))) {
            deliveries.add(sender.send(
                    requests.updateMetadata(sender.broker(), contents), ControlRequests.UPDATE_METADATA_VERSION));
        }
    }

    private void sendStopping(BrokerSender sender, List<Delivery> deliveries) {
        SortedMap<TopicPartition, Stopping> stopping =
                stopReplica.get(sender.broker().id());
        if (stopping != null) {
            deliveries.add(
                    sender.send(requests.stopReplica(sender.broker(), stopping), ControlRequests.STOP_REPLICA_VERSION));
        }
    }
}
