package io.ottla.broker.bootstrap;

import io.ottla.broker.handler.replica.UpdateMetadataHandler;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.StopReplicaRequest;
import io.ottla.protocol.message.UpdateMetadataRequest;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.replication.partition.ReplicaControl;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The controller's way to the broker in its own process: the same orders, without a socket. Stateless; any thread. */
final class LocalPeerChannel implements PeerChannel {
    private final ReplicaControl replicas;
    private final UpdateMetadataHandler metadata;

    LocalPeerChannel(ReplicaControl replicas, UpdateMetadataHandler metadata) {
        this.replicas = replicas;
        this.metadata = metadata;
    }

    @Override
    @SuppressWarnings("unchecked") // The response class belongs to the request class.
    public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
        return (CompletableFuture<R>) order(request, version).toCompletableFuture();
    }

    private CompletionStage<? extends ApiMessage> order(ApiMessage request, short version) {
        if (request instanceof UpdateMetadataRequest update) {
            return CompletableFuture.completedFuture(metadata.apply(update));
        }
        if (request instanceof LeaderAndIsrRequest leaders) {
            return replicas.apply(leaders, version);
        }
        if (request instanceof StopReplicaRequest stop) {
            return replicas.apply(stop);
        }
        return CompletableFuture.failedFuture(new IllegalArgumentException(
                "a broker takes no orders of type " + request.getClass().getSimpleName()));
    }

    /** The own process is always there. */
    @Override
    public void keepOpen(Runnable onRefused) {}

    @Override
    public void close() {}
}
