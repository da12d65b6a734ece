package io.ottla.bench.result;

import java.util.ArrayList;
import java.util.List;

/**
 * Under which circumstances a run took place.
 *
 * @param date of its start, ISO 8601
 * @param commit of Ottla
 * @param command with which it can be repeated
 * @param jdk of all brokers and clients
 * @param clients version of {@code kafka-clients}
 * @param machine processor, memory and kernel
 * @param scale the sizes and durations
 * @param contestants in the order in which they took turns
 * @param scenarios whose figures are of this run
 */
public record RunInfo(
        String date,
        String commit,
        String command,
        String jdk,
        String clients,
        String machine,
        String scale,
        List<Contestant> contestants,
        List<String> scenarios) {

    /** This run, but for the scenarios that a later one has measured again. */
    RunInfo without(List<String> again) {
        List<String> left = new ArrayList<>(scenarios);
        left.removeAll(again);
        return new RunInfo(date, commit, command, jdk, clients, machine, scale, contestants, left);
    }
}
