package io.ottla.protocol.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Seeded records of every shape, and what Kafka's own builder makes of them. */
final class RandomRecords {
    static final long BASE_TIMESTAMP = 1_700_000_000_000L;

    private RandomRecords() {}

    /** From 1 to {@code maxCount} records: keys and values null, empty, small or large, some with headers. */
    static List<SimpleRecord> some(Random random, int maxCount) {
        int count = 1 + random.nextInt(maxCount);
        List<SimpleRecord> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long timestamp = BASE_TIMESTAMP + random.nextInt(100_000) - 50_000;
            records.add(new SimpleRecord(timestamp, bytes(random, 40), bytes(random, 3_000), headers(random)));
        }
        return records;
    }

    private static byte[] bytes(Random random, int maxLength) {
        int shape = random.nextInt(10);
        if (shape == 0) {
            return null;
        }
        byte[] bytes = new byte[shape == 1 ? 0 : random.nextInt(maxLength)];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        } else {
            byte[] text = "all letters are kept safe, ".getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = text[i % text.length];
            }
        }
        return bytes;
    }

    private static Header[] headers(Random random) {
        Header[] headers = new Header[random.nextInt(3) == 0 ? random.nextInt(5) : 0];
        for (int i = 0; i < headers.length; i++) {
            headers[i] = new RecordHeader("head\u00e9r-" + random.nextInt(100), bytes(random, 50));
        }
        return headers;
    }

    static MemoryRecords kafkaBatch(Compression compression, List<SimpleRecord> records) {
        MemoryRecordsBuilder builder =
                MemoryRecords.builder(ByteBuffer.allocate(1024), compression, TimestampType.CREATE_TIME, 0L);
        records.forEach(builder::append);
        return builder.build();
    }

    static Compression kafkaCodec(CompressionCodec codec) {
        return Compression.of(codec.configName()).build();
    }
}
