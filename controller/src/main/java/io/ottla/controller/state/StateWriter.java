package io.ottla.controller.state;

import io.ottla.controller.election.FencedWriter;
import io.ottla.controller.event.Gather;
import io.ottla.controller.zk.Node;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.WriteResult;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.znode.PartitionStateNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Replaces the states of many partitions in few writes. Confined to the controller's executor, inside one event.
 *
 * <p>The changes go out in multis that are all under way at once. A multi that is refused because one of its znodes has
 * another version is written again change by change; a change that is refused alone has its partition read anew, so that no
 * version known here stays wrong (KAFKA-2729). A write that was sent twice finds its own result, which counts as written.
 */
final class StateWriter {

    private static final int CHANGES_PER_MULTI = 1_000;

    private final FencedWriter writer;

    StateWriter(FencedWriter writer) {
        this.writer = writer;
    }

    /** A partition and the state that it is to have. */
    record Change(PartitionState partition, PartitionStateNode next) {

        private WriteOperation operation() {
            return WriteOperation.set(PartitionStateNode.path(partition.id()), next.encode(), partition.stateVersion());
        }
    }

    /**
     * Writes the changes and applies those that were written to their partitions.
     *
     * @return those that were refused because somebody else has changed the state, which has been read again
     */
    CompletableFuture<List<Change>> write(List<Change> changes) {
        List<CompletableFuture<List<Change>>> parts = new ArrayList<>();
        for (int from = 0; from < changes.size(); from += CHANGES_PER_MULTI) {
            parts.add(writePart(changes.subList(from, Math.min(changes.size(), from + CHANGES_PER_MULTI))));
        }
        return Gather.all(parts).thenApply(StateWriter::joined);
    }

    private CompletableFuture<List<Change>> writePart(List<Change> part) {
        return writer.write(part.stream().map(Change::operation).toList())
                .thenApply(results -> {
                    for (int i = 0; i < part.size(); i++) {
                        apply(part.get(i), results.get(i));
                    }
                    return List.<Change>of();
                })
                .exceptionallyCompose(failure -> {
                    if (!isRefusal(failure)) {
                        return CompletableFuture.failedFuture(failure);
                    }
                    return part.size() == 1
                            ? readAgain(part.get(0))
                            : Gather.each(part, change -> writePart(List.of(change)))
                                    .thenApply(StateWriter::joined);
                });
    }

    private static List<Change> joined(List<List<Change>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    private static void apply(Change change, WriteResult result) {
        change.partition.onState(
                change.next, ((WriteResult.Changed) result).stat().version());
    }

    private static boolean isRefusal(Throwable failure) {
        return ZooKeeperException.is(failure, ZooKeeperError.BAD_VERSION)
                || ZooKeeperException.is(failure, ZooKeeperError.NO_NODE);
    }

    private CompletableFuture<List<Change>> readAgain(Change refused) {
        PartitionState partition = refused.partition;
        return writer.session().get(PartitionStateNode.path(partition.id())).thenApply(found -> {
            if (found.isEmpty()) {
                // Removed with its topic by somebody else, which another watch reports.
                return List.of(refused);
            }
            PartitionStateNode present = decode(partition, found);
            int expected = partition.stateVersion() + 1;
            int version = found.get().stat().version();
            partition.onState(present, version);
            return present.equals(refused.next) && version == expected ? List.of() : List.of(refused);
        });
    }

    private static PartitionStateNode decode(PartitionState partition, Optional<Node> node) {
        return PartitionStateNode.decode(partition.id(), node.orElseThrow().data());
    }
}
