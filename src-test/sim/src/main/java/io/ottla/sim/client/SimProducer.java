package io.ottla.sim.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.check.ProducerHistory;
import io.ottla.check.StoredRecord;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.InitProducerIdRequest;
import io.ottla.protocol.message.InitProducerIdResponse;
import io.ottla.protocol.message.ProduceRequest;
import io.ottla.protocol.message.ProduceResponse;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.sim.world.SimulationFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An idempotent producer with {@code acks=all} that never gives up. Several batches per partition are in flight; one that must
 * be sent again is sent alone and first, so that sequences stay in order.
 */
public final class SimProducer {
    private static final short PRODUCE_VERSION = 11;
    private static final short INIT_VERSION = 4;
    private static final short ACKS_ALL = -1;
    private static final int MAX_IN_FLIGHT = 5;
    private static final int TIMEOUT_MS = 6_000;
    private static final long BACKOFF_MS = 100;
    private static final int BATCH_MAX_RECORDS = 5;
    private static final int PADDING_MAX_BYTES = 300;
    private static final long NO_PRODUCER_ID = -1;
    /** Longer than any fault lasts, by the pauses between attempts. */
    private static final int PATIENCE = 400;

    private static final Pattern LAST_SEQUENCE = Pattern.compile("the last sequence is (\\d+)");

    private final ClientNode node;
    private final ProducerHistory history;
    private final List<Lane> lanes = new ArrayList<>();
    private long producerId = NO_PRODUCER_ID;
    private short producerEpoch;
    private boolean initializing;
    private boolean stopped;

    public SimProducer(ClientNode node, ProducerHistory history, int partitions) {
        this.node = node;
        this.history = history;
        for (int i = 0; i < partitions; i++) {
            lanes.add(new Lane(i));
        }
    }

    /** Sends until it is stopped. */
    public void start(long intervalMinMs, long intervalMaxMs) {
        node.every(intervalMinMs, intervalMaxMs, () -> {
            if (!stopped) {
                lanes.get(node.world().random().nextInt(lanes.size())).add();
            }
            lanes.forEach(Lane::pump);
        });
    }

    /** Sends nothing new. */
    public void stop() {
        stopped = true;
    }

    /** Whether all that was sent is acknowledged. */
    public boolean isDrained() {
        return lanes.stream().allMatch(lane -> lane.batches.isEmpty());
    }

    /** What it waits for, in words. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Lane lane : lanes) {
            if (!lane.batches.isEmpty()) {
                Batch first = lane.batches.get(0);
                text.append(" %s has %d batches for partition %d, the first %s, attempt %d, leader %s%s;"
                        .formatted(
                                history.producer(),
                                lane.batches.size(),
                                lane.partition,
                                first.inFlight ? "in flight" : "waiting",
                                first.attempts,
                                node.leaderAddress(lane.partition),
                                lane.backingOff ? ", backing off" : ""));
            }
        }
        return text.toString();
    }

    private void initialize() {
        if (initializing) {
            return;
        }
        initializing = true;
        InitProducerIdRequest request = new InitProducerIdRequest()
                .setTransactionalId(null)
                .setTransactionTimeoutMs(Integer.MAX_VALUE)
                .setProducerId(NO_PRODUCER_ID)
                .setProducerEpoch((short) -1);
        CompletableFuture<InitProducerIdResponse> sent = node.sendAnywhere(request, INIT_VERSION);
        var unused = sent.whenComplete((response, failure) -> {
            initializing = false;
            if (response != null && response.errorCode() == ErrorCode.NONE.code()) {
                producerId = response.producerId();
                producerEpoch = response.producerEpoch();
                node.note("has producer id " + producerId);
            }
        });
    }

    private static final class Batch {
        final int baseSequence;
        final List<Long> records;
        final byte[] padding;
        boolean inFlight;
        int attempts;
        int refusals;

        Batch(int baseSequence, List<Long> records, byte[] padding) {
            this.baseSequence = baseSequence;
            this.records = records;
            this.padding = padding;
        }
    }

    /** What goes to one partition: batches that are not acknowledged, in order of sequence. */
    private final class Lane {
        private final int partition;
        private final List<Batch> batches = new ArrayList<>();
        private int nextSequence;
        private boolean backingOff;

        Lane(int partition) {
            this.partition = partition;
        }

        void add() {
            if (producerId == NO_PRODUCER_ID) {
                initialize();
                return;
            }
            if (batches.size() >= 4 * MAX_IN_FLIGHT) {
                return;
            }
            int count = 1 + node.world().random().nextInt(BATCH_MAX_RECORDS);
            List<Long> records = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                records.add(history.attempted(partition));
            }
            byte[] padding = new byte[node.world().random().nextInt(PADDING_MAX_BYTES)];
            java.util.Arrays.fill(padding, (byte) 'x');
            batches.add(new Batch(nextSequence, records, padding));
            nextSequence += count;
        }

        void pump() {
            String leader = backingOff || batches.isEmpty() ? null : node.leaderAddress(partition);
            if (leader == null) {
                return;
            }
            int inFlight =
                    (int) batches.stream().filter(batch -> batch.inFlight).count();
            for (Batch batch : List.copyOf(batches)) {
                if (batch.inFlight) {
                    continue;
                }
                boolean retry = batch.attempts > 0;
                if (inFlight >= MAX_IN_FLIGHT || (retry && (inFlight > 0 || batch != batches.get(0)))) {
                    return;
                }
                send(leader, batch);
                inFlight++;
                if (retry) {
                    return;
                }
            }
        }

        private void send(String leader, Batch batch) {
            batch.inFlight = true;
            batch.attempts++;
            ProduceRequest request = new ProduceRequest()
                    .setTransactionalId(null)
                    .setAcks(ACKS_ALL)
                    .setTimeoutMs(TIMEOUT_MS);
            ProduceRequest.TopicProduceData topic = new ProduceRequest.TopicProduceData().setName(node.topic());
            topic.partitionData()
                    .add(new ProduceRequest.PartitionProduceData()
                            .setIndex(partition)
                            .setRecords(BufferRecords.borrow(encode(batch))));
            request.topicData().add(topic);
            CompletableFuture<ProduceResponse> sent = node.send(leader, request, PRODUCE_VERSION);
            var unused = sent.whenComplete((response, failure) -> {
                batch.inFlight = false;
                onAnswer(batch, response);
            });
        }

        private ByteBuf encode(Batch batch) {
            long nowMs = node.world().nowMs();
            ByteBuf target = Unpooled.buffer();
            RecordBatchBuilder builder =
                    new RecordBatchBuilder(target, nowMs).producer(producerId, producerEpoch, batch.baseSequence);
            for (long record : batch.records) {
                String value = StoredRecord.value(history.producer(), record) + ":"
                        + new String(batch.padding, StandardCharsets.UTF_8);
                builder.append(nowMs, (byte[]) null, value.getBytes(StandardCharsets.UTF_8));
            }
            builder.build();
            return target;
        }

        private void onAnswer(Batch batch, @Nullable ProduceResponse response) {
            if (response == null) {
                retry(batch, null);
                return;
            }
            ProduceResponse.PartitionProduceResponse answer =
                    response.responses().get(0).partitionResponses().get(0);
            ErrorCode error = ErrorCode.forCode(answer.errorCode());
            switch (error) {
                case NONE -> acknowledge(batch, answer.baseOffset());
                case DUPLICATE_SEQUENCE_NUMBER -> acknowledge(batch, -1);
                case OUT_OF_ORDER_SEQUENCE_NUMBER -> {
                    if (batch == batches.get(0) && isKnownToBeThere(batch, answer.errorMessage())) {
                        giveUp(batch);
                        return;
                    }
                    // A leader of the past, which does not know that it is, lacks what its successor has.
                    if (batch == batches.get(0) && ++batch.refusals > PATIENCE) {
                        throw node.world()
                                .fail(new SimulationFailure(
                                        "the leader has all that was acknowledged",
                                        node.topic() + "-" + partition,
                                        history.producer() + ": the next sequence, " + batch.baseSequence
                                                + ", is out of order: " + answer.errorMessage(),
                                        null));
                    }
                    retry(batch, error);
                }
                default -> {
                    if (!error.retriable() && error != ErrorCode.UNKNOWN_SERVER_ERROR) {
                        throw node.world()
                                .fail(new SimulationFailure(
                                        "a correct producer meets retriable errors only",
                                        node.topic() + "-" + partition,
                                        history.producer() + " sequence " + batch.baseSequence + ": " + error + " "
                                                + answer.errorMessage(),
                                        null));
                    }
                    retry(batch, error);
                }
            }
        }

        /**
         * Whether a leader has later sequences already. One that was loaded from a producer snapshot, which holds the last batch
         * only, takes the repetition of an earlier one for out of order, as Apache Kafka does.
         */
        private boolean isKnownToBeThere(Batch batch, @Nullable String message) {
            Matcher last = LAST_SEQUENCE.matcher(String.valueOf(message));
            return last.find() && Integer.parseInt(last.group(1)) >= batch.baseSequence + batch.records.size() - 1;
        }

        /** It may have been committed or not. */
        private void giveUp(Batch batch) {
            batches.remove(batch);
            for (long record : batch.records) {
                history.failed(partition, record, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER.name());
            }
            pump();
        }

        private void acknowledge(Batch batch, long baseOffset) {
            batches.remove(batch);
            for (int i = 0; i < batch.records.size(); i++) {
                history.acknowledged(partition, batch.records.get(i), baseOffset < 0 ? -1 : baseOffset + i);
            }
            pump();
        }

        private void retry(Batch batch, @Nullable ErrorCode error) {
            node.note("sends sequence " + batch.baseSequence + " to " + node.topic() + "-" + partition + " again: "
                    + (error == null ? "no answer" : error));
            node.refresh();
            if (!backingOff) {
                backingOff = true;
                node.later(BACKOFF_MS, () -> {
                    backingOff = false;
                    pump();
                });
            }
        }
    }
}
