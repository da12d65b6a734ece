package io.ottla.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.AppendRules;
import io.ottla.protocol.record.BatchValidator;
import io.ottla.protocol.record.BatchVerdict;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.record.TimestampType;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Checking a batch before it is appended: checksum and one walk. What it allocates must not grow with the records. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BatchValidationBenchmark {
    private static final int VALUE_BYTES = 100;
    private static final short PRODUCE_VERSION = 11;
    private static final int MAX_BATCH_BYTES = 1 << 20;

    @Param({"NONE", "LZ4", "ZSTD"})
    public CompressionCodec codec = CompressionCodec.NONE;

    @Param({"1", "16", "1000"})
    public int records = 1;

    private final BatchValidator validator = new BatchValidator();
    private final AppendRules rules = new AppendRules(
            MAX_BATCH_BYTES,
            null,
            0,
            TimestampType.CREATE_TIME,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            AppendRules.KeyPolicy.OPTIONAL);
    private ByteBuf batch = Unpooled.EMPTY_BUFFER;

    @Setup
    public void setUp() {
        batch = SampleBatches.batch(codec, records, VALUE_BYTES);
    }

    @TearDown
    public void tearDown() {
        batch.release();
    }

    @Benchmark
    public BatchVerdict validate() {
        return validator.validate(batch, rules, AppendOrigin.CLIENT, PRODUCE_VERSION, SampleBatches.TIMESTAMP_MS);
    }
}
