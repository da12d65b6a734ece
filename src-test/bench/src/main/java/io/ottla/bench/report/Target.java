package io.ottla.bench.report;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A ratio that the project has set itself, to the better of the peers.
 *
 * @param scenario of the figure
 * @param cell a pattern for its cell
 * @param metric a pattern for its name
 * @param limit the ratio: at most this, or at least this where more is better
 */
record Target(String scenario, Pattern cell, Pattern metric, double limit) {
    private static final List<Target> ALL = List.of(
            of("produce", "1000 B, .*acks=all, 1 producer, 1 partition", "broker CPU per GB", 0.5),
            of("consume", "page cache.*", "broker CPU per GB", 0.6),
            of("requests", "(produce of one record|empty fetch|Metadata|OffsetCommit)", "broker CPU per request", 0.4),
            of("latency", "10,000 records/s", "end-to-end p50", 0.6),
            of("latency", "10,000 records/s", "end-to-end p(99|99\\.9)", 0.5),
            of("start-up", "empty directory|again", "time", 0.25),
            of("start-up", "idle", "memory", 0.4),
            of("partitions", "1,000 partitions, create", "time", 0.25),
            of("partitions", "1,000 partitions", "memory|open files", 0.5),
            of("partitions", "1,000 partitions, (clean restart|restart after kill -9)", "time until all serve", 0.25),
            of("cold-reader", "producer beside.*", "acknowledged p99", 0.3),
            of("fsync", "8 producers.*", "throughput", 5));

    /** The target for a row, if it has one. */
    static Optional<Target> of(Row row) {
        return ALL.stream().filter(target -> target.concerns(row)).findFirst();
    }

    /** Whether a ratio is as good as it shall be. */
    boolean isMet(Row row) {
        double ratio = row.ratio().orElse(Double.NaN);
        return switch (row.metric().better()) {
            case LOWER -> ratio <= limit;
            case HIGHER -> ratio >= limit;
        };
    }

    String text(Row row) {
        String sign =
                switch (row.metric().better()) {
                    case LOWER -> "≤ ";
                    case HIGHER -> "≥ ";
                };
        return sign + (limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit));
    }

    private boolean concerns(Row row) {
        return row.scenario().equals(scenario)
                && cell.matcher(row.cell()).matches()
                && metric.matcher(row.metric().name()).matches();
    }

    private static Target of(String scenario, String cell, String metric, double limit) {
        return new Target(scenario, Pattern.compile(cell), Pattern.compile(metric), limit);
    }
}
