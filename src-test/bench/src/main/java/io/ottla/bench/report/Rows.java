package io.ottla.bench.report;

import io.ottla.bench.result.Contestant;
import io.ottla.bench.result.Contestant.Role;
import io.ottla.bench.result.Figure;
import io.ottla.bench.result.Metric;
import io.ottla.bench.result.RunResult;
import io.ottla.bench.stats.Comparison;
import io.ottla.bench.stats.Summary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** From figures to rows, in the order in which they were measured. */
final class Rows {
    private Rows() {}

    private record Key(String scenario, String cell, Metric metric) {}

    static List<Row> of(RunResult result) {
        Map<Key, List<Figure>> byKey = new LinkedHashMap<>();
        for (Figure figure : result.figures()) {
            byKey.computeIfAbsent(new Key(figure.scenario(), figure.cell(), figure.metric()), key -> new ArrayList<>())
                    .add(figure);
        }
        List<Row> rows = new ArrayList<>();
        byKey.forEach((key, figures) -> rows.add(row(key, figures, result.contestants())));
        return rows;
    }

    private static Row row(Key key, List<Figure> figures, List<Contestant> contestants) {
        Map<String, Summary> values = new LinkedHashMap<>();
        List<Double> peers = new ArrayList<>();
        OptionalDouble subject = OptionalDouble.empty();
        OptionalDouble again = OptionalDouble.empty();
        for (Contestant contestant : contestants) {
            List<Double> measured = figures.stream()
                    .filter(figure -> figure.broker().equals(contestant.name()))
                    .map(Figure::value)
                    .toList();
            if (measured.isEmpty()) {
                continue;
            }
            Summary summary = Summary.of(measured);
            values.put(contestant.name(), summary);
            if (contestant.role() == Role.PEER) {
                peers.add(summary.median());
            } else if (contestant.role() == Role.SUBJECT) {
                subject = OptionalDouble.of(summary.median());
            } else {
                again = OptionalDouble.of(summary.median());
            }
        }
        OptionalDouble ratio = subject.isEmpty()
                ? OptionalDouble.empty()
                : Comparison.ratioToBest(
                        subject.getAsDouble(), peers, key.metric().better());
        OptionalDouble noise = subject.isEmpty() || again.isEmpty()
                ? OptionalDouble.empty()
                : Comparison.noisePercent(subject.getAsDouble(), again.getAsDouble());
        boolean loud = figures.stream().anyMatch(Figure::loud);
        return new Row(key.scenario(), key.cell(), key.metric(), values, ratio, noise, loud);
    }
}
