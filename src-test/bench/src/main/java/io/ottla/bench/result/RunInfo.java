package io.ottla.bench.result;

import java.util.List;

/**
 * Under which circumstances a run took place.
 *
 * @param date of its start, ISO 8601
 * @param command with which it can be repeated
 * @param jdk of all brokers and clients
 * @param clients version of {@code kafka-clients}
 * @param machine processor, memory and kernel
 * @param scale the sizes and durations
 * @param contestants in the order in which they took turns
 */
public record RunInfo(
        String date,
        String command,
        String jdk,
        String clients,
        String machine,
        String scale,
        List<Contestant> contestants) {}
