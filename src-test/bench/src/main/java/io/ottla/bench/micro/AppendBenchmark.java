package io.ottla.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.storage.log.AppendResult;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Appending a validated batch to a log on a real file, page cache included. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AppendBenchmark {
    private static final int VALUE_BYTES = 1000;

    @Param({"1", "16", "128"})
    public int records = 1;

    private @Nullable TemporaryLog log;
    private ByteBuf batch = Unpooled.EMPTY_BUFFER;

    /** A log for each iteration, so that the disk does not fill up. */
    @Setup(Level.Iteration)
    public void setUp() throws IOException {
        log = new TemporaryLog();
        batch = SampleBatches.batch(CompressionCodec.NONE, records, VALUE_BYTES);
    }

    @TearDown(Level.Iteration)
    public void tearDown() throws IOException {
        batch.release();
        if (log != null) {
            log.close();
        }
    }

    @Benchmark
    public AppendResult append() {
        if (log == null) {
            throw new IllegalStateException("no log");
        }
        return log.log().append(batch, 0, AppendOrigin.CLIENT);
    }
}
