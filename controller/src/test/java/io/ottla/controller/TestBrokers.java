package io.ottla.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ottla.controller.propagation.BrokerConnector;
import io.ottla.controller.propagation.LiveBroker;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrResponse;
import io.ottla.protocol.message.StopReplicaRequest;
import io.ottla.protocol.message.StopReplicaResponse;
import io.ottla.protocol.message.UpdateMetadataRequest;
import io.ottla.protocol.message.UpdateMetadataResponse;
import io.ottla.protocol.schema.ApiMessage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Brokers that record what the controller tells them and agree to everything, unless told to keep silent. */
final class TestBrokers implements BrokerConnector {

    record Received(int brokerId, long brokerEpoch, ApiMessage request, short version) {}

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<ApiMessage>> unanswered = new CopyOnWriteArrayList<>();
    private volatile boolean silent;

    @Override
    public PeerChannel connect(LiveBroker broker) {
        return new PeerChannel() {
            @Override
            @SuppressWarnings("unchecked")
            public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
                received.add(new Received(broker.id(), broker.epoch(), request, version));
                CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
                if (silent) {
                    unanswered.add(answer);
                } else {
                    answer.complete(agree(request));
                }
                return (CompletableFuture<R>) answer;
            }

            @Override
            public void keepOpen(Runnable onRefused) {}

            @Override
            public void close() {}
        };
    }

    private static ApiMessage agree(ApiMessage request) {
        if (request instanceof LeaderAndIsrRequest) {
            return new LeaderAndIsrResponse();
        }
        if (request instanceof StopReplicaRequest) {
            return new StopReplicaResponse();
        }
        return new UpdateMetadataResponse();
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
