package io.ottla.bench.raw;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** A produce of one record: what a client without batching asks of a broker. */
public final class OneRecordProduce {
    /** Size of the record's value. */
    public static final int RECORD_BYTES = 100;

    private static final int VERSION = 11;
    private static final int TIMEOUT_MS = 30_000;
    private static final short ACKS = -1;

    private OneRecordProduce() {}

    /** With acks=all, to one partition. */
    public static RepeatedRequest prepare(String topic, int partition) {
        byte[] value = new byte[RECORD_BYTES];
        Arrays.fill(value, (byte) 'x');
        MemoryRecords records =
                MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(System.currentTimeMillis(), null, value));
        TopicProduceData data = new TopicProduceData()
                .setName(topic)
                .setPartitionData(
                        List.of(new PartitionProduceData().setIndex(partition).setRecords(records)));
        ProduceRequestData request = new ProduceRequestData()
                .setAcks(ACKS)
                .setTimeoutMs(TIMEOUT_MS)
                .setTopicData(new TopicProduceDataCollection(List.of(data).iterator()));
        return RepeatedRequest.unchanged(request, VERSION, OneRecordProduce::isWritten);
    }

    private static boolean isWritten(ApiMessage response) {
        return ((ProduceResponseData) response)
                .responses().stream()
                        .flatMap(topic -> topic.partitionResponses().stream())
                        .allMatch(partition -> partition.errorCode() == 0 && partition.baseOffset() >= 0);
    }
}
