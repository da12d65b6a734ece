package io.ottla.controller.election;

import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.WriteResult;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.ControllerEpochNode;
import io.ottla.protocol.error.StageFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Writes as the controller of one term, and only while that term lasts. Called on the session's executor. */
public final class FencedWriter {

    /** Stays well below ZooKeeper's bound of 1 MB per request. */
    private static final int MAX_MULTI_BYTES = 400_000;

    private final ZooKeeperSession session;
    private final ControllerTerm term;
    private final Runnable onFenced;

    /**
     * A writer for this term.
     *
     * @param onFenced called when a write is refused because another controller has been elected
     */
    public FencedWriter(ZooKeeperSession session, ControllerTerm term, Runnable onFenced) {
        this.session = session;
        this.term = term;
        this.onFenced = onFenced;
    }

    /** The term in which this writes. */
    public ControllerTerm term() {
        return term;
    }

    /** The session, for reads. */
    public ZooKeeperSession session() {
        return session;
    }

    /**
     * All of these writes or none, provided that this is still the controller.
     *
     * @return one result per operation; {@link FencedException} if it is not, or the refusal with the index of the
     *     operation in this list
     */
    public CompletableFuture<List<WriteResult>> write(List<WriteOperation> operations) {
        List<WriteOperation> guarded = new ArrayList<>(operations.size() + 1);
        guarded.add(WriteOperation.check(ControllerEpochNode.PATH, term.epochNodeVersion()));
        guarded.addAll(operations);
        return session.multi(guarded)
                .thenApply(results -> results.subList(1, results.size()))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(translate(failure)));
    }

    /** As {@link #write}, in as many multis as the bytes need, one after another in this order. */
    public CompletableFuture<Void> writeInParts(List<WriteOperation> operations) {
        int sizeBytes = 0;
        int end = 0;
        while (end < operations.size() && (end == 0 || sizeBytes < MAX_MULTI_BYTES)) {
            sizeBytes += operations.get(end).sizeBytes();
            end++;
        }
        if (end == 0) {
            return CompletableFuture.completedFuture(null);
        }
        List<WriteOperation> rest = operations.subList(end, operations.size());
        return write(operations.subList(0, end)).thenCompose(done -> writeInParts(rest));
    }

    private Throwable translate(Throwable failure) {
        if (!(StageFailure.cause(failure) instanceof ZooKeeperException refusal)) {
            return failure;
        }
        if (refusal.operationIndex() == 0 && refusal.error() == ZooKeeperError.BAD_VERSION) {
            onFenced.run();
            return new FencedException(term);
        }
        return new ZooKeeperException(
                refusal.error(), refusal.path(), refusal.operationIndex() - 1, String.valueOf(refusal.getMessage()));
    }
}
