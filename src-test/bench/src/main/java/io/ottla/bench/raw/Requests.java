package io.ottla.bench.raw;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiMessage;

/** The small requests that clients send all the time, at the newest versions that every broker under test knows. */
public final class Requests {
    static final short METADATA_VERSION = 12;

    private static final int API_VERSIONS_VERSION = 3;
    private static final int FETCH_VERSION = 16;
    private static final int OFFSET_COMMIT_VERSION = 9;
    private static final int HEARTBEAT_VERSION = 4;
    private static final int FETCH_BYTES = 1 << 20;

    /** In the body of a fetch: after max wait, min bytes, max bytes (int32 each), isolation (int8), session id (int32). */
    private static final int SESSION_EPOCH_OFFSET = 4 + 4 + 4 + 1 + 4;

    private Requests() {}

    public static RepeatedRequest apiVersions() {
        ApiVersionsRequestData request = new ApiVersionsRequestData()
                .setClientSoftwareName("ottla-bench")
                .setClientSoftwareVersion("1");
        return RepeatedRequest.unchanged(
                request, API_VERSIONS_VERSION, response -> ((ApiVersionsResponseData) response).errorCode() == 0);
    }

    /** Of one topic, by name. */
    public static RepeatedRequest metadata(String topic) {
        return RepeatedRequest.unchanged(metadataOf(List.of(topic)), METADATA_VERSION, Readiness::hasAllLeaders);
    }

    static MetadataRequestData metadataOf(List<String> topics) {
        return new MetadataRequestData()
                .setAllowAutoTopicCreation(false)
                .setTopics(topics.stream()
                        .map(name -> new MetadataRequestTopic().setName(name))
                        .toList());
    }

    /**
     * Of a session that has partition 0 of the topic at its start, where nothing is: what a consumer that waits for records
     * sends, but for the waiting.
     */
    public static RepeatedRequest emptyFetch(RawConnection connection, String topic) throws IOException {
        MetadataResponseData metadata =
                (MetadataResponseData) connection.call(metadataOf(List.of(topic)), METADATA_VERSION);
        Uuid topicId = metadata.topics().find(topic).topicId();
        FetchRequestData first = fetch().setSessionEpoch(0)
                .setTopics(List.of(new FetchTopic()
                        .setTopicId(topicId)
                        .setPartitions(
                                List.of(new FetchPartition().setPartition(0).setPartitionMaxBytes(FETCH_BYTES)))));
        FetchResponseData opened = (FetchResponseData) connection.call(first, (short) FETCH_VERSION);
        if (opened.errorCode() != 0 || opened.sessionId() == 0) {
            throw new IOException("no fetch session: " + opened);
        }
        FetchRequestData next = fetch().setSessionId(opened.sessionId()).setSessionEpoch(1);
        int epochAt = Frames.bodyOffset(next, (short) FETCH_VERSION) + SESSION_EPOCH_OFFSET;
        return new RepeatedRequest(
                next,
                (short) FETCH_VERSION,
                (frame, n) -> frame.putInt(epochAt, n + 1),
                response -> ((FetchResponseData) response).errorCode() == 0);
    }

    private static FetchRequestData fetch() {
        return new FetchRequestData().setMaxWaitMs(0).setMinBytes(1).setMaxBytes(FETCH_BYTES);
    }

    /** Of one partition, for a group without members. */
    public static RepeatedRequest offsetCommit(RawConnection connection, String topic) throws IOException {
        GroupMember.awaitCoordinator(connection, topic);
        OffsetCommitRequestData request = new OffsetCommitRequestData()
                .setGroupId(topic)
                .setGenerationIdOrMemberEpoch(-1)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName(topic)
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(0)
                                .setCommittedMetadata("")))));
        return RepeatedRequest.unchanged(request, OFFSET_COMMIT_VERSION, Requests::isCommitted);
    }

    private static boolean isCommitted(ApiMessage response) {
        return ((OffsetCommitResponseData) response)
                .topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .allMatch(partition -> partition.errorCode() == 0);
    }

    /** Of the only member of a stable group of the classic protocol, a new one each time. */
    public static RepeatedRequest heartbeat(RawConnection connection, String topic) throws IOException {
        GroupMember member = GroupMember.join(connection, "heartbeats-" + System.nanoTime());
        HeartbeatRequestData request = new HeartbeatRequestData()
                .setGroupId(member.groupId())
                .setMemberId(member.memberId())
                .setGenerationId(member.generationId());
        return RepeatedRequest.unchanged(
                request, HEARTBEAT_VERSION, response -> ((HeartbeatResponseData) response).errorCode() == 0);
    }
}
