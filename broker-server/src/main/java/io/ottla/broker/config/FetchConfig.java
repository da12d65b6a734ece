package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofInt;

/** Bounds of fetch responses and sessions, and housekeeping of requests that wait. Immutable. */
public final class FetchConfig {
    static final ConfigKey<Integer> FETCH_MAX_BYTES = ofInt("fetch.max.bytes", 57671680)
            .atLeast(1024)
            .implemented(
                    "Most bytes of records in one fetch response; a first batch larger than that is still sent whole.");
    static final ConfigKey<Integer> MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS = ofInt(
                    "max.incremental.fetch.session.cache.slots", 1000)
            .atLeast(0)
            .implemented("Most incremental fetch sessions kept at a time.");
    static final ConfigKey<Integer> MAX_REQUEST_PARTITION_SIZE_LIMIT = ofInt("max.request.partition.size.limit", 2000)
            .atLeast(1)
            .implemented("Most partitions described by one DescribeTopicPartitions answer.");

    static final KeyGroup KEYS = KeyGroup.of(
            "Fetch and produce waits",
            "Bounds of fetch responses and sessions, and housekeeping of requests that wait.",
            FETCH_MAX_BYTES,
            MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS,
            MAX_REQUEST_PARTITION_SIZE_LIMIT,
            ofInt("fetch.purgatory.purge.interval.requests", 1000)
                    .withoutEffect(
                            "Waiting fetches are forgotten as soon as they complete, so there is nothing to purge."),
            ofInt("producer.purgatory.purge.interval.requests", 1000)
                    .withoutEffect(
                            "Waiting produces are forgotten as soon as they complete, so there is nothing to purge."),
            ofInt("delete.records.purgatory.purge.interval.requests", 1)
                    .withoutEffect(
                            "Waiting DeleteRecords are forgotten as soon as they complete, so there is nothing to purge."));

    private final ConfigValues values;

    FetchConfig(ConfigValues values) {
        this.values = values;
    }

    /** Most bytes of records in one fetch response; a first batch larger than that is still sent whole. */
    public int fetchMaxBytes() {
        return values.get(FETCH_MAX_BYTES);
    }

    /** Most incremental fetch sessions kept at a time. */
    public int sessionCacheSlots() {
        return values.get(MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS);
    }

    /** Most partitions described by one DescribeTopicPartitions answer. */
    public int maxRequestPartitions() {
        return values.get(MAX_REQUEST_PARTITION_SIZE_LIMIT);
    }
}
