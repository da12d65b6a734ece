package io.ottla.bench.micro;

import io.ottla.storage.index.OffsetIndex;
import java.io.IOException;
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

/** Finding the file position of an offset: near the end, where consumers are, and anywhere. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class IndexLookupBenchmark {
    private static final int OFFSETS_APART = 4;
    private static final int BYTES_APART = 4096;
    private static final int STRIDE = 7919;

    @Param({"1000", "100000"})
    public int entries = 1000;

    private @Nullable TemporaryDirectory directory;
    private @Nullable OffsetIndex index;
    private long next;

    @Setup
    public void setUp() throws IOException {
        directory = new TemporaryDirectory();
        index = new OffsetIndex(directory.directory(), "00000000000000000000.index", 0, visitor -> {});
        for (int i = 1; i <= entries; i++) {
            index.append((long) i * OFFSETS_APART, i * BYTES_APART);
        }
    }

    @TearDown
    public void tearDown() throws IOException {
        if (index != null && directory != null) {
            index.close();
            directory.close();
        }
    }

    @Benchmark
    public int nearTheEnd() throws IOException {
        return lookUp((long) entries * OFFSETS_APART - 1);
    }

    @Benchmark
    public int anywhere() throws IOException {
        next = (next + STRIDE) % ((long) entries * OFFSETS_APART);
        return lookUp(next);
    }

    @Benchmark
    public int frontToBack() throws IOException {
        next = (next + OFFSETS_APART) % ((long) entries * OFFSETS_APART);
        return lookUp(next);
    }

    private int lookUp(long offset) throws IOException {
        if (index == null) {
            throw new IllegalStateException("no index");
        }
        return index.positionBefore(offset);
    }
}
