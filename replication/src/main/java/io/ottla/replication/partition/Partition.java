package io.ottla.replication.partition;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.delayed.OffsetWaits;
import io.ottla.replication.delayed.WaitList;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.producer.VerificationGuard;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A replica of a partition on this broker. Confined to its home loop, except for what is marked as usable from any thread.
 *
 * <p>An append is assigned offsets, written, flushed where the topic asks for it, and committed when every in-sync replica
 * has it. The high watermark follows: with a single replica it is the log end, or what is flushed where acknowledging
 * needs a flush.
 */
public final class Partition {

    /** No leader epoch is expected of an append: whichever leadership is present will do. */
    public static final int ANY_EPOCH = -1;

    private final TopicPartition name;
    private final UUID topicId;
    private final EventExecutor loop;
    private final HomeLoop home;
    private final WaitList logEndWaits = new WaitList();
    private final WaitList committedWaits = new WaitList();
    private final Commitment commitment;
    private final LeaderAppends appends;
    private final RecordDeletions deletions;

    private volatile Role role = IdleRole.NEW;
    private volatile boolean removed;

    Partition(TopicPartition name, UUID topicId, HomeLoop home) {
        this.name = name;
        this.topicId = topicId;
        this.loop = home.loop();
        this.home = home;
        this.commitment = new Commitment(this, home);
        this.appends = new LeaderAppends(this, home, commitment);
        this.deletions = new RecordDeletions(this, home);
    }

    /** Any thread. */
    public TopicPartition name() {
        return name;
    }

    /** The topic's id, zero where it has none. Any thread. */
    public UUID topicId() {
        return topicId;
    }

    /** The home loop, the same one for as long as the broker runs. Any thread. */
    public EventExecutor loop() {
        return loop;
    }

    /** Which of the broker's loops the home loop is, from 0. Any thread. */
    public int loopIndex() {
        return home.index();
    }

    /** Any thread. */
    public Role role() {
        return role;
    }

    /** The leader's role, or null if the leader is elsewhere or nowhere. Any thread. */
    public @Nullable LeaderRole leader() {
        return role instanceof LeaderRole leader ? leader : null;
    }

    /** The follower's role, or null if this replica copies from nobody. Any thread. */
    public @Nullable FollowerRole follower() {
        return role instanceof FollowerRole follower ? follower : null;
    }

    /** Whether the partition has been taken from the {@link PartitionSet}; whoever kept it must look it up anew. Any thread. */
    public boolean isRemoved() {
        return removed;
    }

    /** Those who wait for the log end to move, followers mostly. Any thread. */
    public WaitList logEndWaits() {
        return logEndWaits;
    }

    /** Those who wait for the high watermark or the last stable offset to move. Any thread. */
    public WaitList committedWaits() {
        return committedWaits;
    }

    /**
     * Appends the one batch that a produce request has for this partition.
     *
     * @param payload changed in place; the caller keeps it until the listener is called
     * @param produceVersion version of the request
     */
    public void append(ByteBuf payload, int produceVersion, RequiredAcks acks, AppendListener listener) {
        assertHome();
        appends.append(payload, produceVersion, acks, listener);
    }

    /**
     * Appends a batch of a coordinator, which hears of it when it is committed.
     *
     * @param payload one batch; the caller keeps it until the listener is called
     * @param leaderEpoch the only epoch in which the append may happen
     */
    public void appendAsCoordinator(ByteBuf payload, int leaderEpoch, AppendListener listener) {
        assertHome();
        appends.appendAsCoordinator(payload, leaderEpoch, listener);
    }

    /**
     * A transactional batch has come: says whether the coordinator of its transaction has to be asked before it may be
     * appended (KIP-890).
     *
     * @param baseSequence of the batch, -1 for a coordinator's
     * @param beginsEpoch whether each transaction has an epoch of its own
     * @return what the append has to show once the coordinator has agreed; null if its transaction is under way here, or if
     *     this replica cannot append anyhow
     */
    public @Nullable VerificationGuard beginVerification(
            long producerId, short epoch, int baseSequence, boolean beginsEpoch) {
        assertHome();
        return role instanceof LeaderRole leader
                ? leader.log()
                        .producers()
                        .beginVerification(
                                producerId,
                                epoch,
                                baseSequence,
                                beginsEpoch,
                                home.clock().millis())
                : null;
    }

    /**
     * Appends the marker that ends a transaction. The listener hears of it when it is committed; one that has been
     * appended before is answered with success and offset -1.
     *
     * @param payload one control batch; the caller keeps it until the listener is called
     * @param leaderEpoch the only epoch in which the append may happen, or {@link #ANY_EPOCH}
     * @param raisesEpoch whether the marker's epoch has to be greater than that of the transaction it ends (KIP-1228)
     */
    public void appendMarker(ByteBuf payload, int leaderEpoch, boolean raisesEpoch, AppendListener listener) {
        assertHome();
        appends.appendMarker(payload, leaderEpoch, raisesEpoch, listener);
    }

    /**
     * A follower has everything before the offset at which it fetches.
     *
     * @param leader the role in which the fetch was found to be in order
     */
    public void onFollowerFetch(LeaderRole leader, FollowerFetch fetch) {
        assertHome();
        ReplicaProgress follower = leader.progressOf(fetch.brokerId());
        if (role != leader || follower == null || follower.isOutdated(fetch)) {
            return;
        }
        follower.onFetch(fetch, leader.log().view().logEndOffset(), home.nowNs());
        leader.isrKeeper().onFetch(follower);
        commitment.review(leader);
        deletions.review(leader);
    }

    /** Looks again at who is in sync. Called now and then, on the home loop, of any role. */
    void reviewIsr() {
        if (role instanceof LeaderRole leader) {
            leader.isrKeeper().review();
            commitment.review(leader);
            deletions.review(leader);
        }
    }

    /** The in-sync replicas of the present leadership are others than before. */
    void onIsrChanged(LeaderRole leader) {
        commitment.onIsrChanged(leader);
    }

    /**
     * Deletes records before {@code offset} (-1: before the high watermark).
     *
     * @return the new log start offset
     * @throws ApiException if this is not the leader, or the offset is out of range
     */
    public long deleteRecords(long offset) {
        assertHome();
        return deletions.delete(offset);
    }

    /**
     * Tells when no live replica has records before {@code offset} any more, at once if so already. Fails if this broker
     * ceases to lead before that.
     */
    public void awaitDeletion(long offset, OffsetWaits.Completion completion) {
        assertHome();
        deletions.await(offset, completion);
    }

    /** Records before this offset are gone from every live replica. */
    public long lowWatermark() {
        assertHome();
        return deletions.lowWatermark();
    }

    /** Takes the lead, or keeps it in a newer epoch. */
    void becomeLeader(Assignment assignment, PartitionLog log) {
        assertHome();
        checkTransition(assignment.leaderEpoch());
        endConfirmations();
        LeaderRole leader = new LeaderRole(assignment, this, home, log, leader());
        log.beginLeaderEpoch(assignment.leaderEpoch());
        role = leader;
        commitment.flushIfNeeded(log);
        commitment.review(leader);
        wakeAll();
    }

    /**
     * Takes over a state of the leadership that is under way, in which only the in-sync replicas have changed.
     *
     * @return whether it is one, and newer than what is known
     */
    boolean adopt(Assignment assignment) {
        assertHome();
        return role instanceof LeaderRole leader
                && leader.leaderEpoch() == assignment.leaderEpoch()
                && leader.isrKeeper().adopt(assignment.isr(), assignment.partitionEpoch());
    }

    /** Follows another broker, or waits for a leader. */
    void becomeFollower(Assignment assignment, PartitionLog log) {
        assertHome();
        checkTransition(assignment.leaderEpoch());
        leave(
                new FollowerRole(assignment.leaderEpoch(), assignment.leader(), log, committedWaits),
                ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    /** Goes on, in the same role, with another log that has the same records. */
    void moveTo(PartitionLog moved) {
        assertHome();
        Role current = role;
        if (current instanceof LeaderRole leader) {
            leader.moveTo(moved);
            commitment.flushIfNeeded(moved);
        } else if (current instanceof FollowerRole follower) {
            role = follower.movedTo(moved);
        } else if (current instanceof IdleRole idle) {
            role = new IdleRole(idle.leaderEpoch(), moved);
        }
        wakeAll();
    }

    /** Stops, log and all, because the controller or a shutdown says so. */
    void stop() {
        assertHome();
        if (!(role instanceof OfflineRole)) {
            leave(new IdleRole(role.leaderEpoch(), role.log()), ErrorCode.NOT_LEADER_OR_FOLLOWER);
        }
    }

    /** Gives up: the log directory has failed. */
    void becomeOffline() {
        assertHome();
        leave(new OfflineRole(role.leaderEpoch()), ErrorCode.KAFKA_STORAGE_ERROR);
    }

    /** Marks the partition as no longer hosted. */
    void remove() {
        removed = true;
        wakeAll();
    }

    private void endConfirmations() {
        if (role instanceof LeaderRole ending) {
            ending.isrKeeper().end();
        }
    }

    private void leave(Role next, ErrorCode error) {
        endConfirmations();
        role = next;
        commitment.failAll(error);
        deletions.failAll(error);
        wakeAll();
    }

    private void wakeAll() {
        logEndWaits.signal(WaitList.UNKNOWN_BYTES);
        committedWaits.signal(WaitList.UNKNOWN_BYTES);
    }

    /** The transitions of roles: anything may follow anything in a newer epoch, except that offline is the end. */
    private void checkTransition(int nextEpoch) {
        if (role instanceof OfflineRole || nextEpoch < role.leaderEpoch()) {
            throw new IllegalStateException(name + ": from " + role + " to leader epoch " + nextEpoch);
        }
    }

    private void assertHome() {
        assert loop.inEventLoop() : name + ": not on its home loop";
    }

    @Override
    public String toString() {
        return name + " " + role;
    }
}
