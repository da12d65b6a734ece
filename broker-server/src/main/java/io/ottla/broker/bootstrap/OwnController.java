package io.ottla.broker.bootstrap;

import io.ottla.controller.Controller;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.message.AllocateProducerIdsRequest;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest;
import io.ottla.protocol.message.AlterPartitionRequest;
import io.ottla.protocol.message.ControlledShutdownRequest;
import io.ottla.protocol.message.CreatePartitionsRequest;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.DeleteTopicsRequest;
import io.ottla.protocol.message.ElectLeadersRequest;
import io.ottla.protocol.message.ListPartitionReassignmentsRequest;
import io.ottla.protocol.message.UpdateFeaturesRequest;
import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletableFuture;

/**
 * The controller of this process, as its own broker reaches it: the same requests, without a socket. Stateless; any thread.
 * Where the controller answers an error for all of a request, the future fails with it.
 */
record OwnController(Controller controller) implements PeerChannel {
    @Override
    @SuppressWarnings("unchecked") // The response class belongs to the request class.
    public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
        return (CompletableFuture<R>) serve(request);
    }

    private CompletableFuture<? extends ApiMessage> serve(ApiMessage request) {
        if (request instanceof AlterPartitionRequest alter) {
            return controller.alterPartition(alter);
        }
        if (request instanceof ControlledShutdownRequest shutdown) {
            return controller.controlledShutdown(shutdown);
        }
        if (request instanceof AllocateProducerIdsRequest allocate) {
            return controller.allocateProducerIds(allocate);
        }
        if (request instanceof CreateTopicsRequest create) {
            return controller.createTopics(create);
        }
        if (request instanceof DeleteTopicsRequest delete) {
            return controller.deleteTopics(delete);
        }
        if (request instanceof CreatePartitionsRequest grow) {
            return controller.createPartitions(grow);
        }
        if (request instanceof AlterPartitionReassignmentsRequest reassign) {
            return controller.alterPartitionReassignments(reassign);
        }
        if (request instanceof ListPartitionReassignmentsRequest list) {
            return controller.listPartitionReassignments(list);
        }
        if (request instanceof ElectLeadersRequest elect) {
            return controller.electLeaders(elect);
        }
        if (request instanceof UpdateFeaturesRequest update) {
            return controller.updateFeatures(update);
        }
        return CompletableFuture.failedFuture(new IllegalArgumentException(
                "a controller takes no " + request.getClass().getSimpleName()));
    }

    /** The own process is always there. */
    @Override
    public void keepOpen(Runnable onRefused) {}

    @Override
    public void close() {}
}
