package io.ottla.bench.report;

import io.ottla.bench.result.Contestant;
import io.ottla.bench.result.RunResult;
import java.util.List;

/** The page with all tables. */
final class Markdown {
    private Markdown() {}

    static String page(RunResult result, List<Row> rows) {
        StringBuilder page = new StringBuilder("# Benchmarks\n");
        for (Contestant contestant : result.info().contestants()) {
            page.append("- ").append(contestant.title()).append('\n');
        }
        page.append("\n```\n")
                .append(TextTable.of(result.info().contestants(), rows))
                .append("```\n");
        return page.toString();
    }
}
