package io.ottla.controller;

import io.ottla.controller.election.FencedWriter;
import io.ottla.controller.propagation.BrokerAnswer;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.reassign.ReassignmentContext;
import io.ottla.controller.state.ClusterState;
import io.ottla.controller.state.PartitionStateMachine;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A term of office as reassignments see it. */
record ReassignmentTerm(Office office, ClusterEvents events) implements ReassignmentContext {

    @Override
    public ClusterState cluster() {
        return office.cluster();
    }

    @Override
    public FencedWriter writer() {
        return office.writer();
    }

    @Override
    public PartitionStateMachine partitions() {
        return office.partitions();
    }

    @Override
    public UpdateBatch newBatch() {
        return office.newBatch();
    }

    @Override
    public CompletableFuture<List<BrokerAnswer>> send(UpdateBatch batch) {
        return office.send(batch);
    }

    @Override
    public void submit(String name, Supplier<CompletableFuture<Void>> event) {
        events.submit(name, event);
    }
}
