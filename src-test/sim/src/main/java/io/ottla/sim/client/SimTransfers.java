package io.ottla.sim.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AddOffsetsToTxnRequest;
import io.ottla.protocol.message.AddOffsetsToTxnResponse;
import io.ottla.protocol.message.AddPartitionsToTxnRequest;
import io.ottla.protocol.message.AddPartitionsToTxnResponse;
import io.ottla.protocol.message.EndTxnRequest;
import io.ottla.protocol.message.EndTxnResponse;
import io.ottla.protocol.message.InitProducerIdRequest;
import io.ottla.protocol.message.InitProducerIdResponse;
import io.ottla.protocol.message.ProduceRequest;
import io.ottla.protocol.message.ProduceResponse;
import io.ottla.protocol.message.TxnOffsetCommitRequest;
import io.ottla.protocol.message.TxnOffsetCommitResponse;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.sim.client.BankLedger.Outcome;
import io.ottla.sim.client.ClientNode.CoordinatorKind;
import io.ottla.sim.world.SimulationFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A writer with a transactional id that moves money: each transaction takes in one partition, gives in another, and mostly commits
 * an offset that says which transfer it was. It commits, aborts, or walks away, and whatever goes wrong makes it begin anew with
 * the same id, as an application would. It knows transactions of version 1 or 2, as its {@link Protocol} says.
 */
public final class SimTransfers {
    private static final short INIT_VERSION = 4;
    private static final short ADD_VERSION = 3;
    private static final short ACKS_ALL = -1;
    private static final int TIMEOUT_MS = 6_000;
    private static final int TRANSACTION_TIMEOUT_MS = 10_000;
    private static final long BACKOFF_MS = 100;
    private static final int PAUSE_MAX_MS = 1_500;
    private static final int ABSENCE_MAX_MS = 15_000;
    private static final int OFFSET_PARTITION = 0;
    private static final long NO_OFFSET = -1;

    private final ClientNode node;
    private final Protocol protocol;
    private final BankLedger ledger;
    private final String id;
    private final int partitions;
    private final int[] sequences;
    private long producerId;
    private short epoch;
    private int transfers;
    private boolean stopped;
    private boolean drained;
    private int completedSinceStop;
    /** Of the last transaction with an offset that was committed. */
    private long committedOffset = NO_OFFSET;
    /** Of those after it of which nobody told whether they were. */
    private final Set<Long> possibleOffsets = new TreeSet<>();
    /** Counts lives: what an earlier one has asked for is of no interest any more. */
    private int life;

    /** How a writer says what belongs to its transaction, and what an end means for its epoch. */
    public enum Protocol {
        /** Transactions of version 1: all that it writes to is added before. */
        ADDING((short) 11, (short) 3, (short) 3),
        /** Those of version 2: who is written to adds itself, and each end gives another epoch. */
        BUMPING((short) 12, (short) 5, (short) 5);

        private final short produceVersion;
        private final short offsetsVersion;
        private final short endVersion;

        Protocol(short produceVersion, short offsetsVersion, short endVersion) {
            this.produceVersion = produceVersion;
            this.offsetsVersion = offsetsVersion;
            this.endVersion = endVersion;
        }
    }

    /** One transaction. */
    private static final class Transfer {
        final String name;
        final int number;
        final int[] legs;
        final int amount;
        int written;
        boolean endInDoubt;
        boolean hasOffset;
        boolean failed;

        Transfer(String name, int number, int[] legs, int amount) {
            this.name = name;
            this.number = number;
            this.legs = legs;
            this.amount = amount;
        }
    }

    public SimTransfers(ClientNode node, Protocol protocol, BankLedger ledger, int partitions) {
        this.node = node;
        this.protocol = protocol;
        this.ledger = ledger;
        this.id = node.name();
        this.partitions = partitions;
        this.sequences = new int[partitions];
    }

    public void start() {
        node.later(BACKOFF_MS, this::initialize);
    }

    /** Ends with what is under way; then proves with one more transfer that it still can, and fences what it left behind. */
    public void stop() {
        stopped = true;
    }

    /** Whether it has nothing under way, nor has left anything behind. */
    public boolean isDrained() {
        return drained;
    }

    @Override
    public String toString() {
        return " " + id + (drained ? " is drained;" : " has begun " + transfers + " transfers, life " + life + ";");
    }

    /** The group whose offsets say which transfers were committed. */
    public String group() {
        return "offsets-of-" + id;
    }

    // --- asking until there is an answer

    /** Asks a coordinator, again while it says that it may be asked again; {@code then} gets the error that stays. */
    private <R extends ApiMessage> void ask(
            Call call, Function<R, ErrorCode> errorOf, Consumer<R> granted, Consumer<ErrorCode> refused) {
        int asking = life;
        var unused = node.findCoordinator(call.kind, call.key).thenAccept(found -> {
            if (asking != life) {
                return;
            }
            if (found.isEmpty()) {
                node.later(BACKOFF_MS, () -> ask(call, errorOf, granted, refused));
                return;
            }
            var unusedSent = node.<R>send(found.get(), call.request, call.version)
                    .whenComplete((response, failure) -> {
                        if (asking != life) {
                            return;
                        }
                        ErrorCode error = response == null ? ErrorCode.REQUEST_TIMED_OUT : errorOf.apply(response);
                        if (response != null && error == ErrorCode.NONE) {
                            granted.accept(response);
                        } else if (error.retriable() || error == ErrorCode.UNKNOWN_SERVER_ERROR) {
                            call.onDoubt.run();
                            node.later(BACKOFF_MS, () -> ask(call, errorOf, granted, refused));
                        } else {
                            refused.accept(error);
                        }
                    });
        });
    }

    /**
     * A request to the coordinator of {@code key}.
     *
     * @param onDoubt there was no answer, or one that does not say whether the request has been carried out
     */
    private record Call(CoordinatorKind kind, String key, ApiMessage request, short version, Runnable onDoubt) {}

    private Call toTransactions(ApiMessage request, short version) {
        return new Call(CoordinatorKind.TRANSACTION, id, request, version, () -> {});
    }

    // --- the life of a writer

    private void initialize() {
        int mine = ++life;
        InitProducerIdRequest request = new InitProducerIdRequest()
                .setTransactionalId(id)
                .setTransactionTimeoutMs(TRANSACTION_TIMEOUT_MS)
                .setProducerId(-1)
                .setProducerEpoch((short) -1);
        this.<InitProducerIdResponse>ask(
                toTransactions(request, INIT_VERSION),
                response -> ErrorCode.forCode(response.errorCode()),
                response -> {
                    become(response.producerId(), response.producerEpoch());
                    node.note("is producer " + producerId + " in epoch " + epoch + ", life " + mine);
                    next();
                },
                error -> {
                    throw node.world()
                            .fail(new SimulationFailure(
                                    "a transactional id can be taken over",
                                    "",
                                    id + " was refused with " + error,
                                    null));
                });
    }

    private void become(long id, short newEpoch) {
        producerId = id;
        epoch = newEpoch;
        Arrays.fill(sequences, 0);
    }

    private void next() {
        if (stopped && completedSinceStop > 0) {
            drained = true;
            return;
        }
        int mine = life;
        node.later(node.pace().stretched(node.world().random().nextInt(PAUSE_MAX_MS)), () -> {
            if (mine == life) {
                begin();
            }
        });
    }

    /** Whatever was under way can not be committed any more, for nobody has asked for that. */
    private void giveUp(Transfer transfer, String why) {
        node.note("gives up " + transfer.name + ": " + why);
        if (!transfer.failed) {
            transfer.failed = true;
            ledger.end(transfer.name, Outcome.ABORTED);
        }
        initialize();
    }

    private void begin() {
        int number = transfers++;
        int from = node.world().random().nextInt(partitions);
        int to = (from + 1 + node.world().random().nextInt(partitions - 1)) % partitions;
        int amount = 1 + node.world().random().nextInt(100);
        Transfer transfer = new Transfer(id + "/" + number, number, new int[] {from, to}, amount);
        ledger.begin(transfer.name);
        if (protocol == Protocol.BUMPING) {
            writeBoth(transfer);
            return;
        }
        AddPartitionsToTxnRequest request = new AddPartitionsToTxnRequest()
                .setV3AndBelowTransactionalId(id)
                .setV3AndBelowProducerId(producerId)
                .setV3AndBelowProducerEpoch(epoch);
        request.v3AndBelowTopics()
                .add(new AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
                        .setName(node.topic())
                        .setPartitions(new ArrayList<>(List.of(from, to))));
        this.<AddPartitionsToTxnResponse>ask(
                toTransactions(request, ADD_VERSION),
                SimTransfers::worst,
                response -> writeBoth(transfer),
                error -> giveUp(transfer, "adding partitions: " + error));
    }

    private void writeBoth(Transfer transfer) {
        write(transfer, transfer.legs[0], -transfer.amount);
        write(transfer, transfer.legs[1], transfer.amount);
    }

    private static ErrorCode worst(AddPartitionsToTxnResponse response) {
        ErrorCode worst = ErrorCode.NONE;
        for (AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult topic : response.resultsByTopicV3AndBelow()) {
            for (AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult partition : topic.resultsByPartition()) {
                ErrorCode error = ErrorCode.forCode(partition.partitionErrorCode());
                // An error that may go away counts less than one that does not.
                if (error != ErrorCode.NONE
                        && error != ErrorCode.OPERATION_NOT_ATTEMPTED
                        && (worst == ErrorCode.NONE || worst.retriable())) {
                    worst = error;
                }
            }
        }
        return worst;
    }

    private void write(Transfer transfer, int partition, int amount) {
        int sequence = sequences[partition]++;
        produce(transfer, partition, sequence, encode(transfer, sequence, amount));
    }

    private byte[] encode(Transfer transfer, int sequence, int amount) {
        long nowMs = node.world().nowMs();
        ByteBuf target = Unpooled.buffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(target, nowMs)
                .producer(producerId, epoch, sequence)
                .transactional();
        builder.append(nowMs, (byte[]) null, (transfer.name + ":" + amount).getBytes(StandardCharsets.UTF_8));
        builder.build();
        byte[] bytes = new byte[target.readableBytes()];
        target.readBytes(bytes);
        return bytes;
    }

    private void produce(Transfer transfer, int partition, int sequence, byte[] batch) {
        int mine = life;
        if (transfer.failed) {
            return;
        }
        String leader = node.leaderAddress(partition);
        if (leader == null) {
            node.later(BACKOFF_MS, () -> again(mine, transfer, partition, sequence, batch));
            return;
        }
        ProduceRequest request =
                new ProduceRequest().setTransactionalId(id).setAcks(ACKS_ALL).setTimeoutMs(TIMEOUT_MS);
        ProduceRequest.TopicProduceData topic = new ProduceRequest.TopicProduceData().setName(node.topic());
        topic.partitionData()
                .add(new ProduceRequest.PartitionProduceData()
                        .setIndex(partition)
                        .setRecords(BufferRecords.borrow(Unpooled.copiedBuffer(batch))));
        request.topicData().add(topic);
        var unused = node.<ProduceResponse>send(leader, request, protocol.produceVersion)
                .whenComplete((response, failure) -> {
                    if (mine != life || transfer.failed) {
                        return;
                    }
                    ErrorCode error = response == null
                            ? ErrorCode.REQUEST_TIMED_OUT
                            : ErrorCode.forCode(response.responses()
                                    .get(0)
                                    .partitionResponses()
                                    .get(0)
                                    .errorCode());
                    if (error == ErrorCode.NONE || error == ErrorCode.DUPLICATE_SEQUENCE_NUMBER) {
                        onWritten(transfer);
                    } else if (error.retriable() || error == ErrorCode.UNKNOWN_SERVER_ERROR) {
                        node.refresh();
                        node.later(BACKOFF_MS, () -> again(mine, transfer, partition, sequence, batch));
                    } else {
                        giveUp(transfer, "writing to partition " + partition + ": " + error);
                    }
                });
    }

    private void again(int of, Transfer transfer, int partition, int sequence, byte[] batch) {
        if (of == life) {
            produce(transfer, partition, sequence, batch);
        }
    }

    private void onWritten(Transfer transfer) {
        if (++transfer.written < transfer.legs.length) {
            return;
        }
        switch (node.world().random().nextInt(10)) {
            case 0 -> walkAway(transfer);
            case 1 -> end(transfer, false);
            case 2, 3 -> end(transfer, true);
            default -> addOffsets(transfer);
        }
    }

    /** The writer is gone; one who has its id takes over after a while, and its last words come late, to be refused. */
    private void walkAway(Transfer transfer) {
        node.note("walks away from " + transfer.name);
        int absenceMs = node.world().random().nextInt(ABSENCE_MAX_MS);
        int partition = transfer.legs[0];
        byte[] zombie = encode(transfer, sequences[partition]++, transfer.amount);
        node.later(absenceMs, () -> giveUp(transfer, "its writer has gone"));
        String leader = node.leaderAddress(partition);
        if (leader != null) {
            ProduceRequest late = new ProduceRequest()
                    .setTransactionalId(id)
                    .setAcks(ACKS_ALL)
                    .setTimeoutMs(TIMEOUT_MS);
            ProduceRequest.TopicProduceData topic = new ProduceRequest.TopicProduceData().setName(node.topic());
            topic.partitionData()
                    .add(new ProduceRequest.PartitionProduceData()
                            .setIndex(partition)
                            .setRecords(BufferRecords.borrow(Unpooled.wrappedBuffer(zombie))));
            late.topicData().add(topic);
            node.later(node.world().random().nextInt(2 * ABSENCE_MAX_MS), () -> {
                var unused = node.<ProduceResponse>send(leader, late, protocol.produceVersion);
            });
        }
    }

    private void addOffsets(Transfer transfer) {
        if (protocol == Protocol.BUMPING) {
            commitOffset(transfer);
            return;
        }
        AddOffsetsToTxnRequest request = new AddOffsetsToTxnRequest()
                .setTransactionalId(id)
                .setProducerId(producerId)
                .setProducerEpoch(epoch)
                .setGroupId(group());
        this.<AddOffsetsToTxnResponse>ask(
                toTransactions(request, ADD_VERSION),
                response -> ErrorCode.forCode(response.errorCode()),
                response -> commitOffset(transfer),
                error -> giveUp(transfer, "adding offsets: " + error));
    }

    private void commitOffset(Transfer transfer) {
        TxnOffsetCommitRequest request = new TxnOffsetCommitRequest()
                .setTransactionalId(id)
                .setGroupId(group())
                .setProducerId(producerId)
                .setProducerEpoch(epoch);
        TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic topic =
                new TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic().setName(node.topic());
        topic.partitions()
                .add(new TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition()
                        .setPartitionIndex(OFFSET_PARTITION)
                        .setCommittedOffset(transfer.number));
        request.topics().add(topic);
        this.<TxnOffsetCommitResponse>ask(
                new Call(CoordinatorKind.GROUP, group(), request, protocol.offsetsVersion, () -> {}),
                response -> ErrorCode.forCode(
                        response.topics().get(0).partitions().get(0).errorCode()),
                response -> {
                    transfer.hasOffset = true;
                    end(transfer, node.world().random().nextInt(4) > 0);
                },
                error -> giveUp(transfer, "committing an offset: " + error));
    }

    private void end(Transfer transfer, boolean commit) {
        EndTxnRequest request = new EndTxnRequest()
                .setTransactionalId(id)
                .setProducerId(producerId)
                .setProducerEpoch(epoch)
                .setCommitted(commit);
        this.<EndTxnResponse>ask(
                new Call(
                        CoordinatorKind.TRANSACTION,
                        id,
                        request,
                        protocol.endVersion,
                        () -> transfer.endInDoubt = true),
                response -> ErrorCode.forCode(response.errorCode()),
                response -> {
                    if (protocol == Protocol.BUMPING) {
                        become(response.producerId(), response.producerEpoch());
                    }
                    conclude(transfer, commit ? Outcome.COMMITTED : Outcome.ABORTED);
                    completedSinceStop += stopped && commit ? 1 : 0;
                    next();
                },
                error -> onEndRefused(transfer, commit, error));
    }

    private void conclude(Transfer transfer, Outcome outcome) {
        ledger.end(transfer.name, outcome);
        if (transfer.hasOffset && outcome == Outcome.COMMITTED) {
            committedOffset = transfer.number;
            possibleOffsets.clear();
        } else if (transfer.hasOffset && outcome == Outcome.UNKNOWN) {
            possibleOffsets.add((long) transfer.number);
        }
    }

    /** Holds the offset of {@link #group} against what was committed with transactions. */
    public void check(long offset) {
        if (offset != committedOffset && !possibleOffsets.contains(offset)) {
            throw new SimulationFailure(
                    "offsets of a transaction count if it is committed",
                    "",
                    group() + " has offset " + offset + ", committed was " + committedOffset + ", possibly "
                            + possibleOffsets,
                    null);
        }
    }

    private void onEndRefused(Transfer transfer, boolean commit, @Nullable ErrorCode error) {
        node.note(transfer.name + " could not be " + (commit ? "committed" : "aborted") + ": " + error);
        // An earlier attempt may have committed it.
        conclude(transfer, commit && transfer.endInDoubt ? Outcome.UNKNOWN : Outcome.ABORTED);
        transfer.failed = true;
        initialize();
    }
}
