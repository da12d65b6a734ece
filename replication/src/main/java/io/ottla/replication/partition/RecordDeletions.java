package io.ottla.replication.partition;

import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.delayed.OffsetWaits;
import io.ottla.replication.delayed.WaitList;
import io.ottla.storage.log.LogView;

/** What DeleteRecords asks of a partition that is led here. Confined to the home loop. */
final class RecordDeletions {

    private final Partition partition;
    private final HomeLoop home;
    private final OffsetWaits waits = new OffsetWaits();

    RecordDeletions(Partition partition, HomeLoop home) {
        this.partition = partition;
        this.home = home;
    }

    /** As {@link Partition#deleteRecords}. */
    long delete(long offset) {
        LeaderRole leader = requireLeader();
        if (!leader.log().config().retention().deletes()) {
            throw new ApiException(
                    ErrorCode.POLICY_VIOLATION, partition.name() + " has no cleanup.policy that deletes");
        }
        LogView view = leader.log().view();
        long target = offset == -1 ? view.highWatermark() : offset;
        if (target < 0 || target > view.highWatermark()) {
            throw new ApiException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "offset " + target + " of " + partition.name() + " is not between 0 and the high watermark "
                            + view.highWatermark());
        }
        ErrorCode error = leader.log().deleteRecordsBefore(target);
        if (error != ErrorCode.NONE) {
            throw new ApiException(error, "records of " + partition.name() + " before offset " + target);
        }
        if (leader.log().view().lastStableOffset() > view.lastStableOffset()) {
            // The start of an open transaction was deleted.
            partition.committedWaits().signal(WaitList.UNKNOWN_BYTES);
        }
        return leader.log().view().logStartOffset();
    }

    /** As {@link Partition#awaitDeletion}. */
    void await(long offset, OffsetWaits.Completion completion) {
        LeaderRole leader = requireLeader();
        waits.add(offset, completion);
        waits.advanceTo(leader.lowWatermark(home));
    }

    /** As {@link Partition#lowWatermark}. */
    long lowWatermark() {
        return requireLeader().lowWatermark(home);
    }

    /** A follower may have deleted something, or its broker may have died. */
    void review(LeaderRole leader) {
        if (waits.size() > 0) {
            waits.advanceTo(leader.lowWatermark(home));
        }
    }

    /** The leadership has ended. */
    void failAll(ErrorCode error) {
        waits.failAll(error);
    }

    private LeaderRole requireLeader() {
        LeaderRole leader = partition.leader();
        if (leader == null) {
            throw new ApiException(partition.role().leaderError(), partition.name() + " is not led here");
        }
        return leader;
    }
}
