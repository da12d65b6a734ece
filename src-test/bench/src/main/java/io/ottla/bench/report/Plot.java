package io.ottla.bench.report;

import io.ottla.bench.stats.Latencies.Point;
import java.util.List;

/**
 * Latencies of one cell by percentile, one line per broker.
 *
 * @param scenario to which it belongs
 * @param title above it
 * @param file name of the picture
 * @param lines of the brokers
 */
record Plot(String scenario, String title, String file, List<Line> lines) {
    /** One broker's curve. */
    record Line(String name, List<Point> points) {}
}
