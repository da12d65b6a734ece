package io.ottla.replication.partition;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.BatchVerdict;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.replication.delayed.OffsetWaits;
import io.ottla.replication.delayed.WaitList;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.producer.MarkerVerdict;
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
    private final AppendRulesCache rules = new AppendRulesCache();
    private final WaitList logEndWaits = new WaitList();
    private final WaitList committedWaits = new WaitList();
    private final Acknowledgements acknowledgements = new Acknowledgements();
    private final OffsetWaits deletions = new OffsetWaits();

    private volatile Role role = IdleRole.NEW;
    private volatile boolean removed;

    Partition(TopicPartition name, UUID topicId, HomeLoop home) {
        this.name = name;
        this.topicId = topicId;
        this.loop = home.loop();
        this.home = home;
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
        LeaderRole leader = leaderFor(acks, ANY_EPOCH, listener);
        if (leader != null) {
            append(leader, payload, AppendOrigin.CLIENT, produceVersion, acks, listener);
        }
    }

    /**
     * Appends a batch of a coordinator, which hears of it when it is committed.
     *
     * @param payload one batch; the caller keeps it until the listener is called
     * @param leaderEpoch the only epoch in which the append may happen
     */
    public void appendAsCoordinator(ByteBuf payload, int leaderEpoch, AppendListener listener) {
        assertHome();
        LeaderRole leader = leaderFor(RequiredAcks.ALL, leaderEpoch, listener);
        if (leader != null) {
            short newest = ApiKey.PRODUCE.highestVersion();
            append(leader, payload, AppendOrigin.COORDINATOR, newest, RequiredAcks.ALL, listener);
        }
    }

    /**
     * A transactional batch has come: says whether the coordinator of its transaction has to be asked before it may be
     * appended (KIP-890).
     *
     * @param baseSequence of the batch, -1 for a coordinator's
     * @return what the append has to show once the coordinator has agreed; null if its transaction is under way here, or if
     *     this replica cannot append anyhow
     */
    public @Nullable VerificationGuard beginVerification(long producerId, short epoch, int baseSequence) {
        assertHome();
        return role instanceof LeaderRole leader
                ? leader.log()
                        .producers()
                        .beginVerification(
                                producerId, epoch, baseSequence, home.clock().millis())
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
        LeaderRole leader = leaderFor(RequiredAcks.ALL, leaderEpoch, listener);
        if (leader == null) {
            return;
        }
        long producerId = RecordBatch.producerId(payload, payload.readerIndex());
        short epoch = RecordBatch.producerEpoch(payload, payload.readerIndex());
        MarkerVerdict verdict =
                raisesEpoch ? leader.log().producers().checkRaisingMarker(producerId, epoch) : MarkerVerdict.DUE;
        switch (verdict) {
            case DUE ->
                append(
                        leader,
                        payload,
                        AppendOrigin.COORDINATOR,
                        ApiKey.PRODUCE.highestVersion(),
                        RequiredAcks.ALL,
                        listener);
            case DONE -> acknowledgeMarker(leader, listener);
            case STALE ->
                listener.onAppend(refused(
                        ErrorCode.INVALID_PRODUCER_EPOCH,
                        "marker of producer " + producerId + " epoch " + epoch + " for " + name + " came too late"));
        }
    }

    /** A marker that is in the log already counts once it is committed; everything before the log end is enough. */
    private void acknowledgeMarker(LeaderRole leader, AppendListener listener) {
        PartitionLog log = leader.log();
        AppendResult earlier = AppendResult.duplicate(-1, log.view().logEndOffset() - 1, -1, -1);
        acknowledgements.add(log, earlier, RequiredAcks.ALL, listener);
    }

    /** The role that may append; null if there is none, of which the listener has then been told. */
    private @Nullable LeaderRole leaderFor(RequiredAcks acks, int expectedEpoch, AppendListener listener) {
        Role current = role;
        if (!(current instanceof LeaderRole leader)) {
            listener.onAppend(refused(current.leaderError(), null));
            return null;
        }
        if (expectedEpoch != ANY_EPOCH && expectedEpoch != leader.leaderEpoch()) {
            listener.onAppend(refused(
                    ErrorCode.NOT_LEADER_OR_FOLLOWER,
                    name + " is led in epoch " + leader.leaderEpoch() + ", not " + expectedEpoch));
            return null;
        }
        if (acks == RequiredAcks.ALL && leader.isBelowMinInSync()) {
            listener.onAppend(refused(
                    ErrorCode.NOT_ENOUGH_REPLICAS,
                    name + " has in-sync replicas " + leader.isr().committed() + ", fewer than min.insync.replicas"));
            return null;
        }
        return leader;
    }

    private void append(
            LeaderRole leader,
            ByteBuf payload,
            AppendOrigin origin,
            int produceVersion,
            RequiredAcks acks,
            AppendListener listener) {
        PartitionLog log = leader.log();
        BatchVerdict verdict = home.validator()
                .validate(
                        payload,
                        rules.rulesFor(log.config()),
                        origin,
                        produceVersion,
                        home.clock().millis());
        if (verdict instanceof BatchVerdict.Rejected rejected) {
            listener.onRejected(rejected);
        } else if (verdict instanceof BatchVerdict.Accepted accepted) {
            leader.beforeAppend();
            AppendResult result = write(leader, payload, accepted, origin, listener.guard());
            if (result.isSuccess()) {
                onWritten(leader, result, accepted.sizeBytes());
                acknowledgements.add(log, result, acks, listener);
            } else if (SequenceGaps.isGap(result)) {
                SequenceGaps.refuse(this, leader, home, result, listener);
            } else {
                listener.onAppend(result);
            }
        }
    }

    private static AppendResult write(
            LeaderRole leader,
            ByteBuf payload,
            BatchVerdict.Accepted accepted,
            AppendOrigin origin,
            @Nullable VerificationGuard guard) {
        PartitionLog log = leader.log();
        if (!accepted.isRebuilt()) {
            return log.append(payload, leader.leaderEpoch(), origin, guard);
        }
        ByteBuf rebuilt = accepted.buffer();
        try {
            ByteBuf batch = rebuilt.slice(accepted.position(), accepted.sizeBytes());
            return log.append(batch, leader.leaderEpoch(), origin, guard);
        } finally {
            rebuilt.release();
        }
    }

    private void onWritten(LeaderRole leader, AppendResult result, int sizeBytes) {
        if (!result.duplicate()) {
            logEndWaits.signal(sizeBytes);
        }
        PartitionLog log = leader.log();
        if (Acknowledgements.needsFlush(log)) {
            log.flushed(log.view().logEndOffset()).whenComplete((done, failure) -> onFlushed(log, failure));
        } else {
            advanceHighWatermark(leader, log.view().logEndOffset(), sizeBytes);
        }
    }

    /** One flush serves many appends; what it has made durable may be acknowledged, and committed as far as others have it. */
    private void onFlushed(PartitionLog log, @Nullable Throwable failure) {
        if (!(role instanceof LeaderRole leader) || leader.log() != log) {
            return;
        }
        if (failure == null) {
            advanceHighWatermark(leader, log.recoveryPoint(), WaitList.UNKNOWN_BYTES);
            acknowledgements.onFlushed(log.recoveryPoint());
        } else {
            // The log directory is being taken offline, which ends this role; its records may or may not be durable.
            acknowledgements.failAll(ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    private void advanceHighWatermark(LeaderRole leader, long ownOffset, int addedBytes) {
        PartitionLog log = leader.log();
        long committed = leader.committedOffset(ownOffset, home);
        LogView before = log.view();
        if (committed > before.highWatermark()) {
            log.advanceHighWatermark(committed);
            // A marker frees more than its own bytes for those who wait for the last stable offset.
            boolean known = committed == ownOffset && before.lastStableOffset() == before.highWatermark();
            committedWaits.signal(known ? addedBytes : WaitList.UNKNOWN_BYTES);
            acknowledgements.onCommitted(committed);
        }
    }

    /** Looks again whether more is committed: not the log has changed, but who counts, or how far a follower is. */
    private void reviewHighWatermark(LeaderRole leader) {
        PartitionLog log = leader.log();
        long own = Acknowledgements.needsFlush(log)
                ? log.recoveryPoint()
                : log.view().logEndOffset();
        advanceHighWatermark(leader, own, WaitList.UNKNOWN_BYTES);
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
        reviewHighWatermark(leader);
        reviewDeletions(leader);
    }

    /** Looks again at who is in sync. Called now and then, on the home loop, of any role. */
    void reviewIsr() {
        if (role instanceof LeaderRole leader) {
            leader.isrKeeper().review();
            reviewHighWatermark(leader);
            reviewDeletions(leader);
        }
    }

    /** The in-sync replicas of the present leadership are others than before. */
    void onIsrChanged(LeaderRole leader) {
        if (leader.isBelowMinInSync()) {
            acknowledgements.failCommits(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
        }
        reviewHighWatermark(leader);
    }

    /**
     * Deletes records before {@code offset} (-1: before the high watermark).
     *
     * @return the new log start offset
     * @throws ApiException if this is not the leader, or the offset is out of range
     */
    public long deleteRecords(long offset) {
        assertHome();
        LeaderRole leader = requireLeader();
        if (!leader.log().config().retention().deletes()) {
            throw new ApiException(ErrorCode.POLICY_VIOLATION, name + " has no cleanup.policy that deletes");
        }
        LogView view = leader.log().view();
        long target = offset == -1 ? view.highWatermark() : offset;
        if (target < 0 || target > view.highWatermark()) {
            throw new ApiException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "offset " + target + " of " + name + " is not between 0 and the high watermark "
                            + view.highWatermark());
        }
        ErrorCode error = leader.log().deleteRecordsBefore(target);
        if (error != ErrorCode.NONE) {
            throw new ApiException(error, "records of " + name + " before offset " + target);
        }
        if (leader.log().view().lastStableOffset() > view.lastStableOffset()) {
            committedWaits.signal(WaitList.UNKNOWN_BYTES); // The start of an open transaction was deleted.
        }
        return leader.log().view().logStartOffset();
    }

    /**
     * Tells when no live replica has records before {@code offset} any more, at once if so already. Fails if this broker
     * ceases to lead before that.
     */
    public void awaitDeletion(long offset, OffsetWaits.Completion completion) {
        assertHome();
        LeaderRole leader = requireLeader();
        deletions.add(offset, completion);
        deletions.advanceTo(leader.lowWatermark(home));
    }

    /** Records before this offset are gone from every live replica. */
    public long lowWatermark() {
        assertHome();
        return requireLeader().lowWatermark(home);
    }

    private void reviewDeletions(LeaderRole leader) {
        if (deletions.size() > 0) {
            deletions.advanceTo(leader.lowWatermark(home));
        }
    }

    private LeaderRole requireLeader() {
        if (role instanceof LeaderRole leader) {
            return leader;
        }
        throw new ApiException(role.leaderError(), name + " is not led here");
    }

    /** Takes the lead, or keeps it in a newer epoch. */
    void becomeLeader(Assignment assignment, PartitionLog log) {
        assertHome();
        checkTransition(assignment.leaderEpoch());
        endConfirmations();
        LeaderRole leader = new LeaderRole(assignment, this, home, log, leader());
        log.beginLeaderEpoch(assignment.leaderEpoch());
        role = leader;
        if (Acknowledgements.needsFlush(log)) {
            log.flushed(log.view().logEndOffset()).whenComplete((done, failure) -> onFlushed(log, failure));
        }
        reviewHighWatermark(leader);
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
            if (Acknowledgements.needsFlush(moved)) {
                moved.flushed(moved.view().logEndOffset()).whenComplete((done, failure) -> onFlushed(moved, failure));
            }
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
        acknowledgements.failAll(error);
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

    private static AppendResult refused(ErrorCode error, @Nullable String message) {
        return AppendResult.failed(error, message == null ? error.message() : message, -1);
    }

    private void assertHome() {
        assert loop.inEventLoop() : name + ": not on its home loop";
    }

    @Override
    public String toString() {
        return name + " " + role;
    }
}
