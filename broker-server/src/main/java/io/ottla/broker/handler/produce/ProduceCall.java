package io.ottla.broker.handler.produce;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.ottla.broker.request.RequestContext;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ProduceRequest;
import io.ottla.protocol.message.ProduceRequest.PartitionProduceData;
import io.ottla.protocol.message.ProduceRequest.TopicProduceData;
import io.ottla.protocol.message.ProduceResponse;
import io.ottla.protocol.message.ProduceResponse.NodeEndpoint;
import io.ottla.protocol.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.protocol.message.ProduceResponse.TopicProduceResponse;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.protocol.schema.RecordBytes;
import io.ottla.replication.metadata.BrokerImage;
import io.ottla.replication.metadata.InternalTopics;
import io.ottla.replication.metadata.MetadataImage;
import io.ottla.replication.metadata.PartitionImage;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionLocator;
import io.ottla.replication.partition.RequiredAcks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One produce. The appends of one home loop are chained and run in one task there, or at once if it is the connection's
 * own loop, so that the appends of a connection's successive requests keep their order on every partition.
 */
final class ProduceCall {

    private static final Logger LOG = LoggerFactory.getLogger(ProduceCall.class);

    /** The client id with which Kafka's own tools may write internal topics. */
    private static final String ADMIN_CLIENT_ID = "__admin_client";

    private static final short TOPIC_IDS_VERSION = 13;
    private static final short ERROR_MESSAGES_VERSION = 8;
    private static final short CURRENT_LEADER_VERSION = 10;

    private final RequestContext context;
    private final ProduceRequest request;
    private final RequiredAcks acks;
    private final PartitionLocator locator;
    private final TransactionGate gate;
    private final ProduceResponse response = new ProduceResponse();
    private final CompletableFuture<@Nullable ProduceResponse> result = new CompletableFuture<>();

    /** Appends that have not ended, and one more while they are being dispatched. */
    private final AtomicInteger open = new AtomicInteger(1);
    /** Home loops whose appends have not all been written, and appends that wait for a transaction's coordinator. */
    private final AtomicInteger unwritten = new AtomicInteger();

    private @Nullable PartitionAppend @Nullable [] chains;
    /** Whether an append that was written has not ended with that. */
    private volatile boolean waits;

    private volatile @Nullable String failure;
    private volatile @Nullable ScheduledFuture<?> deadline;

    ProduceCall(
            RequestContext context,
            ProduceRequest request,
            RequiredAcks acks,
            PartitionLocator locator,
            TransactionGate gate) {
        this.context = context;
        this.request = request;
        this.acks = acks;
        this.locator = locator;
        this.gate = gate;
    }

    CompletableFuture<@Nullable ProduceResponse> start(int loopCount) {
        List<TopicProduceResponse> topics = new ArrayList<>(request.topicData().size());
        for (TopicProduceData topic : request.topicData()) {
            List<PartitionProduceResponse> partitions =
                    new ArrayList<>(topic.partitionData().size());
            for (PartitionProduceData data : topic.partitionData()) {
                PartitionProduceResponse answer = new PartitionProduceResponse().setIndex(data.index());
                partitions.add(answer);
                prepare(topic, data, answer, loopCount);
            }
            topics.add(new TopicProduceResponse()
                    .setName(topic.name())
                    .setTopicId(topic.topicId())
                    .setPartitionResponses(partitions));
        }
        response.setResponses(topics);
        dispatch();
        onEnded();
        return result;
    }

    /** Chains the append to the others of its home loop, or answers it at once with an error. */
    private void prepare(
            TopicProduceData topic, PartitionProduceData data, PartitionProduceResponse answer, int loopCount) {
        boolean byId = context.apiVersion() >= TOPIC_IDS_VERSION;
        Partition partition =
                byId ? locator.find(topic.topicId(), data.index()) : locator.find(topic.name(), data.index());
        if (partition == null) {
            ErrorCode error = byId
                    ? locator.whyMissing(topic.topicId(), data.index())
                    : locator.whyMissing(topic.name(), data.index());
            String name = byId ? locator.topicName(topic.topicId()) : topic.name();
            fill(answer, name, error, null);
            return;
        }
        String name = partition.name().topic();
        if (InternalTopics.contains(name) && !ADMIN_CLIENT_ID.equals(context.clientId())) {
            fill(answer, name, ErrorCode.INVALID_TOPIC_EXCEPTION, "clients may not write the internal topic " + name);
            return;
        }
        PartitionAppend append = new PartitionAppend(this, partition, payloadOf(data.records()), answer);
        @Nullable PartitionAppend[] heads = chains;
        if (heads == null) {
            heads = new PartitionAppend[loopCount];
            chains = heads;
        }
        int loop = partition.loopIndex();
        append.next = heads[loop];
        heads[loop] = append;
        open.incrementAndGet();
    }

    private static ByteBuf payloadOf(@Nullable RecordBytes records) {
        return records instanceof BufferRecords buffer ? buffer.buffer() : BufferRecords.EMPTY.buffer();
    }

    private void dispatch() {
        @Nullable PartitionAppend[] heads = chains;
        if (heads == null) {
            return;
        }
        int loops = 0;
        for (PartitionAppend head : heads) {
            loops += head == null ? 0 : 1;
        }
        unwritten.set(loops);
        for (PartitionAppend head : heads) {
            if (head != null) {
                EventExecutor loop = head.partition.loop();
                if (loop.inEventLoop()) {
                    append(head);
                } else {
                    loop.execute(() -> append(head));
                }
            }
        }
    }

    /** Runs the appends of one chain, on their home loop. */
    private void append(PartitionAppend head) {
        String transactionalId = request.transactionalId();
        for (PartitionAppend append = head; append != null; append = append.next) {
            if (append.isTransactional && transactionalId != null) {
                verifyThenAppend(append, transactionalId);
            } else {
                appendNow(append);
            }
        }
        onWritten();
    }

    private void appendNow(PartitionAppend append) {
        try {
            append.partition.append(append.payload, context.apiVersion(), acks, append);
        } catch (RuntimeException | AssertionError e) {
            LOG.error("{}: append failed", append.partition.name(), e);
            append.fail(e);
        }
        if (append.isOpen()) {
            waits = true;
        }
    }

    /** The request's bytes are needed until the coordinator has answered, so that the deadline begins only then. */
    private void verifyThenAppend(PartitionAppend append, String transactionalId) {
        unwritten.incrementAndGet();
        ByteBuf payload = append.payload;
        gate.pass(
                append.partition,
                TransactionalBatch.claimOf(transactionalId, payload, append.partition.name(), context.apiVersion()),
                RecordBatch.baseSequence(payload, payload.readerIndex()),
                (error, guard) -> {
                    if (error == ErrorCode.NONE) {
                        append.setGuard(guard);
                        appendNow(append);
                    } else {
                        append.onAppend(TransactionalBatch.refusal(error, context.apiVersion()));
                    }
                    onWritten();
                });
    }

    private void onWritten() {
        if (unwritten.decrementAndGet() == 0 && waits) {
            // Everything is in the logs. The bytes are not needed any more, and from now on the call may end early.
            context.releaseRequest();
            awaitDeadline();
        }
    }

    /** Something waits for other replicas, or for the disk: at the latest at the request's deadline it is answered. */
    private void awaitDeadline() {
        EventExecutor loop = context.loop();
        if (!loop.inEventLoop()) {
            loop.execute(this::awaitDeadline);
        } else if (!result.isDone()) {
            deadline = loop.schedule(this::expire, Math.max(0, request.timeoutMs()), TimeUnit.MILLISECONDS);
            if (result.isDone()) {
                cancelDeadline();
            }
        }
    }

    private void expire() {
        @Nullable PartitionAppend[] heads = chains;
        if (heads == null) {
            return;
        }
        for (PartitionAppend head : heads) {
            for (PartitionAppend append = head; append != null; append = append.next) {
                append.expire();
            }
        }
    }

    private void cancelDeadline() {
        ScheduledFuture<?> timer = deadline;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** One append has ended. The last one completes the call. */
    void onEnded() {
        if (open.decrementAndGet() == 0) {
            String why = failure;
            if (acks != RequiredAcks.NONE) {
                result.complete(response);
            } else {
                if (why != null) {
                    context.closeConnection("a produce with acks=0 failed, which has no other answer: " + why);
                }
                result.complete(null);
            }
            cancelDeadline();
        }
    }

    /** Answers a partition with an error. */
    void fill(PartitionProduceResponse answer, Partition partition, ErrorCode error, @Nullable String message) {
        fill(answer, partition.name().topic(), error, message);
    }

    private void fill(
            PartitionProduceResponse answer, @Nullable String topic, ErrorCode error, @Nullable String message) {
        failure = topic + "-" + answer.index() + ": " + error + (message == null ? "" : ", " + message);
        answer.setErrorCode(error.code()).setBaseOffset(-1);
        if (context.apiVersion() >= ERROR_MESSAGES_VERSION) {
            answer.setErrorMessage(message == null ? error.message() : message);
        }
        if (error == ErrorCode.NOT_LEADER_OR_FOLLOWER
                && context.apiVersion() >= CURRENT_LEADER_VERSION
                && topic != null) {
            pointToLeader(answer, topic);
        }
    }

    /** Tells the client who leads the partition now, and where (KIP-951), so that it need not ask for metadata. */
    private void pointToLeader(PartitionProduceResponse answer, String topic) {
        MetadataImage image = locator.image();
        PartitionImage current = image.partition(topic, answer.index());
        if (current == null) {
            return;
        }
        answer.setCurrentLeader(new ProduceResponse.LeaderIdAndEpoch()
                .setLeaderId(current.leader())
                .setLeaderEpoch(current.leaderEpoch()));
        BrokerImage broker = image.broker(current.leader());
        BrokerImage.Endpoint endpoint = broker == null ? null : broker.endpoint(context.listenerName());
        if (broker != null && endpoint != null) {
            NodeEndpoint node = new NodeEndpoint()
                    .setNodeId(broker.id())
                    .setHost(endpoint.host())
                    .setPort(endpoint.port())
                    .setRack(broker.rack());
            addEndpoint(node);
        }
    }

    /** Partitions fail on several loops at once. */
    private void addEndpoint(NodeEndpoint node) {
        synchronized (response) {
            if (!response.nodeEndpoints().contains(node)) {
                response.nodeEndpoints().add(node);
            }
        }
    }
}
