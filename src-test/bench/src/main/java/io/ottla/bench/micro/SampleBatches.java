package io.ottla.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.record.RecordBatchBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Batches as producers send them; the same in every run. */
final class SampleBatches {
    static final long TIMESTAMP_MS = 1_700_000_000_000L;

    private static final long SEED = 7;

    private SampleBatches() {}

    /** One batch of {@code records} values of {@code valueBytes} hexadecimal digits, in a pooled direct buffer. */
    static ByteBuf batch(CompressionCodec codec, int records, int valueBytes) {
        Random random = new Random(SEED);
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(buffer, TIMESTAMP_MS).codec(codec, codec.defaultLevel());
        for (int i = 0; i < records; i++) {
            StringBuilder value = new StringBuilder();
            while (value.length() < valueBytes) {
                value.append(Long.toHexString(random.nextLong()));
            }
            value.setLength(valueBytes);
            builder.append(TIMESTAMP_MS, null, value.toString().getBytes(StandardCharsets.US_ASCII));
        }
        builder.build();
        return buffer;
    }
}
