package io.ottla.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.message.FetchResponse.FetchableTopicResponse;
import io.ottla.protocol.message.FetchResponse.PartitionData;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.schema.MessageParts;
import io.ottla.protocol.schema.MessageWriter;
import io.ottla.storage.log.FetchedRecords;
import io.ottla.storage.log.LogView.FirstBatch;
import io.ottla.storage.log.PartitionLog;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** From a fetch offset to the bytes of the response: index, file, header. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FetchAssemblyBenchmark {
    private static final int BATCHES = 2_000;
    private static final int RECORDS = 16;
    private static final int VALUE_BYTES = 1000;
    private static final short VERSION = 16;
    private static final int EXPECTED_BYTES = 256;

    /** One batch, and what a consumer asks for by default. */
    @Param({"1", "1048576"})
    public int maxBytes = 1;

    private @Nullable TemporaryLog log;
    private long next;

    @Setup
    public void setUp() throws IOException {
        log = new TemporaryLog();
        ByteBuf batch = SampleBatches.batch(CompressionCodec.NONE, RECORDS, VALUE_BYTES);
        for (int i = 0; i < BATCHES; i++) {
            log.log().append(batch, 0, AppendOrigin.CLIENT);
        }
        batch.release();
    }

    @TearDown
    public void tearDown() throws IOException {
        if (log != null) {
            log.close();
        }
    }

    @Benchmark
    public long assemble() {
        if (log == null) {
            throw new IllegalStateException("no log");
        }
        PartitionLog source = log.log();
        long endOffset = source.view().logEndOffset();
        next = (next + RECORDS) % endOffset;
        FetchedRecords records = source.view().read(next, maxBytes, endOffset, FirstBatch.WHOLE);
        PartitionData data = new PartitionData().setPartitionIndex(0).setHighWatermark(endOffset);
        data.setRecords(records);
        FetchResponse response = new FetchResponse()
                .setResponses(List.of(
                        new FetchableTopicResponse().setTopicId(new UUID(1, 1)).setPartitions(List.of(data))));
        MessageWriter out = MessageWriter.message(PooledByteBufAllocator.DEFAULT, EXPECTED_BYTES);
        response.write(out, VERSION);
        MessageParts parts = out.finish();
        long bytes = parts.totalBytes();
        parts.release();
        return bytes;
    }
}
