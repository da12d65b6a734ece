package io.ottla.replication.partition;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Port: how a leader asks the controller to change the in-sync replicas (KIP-497). */
@FunctionalInterface
public interface IsrChanges {

    /**
     * Asks until some controller has answered.
     *
     * @return completes with the controller's word on any thread; never fails
     */
    CompletionStage<Answer> propose(Proposal proposal);

    /**
     * What a leader wants.
     *
     * @param leaderEpoch of its leadership
     * @param partitionEpoch of the state that it wants to change
     * @param before the members in that state
     * @param isr the members that are to be, in order; if no others, the controller only confirms the leadership
     */
    record Proposal(
            TopicPartition partition,
            UUID topicId,
            int leaderEpoch,
            int partitionEpoch,
            List<Integer> before,
            List<IsrMember> isr) {

        public Proposal {
            before = List.copyOf(before);
            isr = List.copyOf(isr);
        }

        public boolean shrinks() {
            return isr.size() < before.size();
        }

        public boolean expands() {
            return isr.size() > before.size();
        }

        /** The members without their epochs. */
        public List<Integer> brokerIds() {
            return isr.stream().map(IsrMember::brokerId).toList();
        }
    }

    /**
     * A member of a proposed ISR.
     *
     * @param brokerEpoch of the broker's life in which it was found to be in sync, -1 if unknown (KIP-903)
     */
    record IsrMember(int brokerId, long brokerEpoch) {}

    /**
     * What the controller says.
     *
     * @param error NONE, or why the state is not as was asked for; the rest is meaningless then
     * @param isr in-sync replicas as they are now
     * @param partitionEpoch of that state
     */
    record Answer(ErrorCode error, int leaderEpoch, List<Integer> isr, int partitionEpoch) {

        public Answer {
            isr = List.copyOf(isr);
        }

        public static Answer failed(ErrorCode error) {
            return new Answer(error, Role.NO_LEADER_EPOCH, List.of(), -1);
        }
    }
}
