package io.ottla.controller.reassign;

import io.ottla.controller.election.FencedWriter;
import io.ottla.controller.propagation.BrokerAnswer;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.ClusterState;
import io.ottla.controller.state.PartitionStateMachine;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Port: the term of office in which reassignments happen. */
public interface ReassignmentContext {

    /** What is known of the cluster. */
    ClusterState cluster();

    /** Writes as long as the term lasts. */
    FencedWriter writer();

    /** Gives new partitions their first state, and tells brokers of partitions. */
    PartitionStateMachine partitions();

    /** What an event has to tell the brokers; empty. */
    UpdateBatch newBatch();

    /** Sends a batch; completes when every broker concerned has answered or gone. */
    CompletableFuture<List<BrokerAnswer>> send(UpdateBatch batch);

    /** Runs an event of its own, unless the term is over by then; its failure ends the term. */
    void submit(String name, Supplier<CompletableFuture<Void>> event);
}
