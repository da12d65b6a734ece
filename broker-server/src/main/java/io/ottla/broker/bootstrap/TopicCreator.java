package io.ottla.broker.bootstrap;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.config.DynamicConfig;
import io.ottla.broker.config.GroupConfig;
import io.ottla.broker.config.TransactionConfig;
import io.ottla.broker.coordinator.group.CoordinatorDirectory;
import io.ottla.broker.forward.Forwarder;
import io.ottla.broker.handler.metadata.AutoTopicCreation;
import io.ottla.broker.handler.topic.CreateTopicsHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import io.ottla.protocol.message.CreateTopicsResponse;
import io.ottla.protocol.message.CreateTopicsResponse.CreatableTopicResult;
import io.ottla.replication.metadata.BrokerImage;
import io.ottla.replication.metadata.InternalTopics;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.metadata.MetadataImage;
import io.ottla.replication.metadata.PartitionImage;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the topics that nobody has created: those that clients simply use, and the internal ones. An internal topic
 * gets as many replicas as there are live brokers, up to its configured factor, so that one broker alone can serve groups.
 * Stateless; any thread.
 */
final class TopicCreator implements AutoTopicCreation, CoordinatorDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCreator.class);
    private static final int TIMEOUT_MS = 30_000;
    private static final int DEFAULT = -1;

    private final DynamicConfig config;
    private final MetadataCache metadata;
    private final Forwarder controller;
    private final EventExecutor timer;

    TopicCreator(DynamicConfig config, MetadataCache metadata, Forwarder controller, EventExecutor timer) {
        this.config = config;
        this.metadata = metadata;
        this.controller = controller;
        this.timer = timer;
    }

    @Override
    public boolean isEnabled() {
        return config.current().topics().autoCreate();
    }

    @Override
    public CompletionStage<?> create(Collection<String> names, EventExecutor loop) {
        CreateTopicsRequest request = new CreateTopicsRequest().setTimeoutMs(TIMEOUT_MS);
        for (String name : names) {
            request.topics().add(InternalTopics.contains(name) ? internal(name) : ordinary(name));
        }
        CompletableFuture<CreateTopicsResponse> answer = controller.send(
                request, ApiKey.CREATE_TOPICS.highestVersion(), TIMEOUT_MS, CreateTopicsHandler::firstErrorCode);
        return answer.thenCompose(response -> {
                    response.topics().forEach(TopicCreator::logFailure);
                    return metadata.awaitTopics(created(response), loop, TIMEOUT_MS);
                })
                .exceptionally(failure -> {
                    LOG.warn("topics {} could not be created: {}", names, failure.toString());
                    return metadata.image();
                });
    }

    private static List<String> created(CreateTopicsResponse response) {
        return response.topics().stream()
                .filter(topic -> topic.errorCode() == ErrorCode.NONE.code()
                        || topic.errorCode() == ErrorCode.TOPIC_ALREADY_EXISTS.code())
                .map(CreatableTopicResult::name)
                .toList();
    }

    private static void logFailure(CreatableTopicResult topic) {
        ErrorCode error = ErrorCode.forCode(topic.errorCode());
        if (error != ErrorCode.NONE && error != ErrorCode.TOPIC_ALREADY_EXISTS) {
            LOG.warn("topic {} could not be created: {} {}", topic.name(), error, topic.errorMessage());
        }
    }

    private static CreatableTopic ordinary(String name) {
        return new CreatableTopic().setName(name).setNumPartitions(DEFAULT).setReplicationFactor((short) DEFAULT);
    }

    private CreatableTopic internal(String name) {
        return switch (name) {
            case InternalTopics.CONSUMER_OFFSETS -> offsets(name);
            case InternalTopics.TRANSACTION_STATE -> transactions(name);
            default -> ordinary(name);
        };
    }

    private CreatableTopic transactions(String name) {
        TransactionConfig transactions = config.current().transactions();
        short factor = factor(name, transactions.topicReplicationFactor());
        CreatableTopic topic = new CreatableTopic()
                .setName(name)
                .setNumPartitions(transactions.topicPartitions())
                .setReplicationFactor(factor);
        int minInSync = Math.min(factor, transactions.topicMinInSyncReplicas());
        topic.configs().add(setting("cleanup.policy", "compact"));
        topic.configs().add(setting("compression.type", "uncompressed"));
        topic.configs().add(setting("unclean.leader.election.enable", "false"));
        topic.configs().add(setting("min.insync.replicas", Integer.toString(minInSync)));
        topic.configs().add(setting("segment.bytes", Integer.toString(transactions.topicSegmentBytes())));
        return topic;
    }

    private CreatableTopic offsets(String name) {
        GroupConfig groups = config.current().groups();
        CreatableTopic topic = new CreatableTopic()
                .setName(name)
                .setNumPartitions(groups.offsetsTopicPartitions())
                .setReplicationFactor(factor(name, groups.offsetsTopicReplicationFactor()));
        topic.configs().add(setting("cleanup.policy", "compact"));
        topic.configs().add(setting("compression.type", "producer"));
        topic.configs().add(setting("segment.bytes", Integer.toString(groups.offsetsTopicSegmentBytes())));
        return topic;
    }

    private short factor(String topic, short wanted) {
        short alive = (short) Math.max(1, metadata.image().brokers().size());
        if (alive < wanted) {
            LOG.info(
                    "creating {} with replication factor {} instead of {}: so many brokers are alive",
                    topic,
                    alive,
                    wanted);
        }
        return alive < wanted ? alive : wanted;
    }

    private static CreatableTopicConfig setting(String name, String value) {
        return new CreatableTopicConfig().setName(name).setValue(value);
    }

    @Override
    public boolean exists(String internalTopic) {
        return metadata.image().topic(internalTopic) != null;
    }

    @Override
    public @Nullable Node leader(String internalTopic, int partition, String listenerName) {
        MetadataImage image = metadata.image();
        PartitionImage found = image.partition(internalTopic, partition);
        BrokerImage broker = found == null ? null : image.broker(found.leader());
        BrokerImage.Endpoint endpoint = broker == null ? null : broker.endpoint(listenerName);
        return broker == null || endpoint == null ? null : new Node(broker.id(), endpoint.host(), endpoint.port());
    }

    @Override
    public CompletionStage<?> create(String internalTopic) {
        return create(List.of(internalTopic), timer)
                .thenCompose(done -> exists(internalTopic)
                        ? CompletableFuture.completedFuture(done)
                        : CompletableFuture.failedFuture(new ApiException(
                                ErrorCode.COORDINATOR_NOT_AVAILABLE, internalTopic + " cannot be created now")));
    }
}
