package io.ottla.replication.partition;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.delayed.OffsetWaits;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.log.PartitionLog;

/** The appends of one partition that are written but not yet as safe as was asked for. Confined to the home loop. */
final class Acknowledgements {

    private final OffsetWaits commits = new OffsetWaits();
    private final OffsetWaits flushes = new OffsetWaits();

    /** Whether an acknowledgement by the leader needs a flush. */
    static boolean needsFlush(PartitionLog log) {
        return log.config().flush().messages() == 1;
    }

    /** Tells the listener when the append is as safe as {@code acks} asks, at once if it is so already. */
    void add(PartitionLog log, AppendResult result, RequiredAcks acks, AppendListener listener) {
        long required = result.lastOffset() + 1;
        if (acks == RequiredAcks.ALL && log.view().highWatermark() < required) {
            commits.add(required, new Acknowledgement(result, listener));
        } else if (acks == RequiredAcks.LEADER && needsFlush(log)) {
            flushes.add(required, new Acknowledgement(result, listener));
            flushes.advanceTo(log.recoveryPoint());
        } else {
            listener.onAppend(result);
        }
    }

    void onCommitted(long highWatermark) {
        commits.advanceTo(highWatermark);
    }

    void onFlushed(long recoveryPoint) {
        flushes.advanceTo(recoveryPoint);
    }

    /** What waits for other replicas will not be acknowledged: there are too few in sync. */
    void failCommits(ErrorCode error) {
        commits.failAll(error);
    }

    void failAll(ErrorCode error) {
        commits.failAll(error);
        flushes.failAll(error);
    }

    /** An append on its way to being safe enough. */
    private record Acknowledgement(AppendResult result, AppendListener listener) implements OffsetWaits.Completion {

        @Override
        public void onReached() {
            listener.onAppend(result);
        }

        @Override
        public boolean isAbandoned() {
            return listener.isAbandoned();
        }

        @Override
        public void onFailed(ErrorCode error) {
            listener.onAppend(AppendResult.failed(error, error.message(), -1));
        }
    }
}
