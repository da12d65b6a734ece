package io.ottla.broker.handler.fetch;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.message.FetchResponse.FetchableTopicResponse;
import io.ottla.protocol.message.FetchResponse.NodeEndpoint;
import io.ottla.protocol.message.FetchResponse.PartitionData;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.protocol.schema.RecordBytes;
import io.ottla.replication.metadata.BrokerImage;
import io.ottla.replication.metadata.MetadataImage;
import io.ottla.replication.metadata.PartitionImage;
import io.ottla.replication.metadata.TopicImage;
import io.ottla.replication.partition.PartitionLocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns what was read into a response; the records pass from the session to the response. Stateless. */
final class FetchResponder {

    private static final short CURRENT_LEADER_VERSION = 12;
    private static final short NODE_ENDPOINTS_VERSION = 16;

    private final PartitionLocator locator;

    FetchResponder(PartitionLocator locator) {
        this.locator = locator;
    }

    /**
     * The response to the request that holds the session.
     *
     * @param incremental whether partitions without news are left out
     */
    FetchResponse respond(FetchSession session, FetchTerms terms, boolean incremental, String listenerName) {
        FetchResponse response = new FetchResponse().setSessionId(session.id());
        if (session.id() != FetchSession.NO_ID) {
            session.moveServedToEnd();
        }
        List<FetchableTopicResponse> topics = new ArrayList<>();
        FetchableTopicResponse topic = null;
        for (FetchedPartition partition : session.active()) {
            if (incremental && !partition.hasNews()) {
                continue;
            }
            partition.markSent();
            if (topic == null || !isOf(topic, partition, terms)) {
                topic = new FetchableTopicResponse().setPartitions(new ArrayList<>());
                if (terms.usesTopicIds()) {
                    topic.setTopicId(partition.topicId);
                } else {
                    topic.setTopic(partition.topic);
                }
                topics.add(topic);
            }
            PartitionData data = describe(partition);
            if (isLeaderError(partition.read.error)) {
                pointToLeader(partition, data, terms, response, listenerName);
            }
            topic.partitions().add(data);
        }
        return response.setResponses(topics);
    }

    private static boolean isOf(FetchableTopicResponse topic, FetchedPartition partition, FetchTerms terms) {
        return terms.usesTopicIds()
                ? topic.topicId().equals(partition.topicId)
                : topic.topic().equals(partition.topic);
    }

    private static PartitionData describe(FetchedPartition partition) {
        PartitionRead read = partition.read;
        RecordBytes records = read.takeRecords();
        PartitionData data = new PartitionData()
                .setPartitionIndex(partition.index)
                .setErrorCode(read.error.code())
                .setHighWatermark(read.highWatermark)
                .setLastStableOffset(read.lastStableOffset)
                .setLogStartOffset(read.logStartOffset)
                .setAbortedTransactions(read.abortedTransactions)
                .setRecords(records == null ? BufferRecords.EMPTY : records);
        if (read.isElsewhere()) {
            data.setPreferredReadReplica(read.preferredReplica);
        }
        if (read.diverging != null) {
            data.setDivergingEpoch(new FetchResponse.EpochEndOffset()
                    .setEpoch(read.diverging.epoch())
                    .setEndOffset(read.diverging.endOffset()));
        }
        return data;
    }

    private static boolean isLeaderError(ErrorCode error) {
        return error == ErrorCode.NOT_LEADER_OR_FOLLOWER || error == ErrorCode.FENCED_LEADER_EPOCH;
    }

    /** Tells the client who leads the partition now, and where (KIP-951), so that it need not ask for metadata. */
    private void pointToLeader(
            FetchedPartition partition,
            PartitionData data,
            FetchTerms terms,
            FetchResponse response,
            String listenerName) {
        if (terms.version() < CURRENT_LEADER_VERSION) {
            return;
        }
        MetadataImage image = locator.image();
        TopicImage topic = terms.usesTopicIds() ? image.topic(partition.topicId) : image.topic(partition.topic);
        PartitionImage current = topic == null ? null : topic.partition(partition.index);
        if (current == null) {
            return;
        }
        data.setCurrentLeader(new FetchResponse.LeaderIdAndEpoch()
                .setLeaderId(current.leader())
                .setLeaderEpoch(current.leaderEpoch()));
        NodeEndpoint endpoint = terms.version() < NODE_ENDPOINTS_VERSION
                ? null
                : endpointOf(image.broker(current.leader()), listenerName);
        if (endpoint != null && !response.nodeEndpoints().contains(endpoint)) {
            response.nodeEndpoints().add(endpoint);
        }
    }

    private static @Nullable NodeEndpoint endpointOf(@Nullable BrokerImage broker, String listenerName) {
        BrokerImage.Endpoint endpoint = broker == null ? null : broker.endpoint(listenerName);
        return broker == null || endpoint == null
                ? null
                : new NodeEndpoint()
                        .setNodeId(broker.id())
                        .setHost(endpoint.host())
                        .setPort(endpoint.port())
                        .setRack(broker.rack());
    }
}
