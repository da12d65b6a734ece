package io.ottla.replication.partition;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.metadata.PartitionImage;
import io.ottla.replication.partition.IsrChanges.IsrMember;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the in-sync replicas of one leadership: proposes to the controller who is to enter and who is to leave, one change
 * at a time. Confined to the partition's home loop.
 *
 * <p>A change whose outcome is not known stays in the maximal ISR, so that it does no harm whether it has happened or not,
 * and is proposed again after a while. What the controller has decided meanwhile is learned from the metadata it sends to
 * every broker, so that a partition epoch that was missed does not stop changes for ever (KAFKA-2729).
 */
final class IsrKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(IsrKeeper.class);

    /** After a change that was not carried out, before the next one. */
    static final long HOLD_OFF_NS = TimeUnit.SECONDS.toNanos(1);

    private final Partition partition;
    private final LeaderRole leader;
    private final HomeLoop home;
    private boolean changing;
    private boolean heldOff;
    private long heldOffSinceNs;

    /** Those who wait to hear whether this leadership goes on. */
    private final List<LeadershipProof> proofs = new ArrayList<>();

    IsrKeeper(Partition partition, LeaderRole leader, HomeLoop home) {
        this.partition = partition;
        this.leader = leader;
        this.home = home;
    }

    /** A follower has fetched: it may have caught up, or shown that it has lost what it once had. */
    void onFetch(ReplicaProgress follower) {
        noteForProofs(follower);
        boolean member = leader.isr().committed().contains(follower.brokerId());
        long highWatermark = leader.log().view().highWatermark();
        if (mayEnter(follower)) {
            expand(follower);
        } else if (member && follower.logEndOffset() < highWatermark) {
            follower.forgetCaughtUp();
            if (mayPropose()) {
                LOG.warn(
                        "{}: in-sync replica {} fetches at {}, below the high watermark {}: it has lost records",
                        partition.name(),
                        follower.brokerId(),
                        follower.logEndOffset(),
                        highWatermark);
                propose(without(List.of(follower.brokerId())));
            }
        }
    }

    /**
     * Whether a replica that is not in sync has all that is committed. The high watermark of a new leader may lag behind
     * that, the start of its epoch does not (KAFKA-7128).
     */
    private boolean mayEnter(ReplicaProgress follower) {
        return !leader.isr().committed().contains(follower.brokerId())
                && follower.logEndOffset() >= leader.log().view().highWatermark()
                && follower.logEndOffset() >= leader.epochStartOffset()
                && home.services().isAlive(follower.brokerId());
    }

    /**
     * Looks at all followers again: for members that lag, and for others that have caught up when they could not enter, as
     * their broker was not known to be alive, or the controller refused. Called now and then.
     */
    void review() {
        dropLaggards();
        for (ReplicaProgress follower : leader.followers()) {
            if (mayEnter(follower) && leader.isFetching(follower, home)) {
                expand(follower);
            }
        }
    }

    private void expand(ReplicaProgress follower) {
        if (mayPropose()) {
            List<Integer> isr = new ArrayList<>(leader.isr().committed());
            isr.add(follower.brokerId());
            LOG.debug("{}: replica {} has caught up, ISR is to be {}", partition.name(), follower.brokerId(), isr);
            propose(isr);
        }
    }

    /** Drops replicas that have not been caught up for {@code replica.lag.time.max.ms}. */
    private void dropLaggards() {
        List<Integer> laggards = new ArrayList<>();
        for (int member : leader.isr().committed()) {
            ReplicaProgress follower = leader.progressOf(member);
            if (follower != null && !leader.isCaughtUp(follower, home)) {
                laggards.add(member);
            }
        }
        if (!laggards.isEmpty() && mayPropose()) {
            LOG.debug(
                    "{}: replicas {} have not caught up for {} ms and are to leave the ISR {}",
                    partition.name(),
                    laggards,
                    home.services().lagTimeMaxMs(),
                    leader.isr().committed());
            propose(without(laggards));
        }
    }

    private List<Integer> without(List<Integer> leaving) {
        return leader.isr().committed().stream()
                .filter(member -> !leaving.contains(member))
                .toList();
    }

    private boolean mayPropose() {
        if (changing) {
            return false;
        }
        if (heldOff && home.nowNs() - heldOffSinceNs < HOLD_OFF_NS) {
            return false;
        }
        heldOff = false;
        return !adoptFromMetadata();
    }

    /** Takes over a newer state that the controller has announced; says whether there was one. */
    boolean adoptFromMetadata() {
        PartitionImage image = home.services()
                .metadata()
                .image()
                .partition(partition.name().topic(), partition.name().partition());
        return image != null
                && image.leaderEpoch() == leader.leaderEpoch()
                && adopt(image.isr(), image.partitionEpoch());
    }

    /** Takes over a state of this leadership if it is newer; says whether it was. */
    boolean adopt(List<Integer> isr, int partitionEpoch) {
        if (partitionEpoch <= leader.isr().partitionEpoch()) {
            return false;
        }
        LOG.debug("{}: ISR is {} as of partition epoch {}", partition.name(), isr, partitionEpoch);
        leader.setIsr(IsrState.committed(isr, partitionEpoch));
        partition.onIsrChanged(leader);
        return true;
    }

    private void propose(List<Integer> isr) {
        List<IsrMember> members = new ArrayList<>(isr.size());
        for (int member : isr) {
            members.add(new IsrMember(member, brokerEpochOf(leader.progressOf(member))));
        }
        IsrState before = leader.isr();
        leader.setIsr(before.proposing(isr));
        changing = true;
        IsrChanges.Proposal proposal = new IsrChanges.Proposal(
                partition.name(),
                partition.topicId(),
                leader.leaderEpoch(),
                before.partitionEpoch(),
                before.committed(),
                members);
        var unused = home.services()
                .isrChanges()
                .propose(proposal)
                .thenAcceptAsync(answer -> onAnswer(proposal, answer), home.loop());
    }

    /**
     * Finds out whether this leadership is the present one: the controller is asked, by a change of the ISR to what it is, which
     * changes nothing, and the followers show it by how they fetch. Tells on the home loop; no later than after
     * {@link SequenceGaps#CONFIRMATION_NS}, and then that it is not.
     */
    void confirm(Consumer<Boolean> listener) {
        LeadershipProof proof = new LeadershipProof(listener);
        if (proof.isGivenBy(leader)) {
            proof.end(true);
            return;
        }
        proofs.add(proof);
        var unused = home.loop()
                .schedule(
                        () -> {
                            proofs.remove(proof);
                            proof.end(false);
                        },
                        SequenceGaps.CONFIRMATION_NS,
                        TimeUnit.NANOSECONDS);
        if (!changing) {
            propose(leader.isr().committed());
        }
    }

    private void noteForProofs(ReplicaProgress follower) {
        if (proofs.isEmpty()) {
            return;
        }
        for (LeadershipProof proof : List.copyOf(proofs)) {
            proof.onFetch(follower.brokerId());
            if (proof.isGivenBy(leader)) {
                proofs.remove(proof);
                proof.end(true);
            }
        }
    }

    /** The leadership has ended, or goes on in another epoch: nothing of it is confirmed any more. */
    void end() {
        endProofs(false);
    }

    private void endProofs(boolean confirmed) {
        List<LeadershipProof> all = List.copyOf(proofs);
        proofs.clear();
        all.forEach(proof -> proof.end(confirmed));
    }

    /** These come from a controller that knows the leader and its epoch, whatever it thinks of the change. */
    private static boolean confirms(ErrorCode error) {
        return switch (error) {
            case NONE, INVALID_UPDATE_VERSION, INELIGIBLE_REPLICA, OPERATION_NOT_ATTEMPTED -> true;
            default -> false;
        };
    }

    private long brokerEpochOf(@Nullable ReplicaProgress follower) {
        return follower == null ? home.services().brokerEpoch().getAsLong() : follower.brokerEpoch();
    }

    private void onAnswer(IsrChanges.Proposal proposal, IsrChanges.Answer answer) {
        changing = false;
        if (partition.role() != leader) {
            return;
        }
        endProofs(confirms(answer.error()));
        if (answer.error() == ErrorCode.NONE && answer.leaderEpoch() == leader.leaderEpoch()) {
            // Where nothing had to be changed, the partition epoch has not changed either.
            if (answer.partitionEpoch() == leader.isr().partitionEpoch()
                    && answer.isr().equals(leader.isr().committed())) {
                settle();
            } else {
                adopt(answer.isr(), answer.partitionEpoch());
            }
            return;
        }
        LOG.debug(
                "{}: ISR {} at partition epoch {} was not accepted: {}",
                partition.name(),
                proposal.brokerIds(),
                proposal.partitionEpoch(),
                answer.error());
        heldOff = true;
        heldOffSinceNs = home.nowNs();
        var unused = home.loop().schedule(partition::reviewIsr, HOLD_OFF_NS, TimeUnit.NANOSECONDS);
        if (answer.error() == ErrorCode.OPERATION_NOT_ATTEMPTED || answer.error() == ErrorCode.INELIGIBLE_REPLICA) {
            // The controller says by these that the partition epoch is right, so the change cannot have happened
            // before.
            settle();
        } else {
            adoptFromMetadata();
        }
    }

    private void settle() {
        leader.setIsr(leader.isr().withoutProposal());
        partition.onIsrChanged(leader);
    }
}
