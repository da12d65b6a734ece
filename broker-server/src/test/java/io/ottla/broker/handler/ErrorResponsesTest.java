package io.ottla.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.handler.controller.AllocateProducerIdsHandler;
import io.ottla.broker.handler.controller.AlterPartitionHandler;
import io.ottla.broker.handler.controller.ElectLeadersHandler;
import io.ottla.broker.handler.controller.UpdateFeaturesHandler;
import io.ottla.broker.handler.fetch.FetchHandler;
import io.ottla.broker.handler.fetch.ReplicaSelector;
import io.ottla.broker.handler.log.DeleteRecordsHandler;
import io.ottla.broker.handler.log.DescribeLogDirsHandler;
import io.ottla.broker.handler.log.ListOffsetsHandler;
import io.ottla.broker.handler.log.OffsetForLeaderEpochHandler;
import io.ottla.broker.handler.metadata.AutoTopicCreation;
import io.ottla.broker.handler.metadata.DescribeClusterHandler;
import io.ottla.broker.handler.metadata.DescribeTopicPartitionsHandler;
import io.ottla.broker.handler.metadata.MetadataHandler;
import io.ottla.broker.handler.produce.ProduceHandler;
import io.ottla.broker.handler.produce.TransactionGate;
import io.ottla.broker.handler.producer.InitProducerIdHandler;
import io.ottla.broker.handler.producer.ProducerIds;
import io.ottla.broker.handler.transaction.AddOffsetsToTxnHandler;
import io.ottla.broker.handler.transaction.AddPartitionsToTxnHandler;
import io.ottla.broker.handler.transaction.DescribeTransactionsHandler;
import io.ottla.broker.handler.transaction.EndTxnHandler;
import io.ottla.broker.handler.transaction.ListTransactionsHandler;
import io.ottla.broker.request.RequestHandler;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DeleteRecordsRequest;
import io.ottla.protocol.message.DescribeTopicPartitionsRequest;
import io.ottla.protocol.message.DescribeTransactionsRequest;
import io.ottla.protocol.message.ElectLeadersRequest;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.ListOffsetsRequest;
import io.ottla.protocol.message.MetadataRequest;
import io.ottla.protocol.message.OffsetForLeaderEpochRequest;
import io.ottla.protocol.message.ProduceRequest;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.replication.quota.LeaderThrottle;
import io.ottla.replication.quota.ReplicationThrottle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients get when a request fails as a whole: at every version something that Apache Kafka's classes can read. */
class ErrorResponsesTest {

    private static final AutoTopicCreation NO_CREATION = new AutoTopicCreation() {
        @Override
        public boolean isEnabled() {
            return false;
        }

        @Override
        public CompletionStage<?> create(Collection<String> names, EventExecutor loop) {
            return CompletableFuture.completedFuture(null);
        }
    };

    private static final TransactionCoordinator TRANSACTIONS = TestTransactions.on(ManualLoop.entered());

    @Test
    void areReadableAtEveryVersion(@TempDir Path directory) throws IOException {
        try (DataPlane plane = new DataPlane(directory, 1)) {
            for (RequestHandler<?, ?> handler : handlers(plane)) {
                for (short version = handler.lowestVersion(); version <= handler.highestVersion(); version++) {
                    check(handler, version);
                }
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static void check(RequestHandler<?, ?> handler, short version) {
        RequestHandler<ApiMessage, ApiMessage> any = (RequestHandler<ApiMessage, ApiMessage>) handler;
        ApiMessage response = any.errorResponse(request(handler), ErrorCode.UNKNOWN_SERVER_ERROR, "why");
        assertThat(response).as("%s version %s", handler.apiKey(), version).isNotNull();
        if (response != null) {
            assertThat(KafkaParser.parse(response, version).toString())
                    .as("%s version %s", handler.apiKey(), version)
                    .contains(hasPlaceForError(handler, version) ? "errorCode=-1" : "");
        }
    }

    /** Early versions of some can only tell the errors of what the request names, which is nothing here. */
    private static boolean hasPlaceForError(RequestHandler<?, ?> handler, short version) {
        return switch (handler.apiKey()) {
            case DESCRIBE_LOG_DIRS -> version >= 3;
            case ADD_PARTITIONS_TO_TXN -> version >= 4;
            default -> true;
        };
    }

    private static List<RequestHandler<?, ?>> handlers(DataPlane plane) {
        return List.of(
                new ProduceHandler(
                        plane.locator,
                        plane.partitions,
                        new TransactionGate(
                                claim -> new CompletableFuture<>(), () -> true, plane.partitions.loopCount())),
                new FetchHandler(
                        plane.locator,
                        new FetchHandler.Settings(100, 10, ReplicaSelector.RACK_AWARE),
                        Runnable::run,
                        plane.ticker,
                        new Random(1),
                        new LeaderThrottle(new ReplicationThrottle(plane.ticker, 11, 1), 1)),
                new ListOffsetsHandler(plane.locator, Runnable::run),
                new OffsetForLeaderEpochHandler(plane.locator),
                new DeleteRecordsHandler(plane.locator),
                new DescribeLogDirsHandler(plane.logs, Runnable::run),
                new MetadataHandler(plane.metadata, NO_CREATION, "c"),
                new DescribeClusterHandler(plane.metadata, "c"),
                new DescribeTopicPartitionsHandler(plane.metadata, () -> 1),
                new InitProducerIdHandler(new ProducerIds(CompletableFuture::new), TRANSACTIONS),
                new AddPartitionsToTxnHandler(TRANSACTIONS),
                new AddOffsetsToTxnHandler(TRANSACTIONS),
                new EndTxnHandler(TRANSACTIONS),
                new DescribeTransactionsHandler(TRANSACTIONS),
                new ListTransactionsHandler(TRANSACTIONS),
                new AlterPartitionHandler(request -> new CompletableFuture<>()),
                new AllocateProducerIdsHandler(request -> new CompletableFuture<>()),
                new ElectLeadersHandler(request -> new CompletableFuture<>()),
                new UpdateFeaturesHandler(request -> new CompletableFuture<>()));
    }

    /** A request that names a partition, so that there is a place for its error. */
    private static ApiMessage request(RequestHandler<?, ?> handler) {
        return requests()
                .filter(request -> request.apiKey() == handler.apiKey().id())
                .findFirst()
                .orElseGet(handler.apiKey()::newRequest);
    }

    private static Stream<ApiMessage> requests() {
        return Stream.of(
                new ProduceRequest()
                        .setAcks((short) 1)
                        .setTopicData(List.of(new ProduceRequest.TopicProduceData()
                                .setName("t")
                                .setPartitionData(List.of(new ProduceRequest.PartitionProduceData())))),
                new FetchRequest()
                        .setTopics(List.of(new FetchRequest.FetchTopic()
                                .setTopic("t")
                                .setPartitions(List.of(new FetchRequest.FetchPartition())))),
                new ListOffsetsRequest()
                        .setTopics(List.of(new ListOffsetsRequest.ListOffsetsTopic()
                                .setName("t")
                                .setPartitions(List.of(new ListOffsetsRequest.ListOffsetsPartition())))),
                new OffsetForLeaderEpochRequest()
                        .setTopics(List.of(new OffsetForLeaderEpochRequest.OffsetForLeaderTopic()
                                .setTopic("t")
                                .setPartitions(List.of(new OffsetForLeaderEpochRequest.OffsetForLeaderPartition())))),
                new DescribeTransactionsRequest().setTransactionalIds(List.of("t")),
                new DeleteRecordsRequest()
                        .setTopics(List.of(new DeleteRecordsRequest.DeleteRecordsTopic()
                                .setName("t")
                                .setPartitions(List.of(new DeleteRecordsRequest.DeleteRecordsPartition())))),
                new ElectLeadersRequest()
                        .setTopicPartitions(List.of(new ElectLeadersRequest.TopicPartitions()
                                .setTopic("t")
                                .setPartitions(List.of(0)))),
                new MetadataRequest().setTopics(List.of(new MetadataRequest.MetadataRequestTopic().setName("t"))),
                new DescribeTopicPartitionsRequest()
                        .setTopics(List.of(new DescribeTopicPartitionsRequest.TopicRequest().setName("t"))));
    }
}
