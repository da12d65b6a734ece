package io.ottla.bench.load;

import io.ottla.bench.os.Usage;
import java.util.Map;

/**
 * What a load has done within its measured time.
 *
 * @param requests answered, for request loads; else 0
 * @param records acknowledged or consumed
 * @param bytes of their values, before compression
 * @param usage of the processors meanwhile
 * @param values other figures by their names
 * @param latencies encoded histograms by what they measure ({@link io.ottla.bench.stats.Latencies})
 */
public record LoadResult(
        long requests,
        long records,
        long bytes,
        Usage usage,
        Map<String, Double> values,
        Map<String, String> latencies) {}
