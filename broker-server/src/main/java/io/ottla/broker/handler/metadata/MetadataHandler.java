package io.ottla.broker.handler.metadata;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.MetadataRequest;
import io.ottla.protocol.message.MetadataRequest.MetadataRequestTopic;
import io.ottla.protocol.message.MetadataResponse;
import io.ottla.protocol.message.MetadataResponse.MetadataResponseBroker;
import io.ottla.protocol.message.MetadataResponse.MetadataResponsePartition;
import io.ottla.protocol.message.MetadataResponse.MetadataResponseTopic;
import io.ottla.protocol.schema.Base64Uuid;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.metadata.MetadataImage;
import io.ottla.replication.metadata.PartitionImage;
import io.ottla.replication.metadata.TopicImage;
import io.ottla.replication.metadata.TopicName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Metadata (key 3). A request for topics that do not exist creates them where client and configuration allow it, and is
 * answered when they have leaders or {@link #CREATION_WAIT_MS} have passed, so that a first produce needs no retry.
 */
public final class MetadataHandler implements RequestHandler<MetadataRequest, MetadataResponse> {

    /** How long an answer waits for the leaders of topics that were just created. */
    static final long CREATION_WAIT_MS = 1000;

    private static final short EMPTY_MEANS_ALL_VERSION = 0;
    private static final short FILTERS_REPLICAS_VERSION = 0;
    private static final short LISTENER_ERRORS_VERSION = 6;
    private static final short CLUSTER_OPERATIONS_MAX_VERSION = 10;
    private static final short TOPIC_IDS_VERSION = 12;

    private final MetadataCache metadata;
    private final AutoTopicCreation creation;
    private final String clusterId;

    public MetadataHandler(MetadataCache metadata, AutoTopicCreation creation, String clusterId) {
        this.metadata = metadata;
        this.creation = creation;
        this.clusterId = clusterId;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.METADATA;
    }

    @Override
    public CompletionStage<@Nullable MetadataResponse> handle(RequestContext context, MetadataRequest request) {
        checkTopicIds(request, context.apiVersion());
        MetadataImage image = metadata.image();
        Set<String> missing = topicsToCreate(request, image);
        if (missing.isEmpty()) {
            return CompletableFuture.completedFuture(respond(context, request, image));
        }
        return creation.create(missing, context.loop())
                .thenCompose(created -> metadata.awaitTopics(missing, context.loop(), CREATION_WAIT_MS))
                .thenApply(later -> respond(context, request, later));
    }

    private static void checkTopicIds(MetadataRequest request, short version) {
        if (version >= TOPIC_IDS_VERSION || request.topics() == null) {
            return;
        }
        for (MetadataRequestTopic topic : request.topics()) {
            if (topic.name() == null || !topic.topicId().equals(Base64Uuid.ZERO)) {
                throw new ApiException(
                        ErrorCode.INVALID_REQUEST,
                        "Metadata version " + version + " asks for a topic by id; version " + TOPIC_IDS_VERSION
                                + " and above do");
            }
        }
    }

    private Set<String> topicsToCreate(MetadataRequest request, MetadataImage image) {
        if (request.topics() == null || !request.allowAutoTopicCreation() || !creation.isEnabled()) {
            return Set.of();
        }
        Set<String> missing = new LinkedHashSet<>();
        for (MetadataRequestTopic topic : request.topics()) {
            String name = topic.name();
            if (name != null
                    && topic.topicId().equals(Base64Uuid.ZERO)
                    && image.topic(name) == null
                    && TopicName.isValid(name)) {
                missing.add(name);
            }
        }
        return missing;
    }

    private MetadataResponse respond(RequestContext context, MetadataRequest request, MetadataImage image) {
        short version = context.apiVersion();
        ListenerView view = new ListenerView(image, context.listenerName());
        MetadataResponse response = new MetadataResponse()
                .setClusterId(clusterId)
                .setControllerId(view.reachableControllerId())
                .setTopics(describeTopics(view, request, version));
        view.forEachBroker((broker, endpoint) -> response.brokers()
                .add(new MetadataResponseBroker()
                        .setNodeId(broker.id())
                        .setHost(endpoint.host())
                        .setPort(endpoint.port())
                        .setRack(broker.rack())));
        if (request.includeClusterAuthorizedOperations() && version <= CLUSTER_OPERATIONS_MAX_VERSION) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.ALL_OF_CLUSTER);
        }
        return response;
    }

    private static List<MetadataResponseTopic> describeTopics(
            ListenerView view, MetadataRequest request, short version) {
        List<MetadataResponseTopic> topics = new ArrayList<>();
        if (wantsAll(request, version)) {
            for (TopicImage topic : view.image().topics()) {
                topics.add(describe(view, topic, version));
            }
        } else {
            for (MetadataRequestTopic wanted : request.topics()) {
                topics.add(find(view, wanted, version));
            }
        }
        if (request.includeTopicAuthorizedOperations()) {
            for (MetadataResponseTopic topic : topics) {
                if (topic.errorCode() == ErrorCode.NONE.code()) {
                    topic.setTopicAuthorizedOperations(AuthorizedOperations.ALL_OF_TOPIC);
                }
            }
        }
        return topics;
    }

    private static boolean wantsAll(MetadataRequest request, short version) {
        return request.topics() == null
                || (version <= EMPTY_MEANS_ALL_VERSION && request.topics().isEmpty());
    }

    private static MetadataResponseTopic find(ListenerView view, MetadataRequestTopic wanted, short version) {
        if (!wanted.topicId().equals(Base64Uuid.ZERO)) {
            TopicImage topic = view.image().topic(wanted.topicId());
            return topic != null
                    ? describe(view, topic, version)
                    : new MetadataResponseTopic()
                            .setErrorCode(ErrorCode.UNKNOWN_TOPIC_ID.code())
                            .setName(null)
                            .setTopicId(wanted.topicId());
        }
        String name = wanted.name();
        if (name == null) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "Metadata asks for a topic with neither name nor id");
        }
        TopicImage topic = view.image().topic(name);
        if (topic != null) {
            return describe(view, topic, version);
        }
        ErrorCode error =
                TopicName.isValid(name) ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION;
        return new MetadataResponseTopic().setErrorCode(error.code()).setName(name);
    }

    private static MetadataResponseTopic describe(ListenerView view, TopicImage topic, short version) {
        List<MetadataResponsePartition> partitions =
                new ArrayList<>(topic.partitions().size());
        for (PartitionImage partition : topic.partitions()) {
            partitions.add(describe(view, partition, version));
        }
        return new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(topic.isInternal())
                .setPartitions(partitions);
    }

    private static MetadataResponsePartition describe(ListenerView view, PartitionImage partition, short version) {
        List<Integer> replicas = partition.replicas();
        List<Integer> isr = partition.isr();
        ErrorCode error = view.leaderError(partition, version >= LISTENER_ERRORS_VERSION);
        if (version <= FILTERS_REPLICAS_VERSION) {
            replicas = view.reachable(replicas);
            isr = view.reachable(isr);
            boolean complete = replicas.size() == partition.replicas().size()
                    && isr.size() == partition.isr().size();
            error = error == ErrorCode.NONE && !complete ? ErrorCode.REPLICA_NOT_AVAILABLE : error;
        }
        return new MetadataResponsePartition()
                .setErrorCode(error.code())
                .setPartitionIndex(partition.partition())
                .setLeaderId(view.isReachable(partition.leader()) ? partition.leader() : PartitionImage.NO_LEADER)
                .setLeaderEpoch(partition.leaderEpoch())
                .setReplicaNodes(replicas)
                .setIsrNodes(isr)
                .setOfflineReplicas(partition.offlineReplicas());
    }

    @Override
    public MetadataResponse errorResponse(MetadataRequest request, ErrorCode error, @Nullable String message) {
        MetadataResponse response =
                new MetadataResponse().setClusterId(clusterId).setErrorCode(error.code());
        if (request.topics() != null) {
            for (MetadataRequestTopic topic : request.topics()) {
                response.topics()
                        .add(new MetadataResponseTopic()
                                .setErrorCode(error.code())
                                // Versions before 12 cannot carry a null name.
                                .setName(topic.name() == null ? "" : topic.name())
                                .setTopicId(topic.topicId()));
            }
        }
        return response;
    }
}
