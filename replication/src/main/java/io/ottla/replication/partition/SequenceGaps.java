package io.ottla.replication.partition;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.log.AppendResult;
import java.util.concurrent.TimeUnit;

/**
 * What a producer is told whose batch does not follow its last one. Confined to the partition's home loop.
 *
 * <p>OUT_OF_ORDER_SEQUENCE_NUMBER says that records are lost, which older clients take for fatal, and is only true of a leader
 * that knows all that was acknowledged. It is not to be said where the gap has another reason:
 *
 * <ul>
 *   <li>Of several produces in flight the first was refused because this broker did not lead yet, and the next one comes when
 *       it does: they are refused alike, and come again in their order.
 *   <li>This broker leads no more and does not know, as after a long pause or behind a cut: the records are at the leader of now.
 *       So it has to be shown first that it does lead, by the controller or by all followers that could lead in its place.
 * </ul>
 *
 * See docs/decisions/0041-a-gap-is-not-always-a-loss.md.
 */
final class SequenceGaps {

    /** Requests that were sent before the first refusal was read are here by then. */
    static final long BEGINNING_NS = TimeUnit.SECONDS.toNanos(5);

    /** A leader that nobody confirms for so long does not say that it leads. */
    static final long CONFIRMATION_NS = TimeUnit.SECONDS.toNanos(10);

    /** Nobody has led before it, whose refusals could be on their way. */
    private static final int FIRST_EPOCH = 0;

    private SequenceGaps() {}

    static boolean isGap(AppendResult result) {
        return result.error() == ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
    }

    /** Tells the listener of a gap once it is clear what it means. */
    static void refuse(
            Partition partition, LeaderRole leader, HomeLoop home, AppendResult gap, AppendListener listener) {
        if (leader.leaderEpoch() > FIRST_EPOCH && leader.hasBegunWithin(BEGINNING_NS, home)) {
            listener.onAppend(notLeading(partition, gap));
        } else if (leader.followers().isEmpty()) {
            listener.onAppend(gap);
        } else {
            leader.isrKeeper().confirm(confirmed -> listener.onAppend(confirmed ? gap : notLeading(partition, gap)));
        }
    }

    private static AppendResult notLeading(Partition partition, AppendResult gap) {
        return AppendResult.failed(
                ErrorCode.NOT_LEADER_OR_FOLLOWER,
                partition.name() + " is led here only since a moment ago, or no more: " + gap.message(),
                -1);
    }
}
