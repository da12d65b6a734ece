package io.ottla.sim.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.check.StoredRecord;
import io.ottla.protocol.message.ProduceRequest;
import io.ottla.protocol.message.ProduceResponse;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.sim.world.SimulationFailure;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A producer that is content with the leader's word ({@code acks=1}), or with none, and sends nothing twice. All it may claim is
 * that nothing is in a log twice, nor what nobody has sent.
 */
public final class CarelessProducer {
    private static final short PRODUCE_VERSION = 11;
    private static final int TIMEOUT_MS = 6_000;

    private final ClientNode node;
    private long sent;
    private boolean stopped;

    public CarelessProducer(ClientNode node) {
        this.node = node;
    }

    /** Sends until it is stopped. */
    public void start(long intervalMinMs, long intervalMaxMs) {
        node.every(intervalMinMs, intervalMaxMs, () -> {
            int known = node.partitionsKnown();
            if (!stopped) {
                send(known == 0 ? 0 : node.world().random().nextInt(known));
            }
        });
    }

    public void stop() {
        stopped = true;
    }

    private void send(int partition) {
        String leader = node.leaderAddress(partition);
        if (leader == null) {
            return;
        }
        long nowMs = node.world().nowMs();
        ByteBuf batch = Unpooled.buffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(batch, nowMs);
        int count = 1 + node.world().random().nextInt(3);
        for (int i = 0; i < count; i++) {
            String value = StoredRecord.value(node.name(), sent++);
            builder.append(nowMs, (byte[]) null, value.getBytes(StandardCharsets.UTF_8));
        }
        builder.build();
        ProduceRequest request =
                new ProduceRequest().setTransactionalId(null).setAcks((short) 1).setTimeoutMs(TIMEOUT_MS);
        ProduceRequest.TopicProduceData topic = new ProduceRequest.TopicProduceData().setName(node.topic());
        topic.partitionData()
                .add(new ProduceRequest.PartitionProduceData()
                        .setIndex(partition)
                        .setRecords(BufferRecords.borrow(batch)));
        request.topicData().add(topic);
        var unused = node.<ProduceResponse>send(leader, request, PRODUCE_VERSION)
                .whenComplete((response, failure) -> {
                    if (response == null
                            || response.responses()
                                            .get(0)
                                            .partitionResponses()
                                            .get(0)
                                            .errorCode()
                                    != 0) {
                        node.refresh();
                    }
                });
    }

    /** Holds what is in a log against what was sent. */
    public void check(List<StoredRecord> log) {
        Set<Long> found = new HashSet<>();
        for (StoredRecord record : log) {
            if (record.producer().equals(node.name()) && (record.sequence() >= sent || !found.add(record.sequence()))) {
                throw new SimulationFailure("nothing is there twice or unsent", node.topic(), record.toString(), null);
            }
        }
    }
}
