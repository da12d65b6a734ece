package io.ottla.controller;

import io.ottla.controller.election.FencedWriter;
import io.ottla.controller.event.Gather;
import io.ottla.controller.propagation.BrokerAnswer;
import io.ottla.controller.propagation.BrokerSenders;
import io.ottla.controller.propagation.Delivery;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.ClusterState;
import io.ottla.controller.state.PartitionStateMachine;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a broker holds while it is the controller; all of it ends with the term. Confined to the controller's executor.
 *
 * @param controllerId this broker's id
 * @param writer writes as long as the term lasts
 * @param cluster what is known of the cluster
 * @param senders queues to the live brokers
 * @param partitions the partitions' state machine
 */
record Office(
        int controllerId,
        FencedWriter writer,
        ClusterState cluster,
        BrokerSenders senders,
        PartitionStateMachine partitions) {

    int epoch() {
        return writer.term().epoch();
    }

    UpdateBatch newBatch() {
        return new UpdateBatch(senders, controllerId, epoch(), cluster::isOnline);
    }

    /** Sends a batch; completes when every broker has answered or gone, with what they answered. */
    CompletableFuture<List<BrokerAnswer>> send(UpdateBatch batch) {
        return Gather.each(batch.send(cluster.brokers()), Delivery::answer);
    }

    /** Sends a batch; completes when every broker that can be reached has answered. */
    CompletableFuture<?> sendToReachable(UpdateBatch batch) {
        return Gather.each(batch.send(cluster.brokers()), Delivery::attempted);
    }

    /**
     * As {@link #sendToReachable}, but one broker that is to leave is told last, and of its successors first: when those of the others that can be reached have answered, or
     * after {@code patienceMs}. Completes when it is being told.
     */
    CompletableFuture<Sent> sendLastTo(int brokerId, long patienceMs, UpdateBatch batch) {
        CompletableFuture<?> others =
                Gather.each(batch.send(cluster.brokers(), id -> id != brokerId), Delivery::attempted);
        CompletableFuture<Boolean> turn = new CompletableFuture<>();
        var deadline =
                writer.session().executor().schedule(() -> turn.complete(false), patienceMs, TimeUnit.MILLISECONDS);
        var unused = others.whenComplete((done, failure) -> {
            deadline.cancel(false);
            turn.complete(true);
        });
        return turn.thenApply(inTime -> new Sent(CompletableFuture.allOf(
                others, Gather.each(batch.sendToLeaving(cluster.brokers(), brokerId), Delivery::attempted))));
    }

    /** Requests on their way; {@code answered} completes when every broker that can be reached has answered. */
    record Sent(CompletableFuture<?> answered) {}
}
