package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.Coordination;
import io.ottla.broker.coordinator.runtime.CoordinatorShard;
import io.ottla.broker.coordinator.runtime.ShardDefinition;
import io.ottla.broker.coordinator.runtime.ShardRuntime;
import io.ottla.broker.coordinator.runtime.ShardServices;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import io.ottla.protocol.message.HeartbeatRequest;
import io.ottla.protocol.message.HeartbeatResponse;
import io.ottla.protocol.message.JoinGroupRequest;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.message.LeaveGroupRequest;
import io.ottla.protocol.message.LeaveGroupRequest.MemberIdentity;
import io.ottla.protocol.message.LeaveGroupResponse;
import io.ottla.protocol.message.SyncGroupRequest;
import io.ottla.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The group coordinator of this broker: takes requests to the shards of their groups. Any thread. Responses complete on the
 * loop of their shard and carry their errors; the stages fail only by mistake.
 */
public final class GroupCoordinator implements Coordination {
    /** The topic in which groups and offsets are kept. */
    public static final String TOPIC = "__consumer_offsets";

    private static final short NULLABLE_PROTOCOL_VERSION = 7;

    private final int partitions;
    private final ShardRuntime<GroupShard> runtime;
    private final GroupOffsets offsets;
    private final TransactionalOffsets transactionalOffsets;
    private final GroupAdministration administration;

    /**
     * @param services the loops, the log and the time of the partitions of {@link #TOPIC}
     * @param memberIdSuffixes what makes the ids of new members unique; called on any home loop
     */
    public GroupCoordinator(
            GroupSettings settings, ShardServices services, TopicDirectory topics, Supplier<String> memberIdSuffixes) {
        this.partitions = settings.offsetsTopicPartitions();
        this.runtime = new ShardRuntime<>(
                new ShardDefinition<>(
                        TOPIC,
                        GroupRecords.FORMAT,
                        context -> new GroupShard(context, settings, memberIdSuffixes),
                        settings.shards()),
                services);
        this.offsets = new GroupOffsets(this, topics);
        this.transactionalOffsets = new TransactionalOffsets(this, topics);
        this.administration = new GroupAdministration(this);
    }

    /** Commits and reads offsets. */
    public GroupOffsets offsets() {
        return offsets;
    }

    /** Commits offsets in transactions. */
    public TransactionalOffsets transactionalOffsets() {
        return transactionalOffsets;
    }

    /** Describes, lists and deletes groups. */
    public GroupAdministration administration() {
        return administration;
    }

    /** {@link ShardRuntime#onElection} of a partition of {@link #TOPIC}. */
    public void onElection(int partition, int leaderEpoch) {
        runtime.onElection(partition, leaderEpoch);
    }

    /** {@link ShardRuntime#onResignation} of a partition of {@link #TOPIC}. */
    public void onResignation(int partition, int leaderEpoch) {
        runtime.onResignation(partition, leaderEpoch);
    }

    /** These topics are deleted: their offsets in the groups coordinated here go, too. */
    public void onTopicsDeleted(Set<String> topics) {
        for (int partition : runtime.partitions()) {
            CompletableFuture<Integer> unused =
                    runtime.write(partition, shard -> shard.offsets().forgetTopics(topics));
        }
    }

    /** Gives up all groups, answering what is owed. */
    public void close() {
        runtime.close();
    }

    /** The partition of {@link #TOPIC} that a group belongs to. */
    @Override
    public int partitionFor(String groupId) {
        return (groupId.hashCode() & Integer.MAX_VALUE) % partitions;
    }

    @Override
    public boolean isStalled(int partition) {
        return runtime.isStalled(partition);
    }

    /** {@link CoordinatorShard#image} of a partition, which may show what is not committed yet. */
    public CompletableFuture<SortedMap<String, String>> image(int partition) {
        return runtime.query(partition, CoordinatorShard::image);
    }

    /** {@link #image}, once all is committed that it shows. */
    public CompletableFuture<SortedMap<String, String>> committedImage(int partition) {
        return runtime.queryCommitted(partition, CoordinatorShard::image);
    }

    ShardRuntime<GroupShard> runtime() {
        return runtime;
    }

    /** Joins a group; completes when the join phase that it leads to ends. */
    public CompletableFuture<JoinGroupResponse> joinGroup(GroupCaller caller, JoinGroupRequest request) {
        String memberId = request.memberId();
        Function<ErrorCode, JoinGroupResponse> onError = error -> GroupResponses.joinError(memberId, error);
        return ask(request.groupId(), onError, (shard, future) -> shard.joins().join(caller, request, future))
                .thenApply(response -> {
                    if (caller.apiVersion() < NULLABLE_PROTOCOL_VERSION && response.protocolName() == null) {
                        response.setProtocolName("");
                    }
                    return response;
                });
    }

    /** Asks for the assignment, as the leader bringing it along; completes when it is committed. */
    public CompletableFuture<SyncGroupResponse> syncGroup(SyncGroupRequest request) {
        // While the shard loads, what it knew of the rebalance is lost: the member has to join again. Clients of before
        // COORDINATOR_LOAD_IN_PROGRESS understand this, too.
        Function<ErrorCode, SyncGroupResponse> onError = error -> GroupResponses.syncError(
                error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.REBALANCE_IN_PROGRESS : error);
        return ask(request.groupId(), onError, (shard, future) -> shard.membership()
                .sync(request, future));
    }

    /** Says that a member lives. */
    public CompletableFuture<HeartbeatResponse> heartbeat(HeartbeatRequest request) {
        // While the shard loads nobody is given up, so there is nothing to say.
        Function<ErrorCode, HeartbeatResponse> onError = error -> new HeartbeatResponse()
                .setErrorCode((error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : error).code());
        return ask(
                request.groupId(),
                onError,
                (shard, future) -> future.complete(new HeartbeatResponse()
                        .setErrorCode(shard.membership().heartbeat(request).code())));
    }

    /** Removes members. */
    public CompletableFuture<LeaveGroupResponse> leaveGroup(GroupCaller caller, LeaveGroupRequest request) {
        short version = caller.apiVersion();
        List<MemberIdentity> leaving = MembershipCommands.leaving(request, version);
        Function<ErrorCode, LeaveGroupResponse> onError = error -> new LeaveGroupResponse().setErrorCode(error.code());
        return ask(
                request.groupId(),
                onError,
                (shard, future) -> future.complete(
                        leaveResponse(version, shard.membership().leave(request.groupId(), leaving))));
    }

    /** Before members left in batches, the error of the one member was that of the response. */
    private static LeaveGroupResponse leaveResponse(short version, LeaveGroupResponse response) {
        return version < MembershipCommands.BATCHED_LEAVE_VERSION
                ? new LeaveGroupResponse()
                        .setErrorCode(response.members().get(0).errorCode())
                : response;
    }

    /** Takes a request to the shard of its group, which answers sooner or later; every failure becomes a response. */
    private <T> CompletableFuture<T> ask(
            String groupId, Function<ErrorCode, T> onError, BiConsumer<GroupShard, CompletableFuture<T>> request) {
        if (groupId.isEmpty()) {
            return CompletableFuture.completedFuture(onError.apply(ErrorCode.INVALID_GROUP_ID));
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        CompletableFuture<@Nullable Void> asked = runtime.query(partitionFor(groupId), shard -> {
            request.accept(shard, answer);
            return null;
        });
        if (asked.isDone() && !asked.isCompletedExceptionally()) {
            return answer;
        }
        CompletableFuture<@Nullable Void> unused = asked.whenComplete((nothing, cause) -> {
            if (cause != null) {
                answer.complete(onError.apply(GroupErrors.ofCoordinator(StageFailure.error(cause))));
            }
        });
        return answer;
    }
}
