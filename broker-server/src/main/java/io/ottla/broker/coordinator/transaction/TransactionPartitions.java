package io.ottla.broker.coordinator.transaction;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AddOffsetsToTxnRequest;
import io.ottla.protocol.message.AddOffsetsToTxnResponse;
import io.ottla.protocol.message.AddPartitionsToTxnRequest;
import io.ottla.protocol.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTopic;
import io.ottla.protocol.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction;
import io.ottla.protocol.message.AddPartitionsToTxnResponse;
import io.ottla.protocol.message.AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult;
import io.ottla.protocol.message.AddPartitionsToTxnResponse.AddPartitionsToTxnResult;
import io.ottla.protocol.message.AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What transactions write to, as producers and leaders of partitions ask. Any thread; as {@link TransactionCoordinator}. */
public final class TransactionPartitions {
    /** From this version on brokers ask, for several transactions at once. */
    private static final short BATCHED_VERSION = 4;
    /** The first version that knows TRANSACTION_ABORTABLE. */
    private static final short ABORTABLE_VERSION = 5;

    private static final int FENCED_VERSION = 2;

    private final TransactionCoordinator coordinator;
    private final TransactionServices ports;

    TransactionPartitions(TransactionCoordinator coordinator, TransactionServices ports) {
        this.coordinator = coordinator;
        this.ports = ports;
    }

    /**
     * Adds partitions to a producer's transaction; in later versions adds or verifies them for several.
     *
     * @param connection sequence of the client's connection
     */
    public CompletableFuture<AddPartitionsToTxnResponse> add(
            AddPartitionsToTxnRequest request, short version, long connection) {
        if (version < BATCHED_VERSION) {
            PartitionCommands.Request asked = new PartitionCommands.Request(
                    request.v3AndBelowTransactionalId(),
                    new ProducerIdentity(request.v3AndBelowProducerId(), request.v3AndBelowProducerEpoch()),
                    partitionsOf(request.v3AndBelowTopics()),
                    Transaction.CLASSIC,
                    connection);
            return add(asked, version).thenApply(verdicts -> new AddPartitionsToTxnResponse()
                    .setResultsByTopicV3AndBelow(resultsOf(verdicts)));
        }
        List<CompletableFuture<AddPartitionsToTxnResult>> asked = new ArrayList<>();
        for (AddPartitionsToTxnTransaction transaction : request.transactions()) {
            asked.add(ask(transaction, version).thenApply(verdicts -> new AddPartitionsToTxnResult()
                    .setTransactionalId(transaction.transactionalId())
                    .setTopicResults(resultsOf(verdicts))));
        }
        return CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> {
                    AddPartitionsToTxnResponse response = new AddPartitionsToTxnResponse();
                    asked.forEach(result -> response.resultsByTransaction().add(result.join()));
                    return response;
                });
    }

    /** As {@link #add}, asked by the leader of a partition. */
    public CompletableFuture<AddPartitionsToTxnResponse> addAsBroker(AddPartitionsToTxnRequest request, short version) {
        return add(request, version, PartitionCommands.NO_CONNECTION);
    }

    /** The response to a request of any version that failed as a whole. */
    public AddPartitionsToTxnResponse failed(AddPartitionsToTxnRequest request, ErrorCode error) {
        AddPartitionsToTxnResponse response = new AddPartitionsToTxnResponse();
        if (request.v3AndBelowTopics().isEmpty()) {
            return response.setErrorCode(error.code());
        }
        Map<TopicPartition, ErrorCode> verdicts = new LinkedHashMap<>();
        partitionsOf(request.v3AndBelowTopics()).forEach(partition -> verdicts.put(partition, error));
        return response.setResultsByTopicV3AndBelow(resultsOf(verdicts));
    }

    private CompletableFuture<Map<TopicPartition, ErrorCode>> ask(
            AddPartitionsToTxnTransaction transaction, short version) {
        PartitionCommands.Request asked = new PartitionCommands.Request(
                transaction.transactionalId(),
                new ProducerIdentity(transaction.producerId(), transaction.producerEpoch()),
                partitionsOf(transaction.topics()),
                Transaction.BUMPING,
                PartitionCommands.NO_CONNECTION);
        return transaction.verifyOnly() ? verify(asked, version) : add(asked, version);
    }

    private CompletableFuture<Map<TopicPartition, ErrorCode>> add(PartitionCommands.Request asked, short version) {
        Map<TopicPartition, ErrorCode> unknown = unknownOf(asked);
        if (asked.transactionalId().isEmpty()) {
            return CompletableFuture.completedFuture(all(asked, ErrorCode.INVALID_REQUEST));
        }
        if (!unknown.isEmpty()) {
            return CompletableFuture.completedFuture(unknown);
        }
        return write(asked)
                .handle((added, cause) -> all(
                        asked,
                        cause == null
                                ? ErrorCode.NONE
                                : TransactionErrors.forVersion(TransactionErrors.of(cause), version, FENCED_VERSION)));
    }

    private CompletableFuture<ErrorCode> write(PartitionCommands.Request asked) {
        String id = asked.transactionalId();
        return asked.connection() == PartitionCommands.NO_CONNECTION
                ? coordinator.runtime().write(coordinator.partitionFor(id), shard -> shard.partitions()
                        .add(asked))
                : coordinator.inTurn(id, shard -> shard.partitions().add(asked));
    }

    /** The answer comes when all that it says is committed: an append that depends on it must not outlive it. */
    private CompletableFuture<Map<TopicPartition, ErrorCode>> verify(PartitionCommands.Request asked, short version) {
        return coordinator
                .runtime()
                .queryCommitted(coordinator.partitionFor(asked.transactionalId()), shard -> shard.partitions()
                        .verify(asked))
                .exceptionally(cause -> all(asked, TransactionErrors.of(cause)))
                .thenApply(verdicts -> {
                    if (version < ABORTABLE_VERSION) {
                        verdicts.replaceAll((partition, error) ->
                                error == ErrorCode.TRANSACTION_ABORTABLE ? ErrorCode.INVALID_TXN_STATE : error);
                    }
                    return verdicts;
                });
    }

    /** All of the request's partitions with their errors, if one of them does not exist; else none. */
    private Map<TopicPartition, ErrorCode> unknownOf(PartitionCommands.Request asked) {
        if (asked.partitions().stream().allMatch(ports.exists())) {
            return Map.of();
        }
        Map<TopicPartition, ErrorCode> verdicts = all(asked, ErrorCode.OPERATION_NOT_ATTEMPTED);
        verdicts.replaceAll(
                (partition, error) -> ports.exists().test(partition) ? error : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        return verdicts;
    }

    private static Map<TopicPartition, ErrorCode> all(PartitionCommands.Request asked, ErrorCode error) {
        Map<TopicPartition, ErrorCode> verdicts = new LinkedHashMap<>();
        asked.partitions().forEach(partition -> verdicts.put(partition, error));
        return verdicts;
    }

    private static List<TopicPartition> partitionsOf(List<AddPartitionsToTxnTopic> topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        topics.forEach(topic ->
                topic.partitions().forEach(partition -> partitions.add(new TopicPartition(topic.name(), partition))));
        return partitions;
    }

    private static List<AddPartitionsToTxnTopicResult> resultsOf(Map<TopicPartition, ErrorCode> verdicts) {
        Map<String, AddPartitionsToTxnTopicResult> topics = new LinkedHashMap<>();
        verdicts.forEach((partition, error) -> topics.computeIfAbsent(
                        partition.topic(), name -> new AddPartitionsToTxnTopicResult().setName(name))
                .resultsByPartition()
                .add(new AddPartitionsToTxnPartitionResult()
                        .setPartitionIndex(partition.partition())
                        .setPartitionErrorCode(error.code())));
        return new ArrayList<>(topics.values());
    }

    /**
     * Adds the partition in which a group's offsets are kept to a producer's transaction.
     *
     * @param connection sequence of the client's connection
     */
    public CompletableFuture<AddOffsetsToTxnResponse> addOffsets(
            AddOffsetsToTxnRequest request, short version, long connection) {
        if (request.transactionalId().isEmpty()) {
            return CompletableFuture.completedFuture(
                    new AddOffsetsToTxnResponse().setErrorCode(ErrorCode.INVALID_REQUEST.code()));
        }
        PartitionCommands.Request asked = new PartitionCommands.Request(
                request.transactionalId(),
                new ProducerIdentity(request.producerId(), request.producerEpoch()),
                List.of(ports.offsetsOf().apply(request.groupId())),
                Transaction.CLASSIC,
                connection);
        return write(asked).handle((added, cause) -> new AddOffsetsToTxnResponse()
                .setErrorCode(
                        cause == null
                                ? ErrorCode.NONE.code()
                                : TransactionErrors.forVersion(TransactionErrors.of(cause), version, FENCED_VERSION)
                                        .code()));
    }
}
