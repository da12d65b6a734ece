package io.ottla.bench.raw;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/** The only member of a group, as the coordinator knows it. */
record GroupMember(String groupId, String memberId, int generationId) {
    private static final short FIND_VERSION = 4;
    private static final short JOIN_VERSION = 9;
    private static final short SYNC_VERSION = 5;
    private static final short HEARTBEAT_VERSION = 4;
    private static final int SESSION_TIMEOUT_MS = 300_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Waits until the coordinator of the group has loaded it: the first question creates the offsets topic. */
    static void awaitCoordinator(RawConnection connection, String groupId) throws IOException {
        Readiness.await(
                "the coordinator of " + groupId,
                LIMIT,
                () -> isFound(connection, groupId)
                        && strangersHeartbeat(connection, groupId) == Errors.UNKNOWN_MEMBER_ID.code());
    }

    /** Joins the group as its leader and assigns nothing to itself. */
    static GroupMember join(RawConnection connection, String groupId) throws IOException {
        awaitCoordinator(connection, groupId);
        String memberId = firstJoin(connection, groupId).memberId();
        JoinGroupResponseData joined =
                (JoinGroupResponseData) connection.call(joinRequest(groupId).setMemberId(memberId), JOIN_VERSION);
        if (joined.errorCode() != 0) {
            throw new IOException("cannot join: " + joined);
        }
        SyncGroupRequestData sync = new SyncGroupRequestData()
                .setGroupId(groupId)
                .setMemberId(memberId)
                .setGenerationId(joined.generationId())
                .setProtocolType("consumer")
                .setProtocolName("range")
                .setAssignments(List.of(
                        new SyncGroupRequestAssignment().setMemberId(memberId).setAssignment(new byte[0])));
        SyncGroupResponseData synced = (SyncGroupResponseData) connection.call(sync, SYNC_VERSION);
        if (synced.errorCode() != 0) {
            throw new IOException("cannot sync: " + synced);
        }
        return new GroupMember(groupId, memberId, joined.generationId());
    }

    private static boolean isFound(RawConnection connection, String groupId) throws IOException {
        FindCoordinatorRequestData request =
                new FindCoordinatorRequestData().setKeyType((byte) 0).setCoordinatorKeys(List.of(groupId));
        FindCoordinatorResponseData found = (FindCoordinatorResponseData) connection.call(request, FIND_VERSION);
        return found.coordinators().get(0).errorCode() == 0;
    }

    /** What a loaded coordinator refuses and any other cannot judge: a question that leaves nothing behind. */
    private static short strangersHeartbeat(RawConnection connection, String groupId) throws IOException {
        HeartbeatRequestData request =
                new HeartbeatRequestData().setGroupId(groupId).setMemberId("stranger");
        return ((HeartbeatResponseData) connection.call(request, HEARTBEAT_VERSION)).errorCode();
    }

    private static JoinGroupResponseData firstJoin(RawConnection connection, String groupId) throws IOException {
        return (JoinGroupResponseData) connection.call(joinRequest(groupId), JOIN_VERSION);
    }

    private static JoinGroupRequestData joinRequest(String groupId) {
        JoinGroupRequestProtocol range =
                new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[0]);
        return new JoinGroupRequestData()
                .setGroupId(groupId)
                .setSessionTimeoutMs(SESSION_TIMEOUT_MS)
                .setRebalanceTimeoutMs(SESSION_TIMEOUT_MS)
                .setProtocolType("consumer")
                .setProtocols(
                        new JoinGroupRequestProtocolCollection(List.of(range).iterator()));
    }
}
