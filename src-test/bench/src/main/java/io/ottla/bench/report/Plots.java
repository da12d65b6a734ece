package io.ottla.bench.report;

import io.ottla.bench.result.Contestant;
import io.ottla.bench.result.Contestant.Role;
import io.ottla.bench.result.Curve;
import io.ottla.bench.result.RunResult;
import io.ottla.bench.stats.Latencies;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** From the distributions of a run to plots: one for each cell and kind of latency, all rounds added up. */
final class Plots {
    private Plots() {}

    private record Key(String scenario, String cell, String what) {}

    static List<Plot> of(RunResult result) {
        Map<Key, List<Curve>> byKey = new LinkedHashMap<>();
        for (Curve curve : result.curves()) {
            byKey.computeIfAbsent(new Key(curve.scenario(), curve.cell(), curve.what()), key -> new ArrayList<>())
                    .add(curve);
        }
        List<Plot> plots = new ArrayList<>();
        byKey.forEach((key, curves) -> plots.add(plot(key, curves, result.contestants())));
        return plots;
    }

    private static Plot plot(Key key, List<Curve> curves, List<Contestant> contestants) {
        List<Plot.Line> lines = new ArrayList<>();
        for (Contestant contestant : contestants) {
            if (contestant.role() == Role.NOISE) {
                continue;
            }
            Latencies sum = new Latencies();
            curves.stream()
                    .filter(curve -> curve.broker().equals(contestant.name()))
                    .forEach(curve -> sum.add(Latencies.decode(curve.histogram())));
            if (sum.count() > 0) {
                lines.add(new Plot.Line(contestant.title(), sum.curve()));
            }
        }
        String title = "Latency " + key.what() + ", " + key.cell();
        return new Plot(key.scenario(), title, fileName(key), lines);
    }

    private static String fileName(Key key) {
        String name = key.scenario() + "-" + key.cell() + "-" + key.what();
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".svg";
    }
}
