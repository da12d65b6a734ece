package io.ottla.controller;

import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.TopicState;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterPartitionRequest;
import io.ottla.protocol.message.AlterPartitionRequest.BrokerState;
import io.ottla.protocol.message.AlterPartitionRequest.PartitionData;
import io.ottla.protocol.message.AlterPartitionRequest.TopicData;
import io.ottla.protocol.message.AlterPartitionResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides on the in-sync replicas that leaders ask for (AlterPartition, KIP-497, KIP-841, KIP-903). For one request;
 * confined to the controller's executor, inside one event.
 *
 * <p>The partition epoch is the version of the state's znode. A leader whose znode somebody else has written would never
 * get a version right again (KAFKA-2729): such a partition is read anew and given another leader epoch, which its replicas
 * take over.
 */
final class IsrChanges {

    private static final Logger LOG = LoggerFactory.getLogger(IsrChanges.class);
    private static final byte RECOVERED = 0;
    private static final long ANY_EPOCH = -1;
    private static final int NAMED_IN_LOG = 10;

    private final Office office;
    private final Map<PartitionState, PartitionStateNode> wanted = new LinkedHashMap<>();
    private final Map<PartitionState, AlterPartitionResponse.PartitionData> results = new LinkedHashMap<>();

    private final List<String> refusals = new ArrayList<>();

    IsrChanges(Office office) {
        this.office = office;
    }

    /** The answer, and the partitions whose ISR has changed. */
    record Altered(AlterPartitionResponse response, List<PartitionState> changed) {}

    CompletableFuture<Altered> alter(AlterPartitionRequest request) {
        LiveBroker leader = office.cluster().broker(request.brokerId());
        if (leader == null || leader.epoch() != request.brokerEpoch()) {
            LOG.info(
                    "Broker {} of epoch {} asks for changes of the ISR, {}",
                    request.brokerId(),
                    request.brokerEpoch(),
                    leader == null ? "but is not registered" : "but is registered with epoch " + leader.epoch());
            return CompletableFuture.completedFuture(new Altered(
                    new AlterPartitionResponse().setErrorCode(ErrorCode.STALE_BROKER_EPOCH.code()), List.of()));
        }
        AlterPartitionResponse response = new AlterPartitionResponse();
        for (TopicData topic : request.topics()) {
            AlterPartitionResponse.TopicData answered =
                    new AlterPartitionResponse.TopicData().setTopicId(topic.topicId());
            response.topics().add(answered);
            TopicState known = office.cluster().topic(topic.topicId());
            for (PartitionData asked : topic.partitions()) {
                answered.partitions().add(examine(known, asked, request.brokerId()));
            }
        }
        if (!refusals.isEmpty()) {
            LOG.info(
                    "Broker {} is refused {} changes of the ISR: {}",
                    request.brokerId(),
                    refusals.size(),
                    String.join(", ", refusals.subList(0, Math.min(NAMED_IN_LOG, refusals.size()))));
        }
        return write().thenApply(changed -> new Altered(response, changed));
    }

    private AlterPartitionResponse.PartitionData examine(
            @Nullable TopicState topic, PartitionData asked, int brokerId) {
        AlterPartitionResponse.PartitionData result =
                new AlterPartitionResponse.PartitionData().setPartitionIndex(asked.partitionIndex());
        if (topic == null) {
            return result.setErrorCode(ErrorCode.UNKNOWN_TOPIC_ID.code());
        }
        PartitionState partition = topic.partition(asked.partitionIndex());
        PartitionStateNode current = partition == null ? null : partition.state();
        if (partition == null || current == null || topic.isDeleting()) {
            return result.setErrorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
        List<Integer> isr =
                asked.newIsrWithEpochs().stream().map(BrokerState::brokerId).toList();
        if (isr.isEmpty()) {
            isr = asked.newIsr();
        }
        PartitionStateNode next = new PartitionStateNode(
                current.leader(), current.leaderEpoch(), isr, asked.leaderRecoveryState(), office.epoch());
        ErrorCode refusal = refusal(partition, current, asked, next, brokerId);
        if (refusal != ErrorCode.NONE) {
            refusals.add(partition.id() + " " + isr + " " + refusal);
            return result.setErrorCode(refusal.code());
        }
        results.put(partition, result);
        if (isSame(current, next)) {
            return describe(result, partition);
        }
        wanted.put(partition, next);
        return result;
    }

    private static boolean isSame(PartitionStateNode current, PartitionStateNode next) {
        return current.isr().size() == next.isr().size()
                && current.isr().containsAll(next.isr())
                && current.recoveryState() == next.recoveryState();
    }

    /** In the order of Apache Kafka: what is older or newer than what is known comes before what is wrong. */
    private ErrorCode refusal(
            PartitionState partition,
            PartitionStateNode current,
            PartitionData asked,
            PartitionStateNode next,
            int from) {
        if (asked.leaderEpoch() > current.leaderEpoch() || asked.partitionEpoch() > partition.stateVersion()) {
            // It knows more than this controller, which may have been replaced without knowing.
            return ErrorCode.NOT_CONTROLLER;
        }
        if (asked.leaderEpoch() < current.leaderEpoch()) {
            return ErrorCode.FENCED_LEADER_EPOCH;
        }
        if (from != current.leader()) {
            return ErrorCode.INVALID_REQUEST;
        }
        if (isSame(current, next)) {
            return ErrorCode.NONE;
        }
        if (asked.partitionEpoch() < partition.stateVersion()) {
            return ErrorCode.INVALID_UPDATE_VERSION;
        }
        boolean recovering = next.recoveryState() != RECOVERED;
        if (!isPossible(partition, next)
                || (recovering && (next.isr().size() > 1 || current.recoveryState() == RECOVERED))) {
            return ErrorCode.INVALID_REQUEST;
        }
        return isEligible(partition, asked, next) ? ErrorCode.NONE : ErrorCode.INELIGIBLE_REPLICA;
    }

    /** Assigned replicas, none twice, the leader among them. */
    private static boolean isPossible(PartitionState partition, PartitionStateNode next) {
        return next.isr().contains(next.leader())
                && new HashSet<>(next.isr()).size() == next.isr().size()
                && partition.assignment().replicas().containsAll(next.isr());
    }

    /** Each must be online, and as the leader has seen it: a broker that has registered again may have lost its disk. */
    private boolean isEligible(PartitionState partition, PartitionData asked, PartitionStateNode next) {
        for (BrokerState replica : asked.newIsrWithEpochs()) {
            LiveBroker broker = office.cluster().broker(replica.brokerId());
            boolean another =
                    replica.brokerEpoch() != ANY_EPOCH && broker != null && broker.epoch() != replica.brokerEpoch();
            if (another) {
                return false;
            }
        }
        return next.isr().stream().allMatch(id -> office.cluster().isOnline(id, partition.id()));
    }

    private CompletableFuture<List<PartitionState>> write() {
        if (wanted.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        UpdateBatch batch = office.newBatch();
        return office.partitions()
                .alter(wanted)
                .thenCompose(
                        refused -> office.partitions().renew(refused, batch).thenApply(done -> refused))
                .thenApply(refused -> {
                    List<PartitionState> changed = new ArrayList<>(wanted.keySet());
                    changed.removeAll(refused);
                    refused.forEach(this::fail);
                    for (PartitionState partition : changed) {
                        Optional.ofNullable(results.get(partition)).ifPresent(result -> describe(result, partition));
                        batch.metadata(partition.update());
                        LOG.debug("ISR of {} is {}", partition.id(), partition.state());
                    }
                    var unused = office.send(batch);
                    return changed;
                });
    }

    private void fail(PartitionState partition) {
        LOG.warn("The state of {} was changed by somebody else; its replicas are told what it is", partition.id());
        Optional.ofNullable(results.get(partition))
                .ifPresent(result -> result.setErrorCode(ErrorCode.INVALID_UPDATE_VERSION.code()));
    }

    private static AlterPartitionResponse.PartitionData describe(
            AlterPartitionResponse.PartitionData result, PartitionState partition) {
        PartitionStateNode state = partition.update().state();
        return result.setLeaderId(state.leader())
                .setLeaderEpoch(state.leaderEpoch())
                .setIsr(state.isr())
                .setLeaderRecoveryState(state.recoveryState())
                .setPartitionEpoch(partition.stateVersion());
    }
}
