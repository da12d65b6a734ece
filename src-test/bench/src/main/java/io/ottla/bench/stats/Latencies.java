package io.ottla.bench.stats;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * Latencies in nanoseconds, exact to three digits. Confined to the thread that records.
 *
 * <p>No correction for coordinated omission happens here: the loads measure from the time at which a request was meant
 * to be sent, so that there is nothing to correct.
 */
public final class Latencies {
    /** What the tables show. */
    public static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 99.9, 99.99);

    private static final long HIGHEST_NS = 120_000_000_000L;
    private static final int DIGITS = 3;
    private static final double NS_PER_MS = 1e6;
    private static final int POINTS_PER_HALVING = 8;
    private static final double PERCENT = 100;

    private final Histogram histogram;

    public Latencies() {
        this(new Histogram(HIGHEST_NS, DIGITS));
    }

    private Latencies(Histogram histogram) {
        this.histogram = histogram;
    }

    /** One point of a percentile curve: the {@code percentile}, 0 to 100, and its latency. */
    public record Point(double percentile, double latencyMs) {}

    /** Adds one; those beyond two minutes count as two minutes, those below zero (never seen) as zero. */
    public void record(long latencyNs) {
        histogram.recordValue(Math.min(Math.max(latencyNs, 0), HIGHEST_NS));
    }

    /** Adds all of another one. */
    public void add(Latencies other) {
        histogram.add(other.histogram);
    }

    public long count() {
        return histogram.getTotalCount();
    }

    /** The latency that {@code percentile} percent do not exceed, in milliseconds. */
    public double percentileMs(double percentile) {
        return histogram.getValueAtPercentile(percentile) / NS_PER_MS;
    }

    public double maxMs() {
        return histogram.getMaxValue() / NS_PER_MS;
    }

    /** The curve for a plot, up to the last percentile that the number of values supports. */
    public List<Point> curve() {
        List<Point> points = new ArrayList<>();
        for (double rest = 1; rest * histogram.getTotalCount() >= 1; rest /= Math.pow(2, 1.0 / POINTS_PER_HALVING)) {
            double percentile = (1 - rest) * PERCENT;
            points.add(new Point(percentile, percentileMs(percentile)));
        }
        return points;
    }

    /** As text that {@link #decode} reads. */
    public String encode() {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }

    /** The inverse of {@link #encode}. */
    public static Latencies decode(String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            return new Latencies(Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), HIGHEST_NS));
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("not an encoded histogram", e);
        }
    }
}
