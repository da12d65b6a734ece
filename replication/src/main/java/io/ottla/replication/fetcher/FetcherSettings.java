package io.ottla.replication.fetcher;

/**
 * How followers fetch.
 *
 * @param fetchers per source broker: {@code num.replica.fetchers}
 * @param partitionMaxBytes asked of one partition: {@code replica.fetch.max.bytes}
 * @param responseMaxBytes asked of one fetch: {@code replica.fetch.response.max.bytes}
 * @param minBytes a fetch waits for so many: {@code replica.fetch.min.bytes}
 * @param waitMaxMs or for so long: {@code replica.fetch.wait.max.ms}
 * @param backoffMaxMs the longest pause after failures, the first ones are shorter: {@code replica.fetch.backoff.ms}
 */
public record FetcherSettings(
        int fetchers, int partitionMaxBytes, int responseMaxBytes, int minBytes, int waitMaxMs, int backoffMaxMs) {

    /** The pause after a first failure: a new leader may not know yet that it leads. */
    static final int BACKOFF_MIN_MS = 10;

    /** The pause after so many failures in a row. */
    long backoffMs(int failures) {
        int doublings = Math.min(Math.max(0, failures - 1), 20);
        return Math.min(Math.max(backoffMaxMs, 1), (long) BACKOFF_MIN_MS << doublings);
    }
}
