package io.ottla.bench.report;

import io.ottla.bench.result.Contestant;
import io.ottla.bench.stats.Summary;
import java.util.List;

/** All rows for a terminal. */
final class TextTable {
    private TextTable() {}

    static String of(List<Contestant> contestants, List<Row> rows) {
        StringBuilder text = new StringBuilder();
        String scenario = "";
        for (Row row : rows) {
            if (!row.scenario().equals(scenario)) {
                scenario = row.scenario();
                text.append('\n').append("%-74s".formatted(scenario));
                contestants.forEach(contestant -> text.append("%16s".formatted(contestant.name())));
                text.append("   ratio   noise\n");
            }
            append(text, contestants, row);
        }
        return text.toString();
    }

    private static void append(StringBuilder text, List<Contestant> contestants, Row row) {
        String unit = row.metric().unit().isEmpty() ? "" : " [" + row.metric().unit() + "]";
        text.append("%-74s".formatted(row.cell() + ": " + row.metric().name() + unit));
        for (Contestant contestant : contestants) {
            Summary summary = row.values().get(contestant.name());
            text.append("%16s".formatted(summary == null ? "-" : Numbers.withSpread(summary)));
        }
        text.append("%8s".formatted(Numbers.ratio(row.ratio())))
                .append("%8s".formatted(Numbers.percent(row.noisePercent())))
                .append(row.loud() ? "  loud" : "")
                .append('\n');
    }
}
