package io.ottla.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.propagation.BrokerConnector;
import io.ottla.controller.propagation.LiveBroker;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrPartitionState;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrTopicState;
import io.ottla.protocol.message.LeaderAndIsrResponse;
import io.ottla.protocol.message.LeaderAndIsrResponse.LeaderAndIsrPartitionError;
import io.ottla.protocol.message.LeaderAndIsrResponse.LeaderAndIsrTopicError;
import io.ottla.protocol.message.StopReplicaRequest;
import io.ottla.protocol.message.StopReplicaResponse;
import io.ottla.protocol.message.UpdateMetadataRequest;
import io.ottla.protocol.message.UpdateMetadataResponse;
import io.ottla.protocol.schema.ApiMessage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Brokers that record what the controller tells them and agree to everything, unless told to keep silent. */
final class TestBrokers implements BrokerConnector {

    record Received(int brokerId, long brokerEpoch, ApiMessage request, short version) {}

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<ApiMessage>> unanswered = new CopyOnWriteArrayList<>();
    private final Map<Integer, Runnable> refusals = new ConcurrentHashMap<>();
    private final Set<Integer> dead = ConcurrentHashMap.newKeySet();
    private final Set<Integer> failedDisks = ConcurrentHashMap.newKeySet();
    private final Set<Integer> emptyDisks = ConcurrentHashMap.newKeySet();
    private volatile ErrorCode refusal = ErrorCode.NONE;
    private volatile boolean silent;

    @Override
    public PeerChannel connect(LiveBroker broker) {
        return new PeerChannel() {
            @Override
            @SuppressWarnings("unchecked")
            public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
                received.add(new Received(broker.id(), broker.epoch(), request, version));
                CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
                if (dead.contains(broker.id())) {
                    answer.completeExceptionally(new PeerUnreachableException("broker " + broker.id() + " is dead"));
                } else if (silent) {
                    unanswered.add(answer);
                } else {
                    answer.complete(answerOf(broker.id(), request));
                }
                return (CompletableFuture<R>) answer;
            }

            @Override
            public void keepOpen(Runnable onRefused) {
                refusals.put(broker.id(), onRefused);
                if (dead.contains(broker.id())) {
                    onRefused.run();
                }
            }

            @Override
            public void close() {}
        };
    }

    private ApiMessage answerOf(int brokerId, ApiMessage request) {
        if (request instanceof LeaderAndIsrRequest orders) {
            LeaderAndIsrResponse response = new LeaderAndIsrResponse().setErrorCode(refusal.code());
            if (failedDisks.contains(brokerId)) {
                orders.topicStates().forEach(topic -> response.topics().add(failed(topic, order -> true)));
            } else if (emptyDisks.contains(brokerId)) {
                orders.topicStates().forEach(topic -> response.topics()
                        .add(failed(topic, order -> order.leader() == brokerId && order.leaderRecoveryState() == 0)));
            }
            return response;
        }
        if (request instanceof StopReplicaRequest) {
            return new StopReplicaResponse();
        }
        return new UpdateMetadataResponse();
    }

    private static LeaderAndIsrTopicError failed(
            LeaderAndIsrTopicState topic, Predicate<LeaderAndIsrPartitionState> which) {
        LeaderAndIsrTopicError error = new LeaderAndIsrTopicError().setTopicId(topic.topicId());
        topic.partitionStates().stream().filter(which).forEach(partition -> error.partitionErrors()
                .add(new LeaderAndIsrPartitionError()
                        .setPartitionIndex(partition.partitionIndex())
                        .setErrorCode(ErrorCode.KAFKA_STORAGE_ERROR.code())));
        return error;
    }

    /** From now on connections to this broker are refused. */
    void kill(int brokerId) {
        dead.add(brokerId);
        Runnable onRefused = refusals.get(brokerId);
        if (onRefused != null) {
            onRefused.run();
        }
    }

    void revive(int brokerId) {
        dead.remove(brokerId);
    }

    /** From now on this broker can host no replica. */
    void failDisk(int brokerId) {
        failedDisks.add(brokerId);
    }

    /** From now on this broker leads nothing that was led before, unless it is told that records may be lost. */
    void emptyDisk(int brokerId) {
        emptyDisks.add(brokerId);
    }

    /** From now on LeaderAndIsr is answered with this. */
    void refuse(ErrorCode error) {
        refusal = error;
    }

    void keepSilent() {
        silent = true;
    }

    void clear() {
        received.clear();
    }

    List<Received> all() {
        return received;
    }

    <Q extends ApiMessage> List<Q> requests(int brokerId, Class<Q> type) {
        return received.stream()
                .filter(each -> each.brokerId() == brokerId && type.isInstance(each.request()))
                .map(each -> type.cast(each.request()))
                .toList();
    }

    /** The latest request of a kind to a broker; there must be one. */
    <Q extends ApiMessage> Q last(int brokerId, Class<Q> type) {
        List<Q> requests = requests(brokerId, type);
        assertThat(requests).isNotEmpty();
        return requests.get(requests.size() - 1);
    }

    /** Waits until a broker has been told of this many live brokers. */
    void awaitLive(int brokerId, int count) {
        await().untilAsserted(() -> assertThat(
                        last(brokerId, UpdateMetadataRequest.class).liveBrokers())
                .hasSize(count));
    }

    List<LeaderAndIsrRequest> leaderAndIsr(int brokerId) {
        return requests(brokerId, LeaderAndIsrRequest.class);
    }

    List<UpdateMetadataRequest> updateMetadata(int brokerId) {
        return requests(brokerId, UpdateMetadataRequest.class);
    }

    List<StopReplicaRequest> stopReplica(int brokerId) {
        return requests(brokerId, StopReplicaRequest.class);
    }
}
