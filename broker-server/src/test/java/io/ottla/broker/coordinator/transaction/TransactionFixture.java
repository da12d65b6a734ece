package io.ottla.broker.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.ottla.broker.coordinator.runtime.CommandResult;
import io.ottla.broker.coordinator.runtime.MemoryLog;
import io.ottla.broker.coordinator.runtime.ShardServices;
import io.ottla.broker.coordinator.runtime.ShardSettings;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AddOffsetsToTxnRequest;
import io.ottla.protocol.message.AddOffsetsToTxnResponse;
import io.ottla.protocol.message.AddPartitionsToTxnRequest;
import io.ottla.protocol.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTopic;
import io.ottla.protocol.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction;
import io.ottla.protocol.message.AddPartitionsToTxnResponse;
import io.ottla.protocol.message.DescribeTransactionsRequest;
import io.ottla.protocol.message.DescribeTransactionsResponse.TransactionState;
import io.ottla.protocol.message.EndTxnRequest;
import io.ottla.protocol.message.EndTxnResponse;
import io.ottla.protocol.message.InitProducerIdRequest;
import io.ottla.protocol.message.InitProducerIdResponse;
import io.ottla.protocol.record.CompressionCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One coordinator of all transactional ids, and the requests that producers and brokers would send to it. */
final class TransactionFixture {
    static final String ID = "tx";
    static final int TIMEOUT_MS = 60_000;
    static final int MAX_TIMEOUT_MS = 900_000;
    static final long EXPIRATION_MS = 7 * 24 * 3_600_000L;
    static final long TIMEOUT_CHECK_MS = 10_000;
    static final long EXPIRY_CHECK_MS = 3_600_000L;
    static final int PARTITIONS = 8;

    final ManualLoop loop = ManualLoop.entered();
    final MemoryLog log = new MemoryLog();
    final FakeMarkers markers = new FakeMarkers();
    final TransactionCoordinator coordinator;
    int transactionVersion;
    private long nextProducerId = 1000;
    private int leaderEpoch;

    TransactionFixture() {
        coordinator = new TransactionCoordinator(
                new TransactionSettings(
                        1,
                        MAX_TIMEOUT_MS,
                        EXPIRATION_MS,
                        TIMEOUT_CHECK_MS,
                        EXPIRY_CHECK_MS,
                        new ShardSettings(5_000, 100_000, 4_096, CompressionCodec.NONE)),
                new ShardServices(
                        partition -> loop,
                        loop,
                        log,
                        log,
                        loop.ticker(),
                        loop.clock(),
                        UnpooledByteBufAllocator.DEFAULT),
                new TransactionServices(
                        () -> CompletableFuture.completedFuture(nextProducerId++),
                        markers,
                        partition -> partition.partition() < PARTITIONS,
                        group -> new TopicPartition("__consumer_offsets", group.length() % 50),
                        () -> transactionVersion));
        coordinator.onElection(0, ++leaderEpoch);
        loop.runAll();
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    void resign() {
        coordinator.onResignation(0, leaderEpoch);
        loop.runAll();
    }

    void elect() {
        coordinator.onElection(0, ++leaderEpoch);
        loop.runAll();
    }

    /** Gives the partition up and gets it back: all soft state is lost. */
    void reload() {
        resign();
        elect();
    }

    /** The answer, however long it is held back. */
    <T> T run(CompletableFuture<T> answer) {
        loop.runAll();
        if (!answer.isDone()) {
            loop.advanceMs(HeldRequests.MAX_MS);
        }
        assertThat(answer).isCompleted();
        return answer.join();
    }

    CompletableFuture<InitProducerIdResponse> sendInit(String id, ProducerIdentity expected) {
        return coordinator.initProducerId(
                new InitProducerIdRequest()
                        .setTransactionalId(id)
                        .setTransactionTimeoutMs(TIMEOUT_MS)
                        .setProducerId(expected.id())
                        .setProducerEpoch(expected.epoch()),
                (short) 5);
    }

    ProducerIdentity init(String id) {
        return granted(run(sendInit(id, ProducerIdentity.NONE)));
    }

    ProducerIdentity init() {
        return init(ID);
    }

    /** A producer with the last epoch that its id has for producers. */
    ProducerIdentity initExhausted() {
        ProducerIdentity first = init();
        ProducerIdentity late = new ProducerIdentity(first.id(), (short) (Short.MAX_VALUE - 2));
        run(coordinator.runtime().write(0, shard -> {
            Transaction used = Transaction.initialized(
                    ID, new Transaction.Owner(late, -1, -1), TIMEOUT_MS, Transaction.CLASSIC, loop.nowMs());
            return new CommandResult<>(List.of(shard.store().recordOf(used)), late);
        }));
        return init();
    }

    ProducerIdentity resume(ProducerIdentity expected) {
        return granted(run(sendInit(ID, expected)));
    }

    ErrorCode initError(ProducerIdentity expected) {
        return ErrorCode.forCode(run(sendInit(ID, expected)).errorCode());
    }

    private static ProducerIdentity granted(InitProducerIdResponse response) {
        assertThat(ErrorCode.forCode(response.errorCode())).isEqualTo(ErrorCode.NONE);
        return new ProducerIdentity(response.producerId(), response.producerEpoch());
    }

    static AddPartitionsToTxnRequest addRequest(String id, ProducerIdentity producer, int... partitions) {
        return new AddPartitionsToTxnRequest()
                .setV3AndBelowTransactionalId(id)
                .setV3AndBelowProducerId(producer.id())
                .setV3AndBelowProducerEpoch(producer.epoch())
                .setV3AndBelowTopics(topics(partitions));
    }

    static List<AddPartitionsToTxnTopic> topics(int... partitions) {
        List<Integer> numbers = new ArrayList<>();
        for (int partition : partitions) {
            numbers.add(partition);
        }
        return List.of(new AddPartitionsToTxnTopic().setName("t").setPartitions(numbers));
    }

    ErrorCode add(ProducerIdentity producer, int... partitions) {
        return addOn(1, producer, partitions);
    }

    ErrorCode addOn(long connection, ProducerIdentity producer, int... partitions) {
        return added(run(sendAdd(connection, producer, partitions)));
    }

    CompletableFuture<AddPartitionsToTxnResponse> sendAdd(
            long connection, ProducerIdentity producer, int... partitions) {
        return coordinator.partitions().add(addRequest(ID, producer, partitions), (short) 3, connection);
    }

    static ErrorCode added(AddPartitionsToTxnResponse response) {
        return ErrorCode.forCode(response.resultsByTopicV3AndBelow()
                .get(0)
                .resultsByPartition()
                .get(0)
                .partitionErrorCode());
    }

    ErrorCode addOffsets(ProducerIdentity producer, String group) {
        return ErrorCode.forCode(run(sendAddOffsets(producer, group)).errorCode());
    }

    CompletableFuture<AddOffsetsToTxnResponse> sendAddOffsets(ProducerIdentity producer, String group) {
        AddOffsetsToTxnRequest request = new AddOffsetsToTxnRequest()
                .setTransactionalId(ID)
                .setProducerId(producer.id())
                .setProducerEpoch(producer.epoch())
                .setGroupId(group);
        return coordinator.partitions().addOffsets(request, (short) 4, 1);
    }

    /** What a broker asks, of one partition. */
    CompletableFuture<AddPartitionsToTxnResponse> sendAsBroker(
            int version, ProducerIdentity producer, boolean verifyOnly, int partition) {
        return coordinator
                .partitions()
                .add(
                        new AddPartitionsToTxnRequest()
                                .setTransactions(List.of(new AddPartitionsToTxnTransaction()
                                        .setTransactionalId(ID)
                                        .setProducerId(producer.id())
                                        .setProducerEpoch(producer.epoch())
                                        .setVerifyOnly(verifyOnly)
                                        .setTopics(topics(partition)))),
                        (short) version,
                        7);
    }

    ErrorCode verify(int version, ProducerIdentity producer, int partition) {
        return verdict(run(sendAsBroker(version, producer, true, partition)));
    }

    static ErrorCode verdict(AddPartitionsToTxnResponse response) {
        return ErrorCode.forCode(response.resultsByTransaction()
                .get(0)
                .topicResults()
                .get(0)
                .resultsByPartition()
                .get(0)
                .partitionErrorCode());
    }

    CompletableFuture<EndTxnResponse> sendEnd(
            int version, long connection, String id, ProducerIdentity producer, boolean commit) {
        return coordinator.endTransaction(
                new EndTxnRequest()
                        .setTransactionalId(id)
                        .setProducerId(producer.id())
                        .setProducerEpoch(producer.epoch())
                        .setCommitted(commit),
                (short) version,
                connection);
    }

    ErrorCode end(ProducerIdentity producer, boolean commit) {
        return ErrorCode.forCode(run(sendEnd(4, 1, ID, producer, commit)).errorCode());
    }

    ErrorCode commit(ProducerIdentity producer) {
        return end(producer, true);
    }

    /** Ends a transaction as clients of version 2 do. */
    EndTxnResponse endBumping(ProducerIdentity producer, boolean commit) {
        return run(sendEnd(5, 1, ID, producer, commit));
    }

    TransactionState describe(String id) {
        return run(coordinator
                        .administration()
                        .describe(new DescribeTransactionsRequest().setTransactionalIds(List.of(id))))
                .transactionStates()
                .get(0);
    }

    String state() {
        return describe(ID).transactionState();
    }
}
