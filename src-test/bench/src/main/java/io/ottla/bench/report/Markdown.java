package io.ottla.bench.report;

import io.ottla.bench.result.Contestant;
import io.ottla.bench.result.Contestant.Role;
import io.ottla.bench.result.Incident;
import io.ottla.bench.result.RunInfo;
import io.ottla.bench.result.RunResult;
import io.ottla.bench.scenario.Scenario;
import io.ottla.bench.scenario.Scenarios;
import io.ottla.bench.stats.Summary;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The page of a run. All of its numbers, and all of its praise and blame, come from the result file. */
final class Markdown {
    private static final String HEAD = """
            # Benchmarks: Ottla beside Apache Kafka

            This page is written by `bin/ottla-bench` from [results.json](results.json); do not edit it.

            How to read it:
            - All brokers run the same work on the same machine and JDK, in turns, each with the flags of its own start
              script. Each value is the median of the rounds; ± is half of the distance between the extremes.
            - The ratio is Ottla to the better of the others: below 1 is better where less is good (time, memory), above 1
              where more is good (throughput). Noise is by how much Ottla differs from itself when it takes part a second
              time under another name; a smaller difference between two brokers says nothing.
            - Processor time is that of the broker process, user and kernel, from `/proc`. Apache Kafka 3.9 has its
              ZooKeeper in a second process, which is reported apart; Ottla has it inside, and Apache Kafka 4 its
              controller.
            - Before a broker starts, and before each measurement that writes much, all free memory is filled with cached
              pages of a file, as on a machine that has run for a day. A virtual machine may have to fetch free pages from
              its host, and charges that to whoever touches them first.
            - A row is loud (†) if other processes took part of the machine in one of its measurements, even after repeats.
              Latencies and throughputs of a loud row mean little; processor time per byte or request means more.
            """;

    private final RunResult result;
    private final List<Row> rows;
    private final List<Plot> plots;
    private final StringBuilder page = new StringBuilder(HEAD);

    private Markdown(RunResult result, List<Row> rows, List<Plot> plots) {
        this.result = result;
        this.rows = rows;
        this.plots = plots;
    }

    static String page(RunResult result, List<Row> rows, List<Plot> plots) {
        return new Markdown(result, rows, plots).write();
    }

    private String write() {
        circumstances();
        targets();
        verdicts("What is slower or larger than Apache Kafka", Verdict.WORSE);
        verdicts("What makes no difference beyond the noise", Verdict.SAME);
        for (Scenario scenario : Scenarios.all()) {
            scenario(scenario);
        }
        incidents();
        return page.toString();
    }

    private void circumstances() {
        for (RunInfo run : result.runs()) {
            page.append(
                            result.runs().size() == 1
                                    ? "\n## The run"
                                    : "\n## The run of " + String.join(", ", run.scenarios()))
                    .append("\n| | |\n|---|---|\n");
            line("date", run.date());
            line("commit", run.commit());
            line("command", "`" + run.command() + "`");
            line("scale", run.scale());
            line("machine", run.machine());
            line("JDK", run.jdk());
            line("clients", "kafka-clients " + run.clients() + ", in a process of their own on the same machine");
        }
        page.append("\n## The brokers\n| | |\n|---|---|\n");
        for (Contestant contestant : result.contestants()) {
            line("`" + contestant.name() + "`", contestant.title());
        }
    }

    private void line(String name, String value) {
        page.append("| ").append(name).append(" | ").append(value).append(" |\n");
    }

    private void targets() {
        List<Row> aimed = rows.stream()
                .filter(row -> Target.of(row).isPresent() && row.ratio().isPresent())
                .toList();
        if (aimed.isEmpty()) {
            return;
        }
        page.append("\n## Targets\n| what | ratio | target | noise | |\n|---|---|---|---|---|\n");
        for (Row row : aimed) {
            Optional<Target> target = Target.of(row);
            String met = target.filter(any -> any.isMet(row)).isPresent() ? "met" : "**missed**";
            page.append("| ")
                    .append(titleOf(row))
                    .append(" | ")
                    .append(Numbers.ratio(row.ratio()))
                    .append(" | ")
                    .append(target.map(any -> any.text(row)).orElse(""))
                    .append(" | ")
                    .append(Numbers.percent(row.noisePercent()))
                    .append(" | ")
                    .append(met)
                    .append(" |\n");
        }
    }

    private void verdicts(String title, Verdict verdict) {
        List<Row> chosen =
                rows.stream().filter(row -> Verdict.of(row) == verdict).toList();
        if (rows.stream().allMatch(row -> row.ratio().isEmpty())) {
            return;
        }
        page.append("\n## ").append(title).append('\n');
        if (chosen.isEmpty()) {
            page.append("Nothing that was measured.\n");
        }
        for (Row row : chosen) {
            page.append("- ")
                    .append(titleOf(row))
                    .append(": ratio ")
                    .append(Numbers.ratio(row.ratio()))
                    .append(", noise ")
                    .append(row.noisePercent().isPresent() ? Numbers.percent(row.noisePercent()) : "not measured")
                    .append('\n');
        }
    }

    private void scenario(Scenario scenario) {
        List<Row> own = rows.stream()
                .filter(row -> row.scenario().equals(scenario.name()))
                .toList();
        if (own.isEmpty()) {
            return;
        }
        page.append("\n## ")
                .append(titleCase(scenario.name()))
                .append('\n')
                .append(scenario.idea())
                .append("\n\n| | |");
        List<Contestant> contestants = result.contestants();
        shown(contestants)
                .forEach(contestant ->
                        page.append(" `").append(contestant.name()).append("` |"));
        page.append(" ratio | noise |\n|---|---|")
                .append("---:|".repeat(shown(contestants).size() + 2))
                .append('\n');
        String cell = "";
        for (Row row : own) {
            row(row, row.cell().equals(cell) ? "" : row.cell(), shown(contestants));
            cell = row.cell();
        }
        for (Plot plot : plots) {
            if (plot.scenario().equals(scenario.name())) {
                page.append("\n![")
                        .append(plot.title())
                        .append("](")
                        .append(plot.file())
                        .append(")\n");
            }
        }
    }

    private void row(Row row, String cell, List<Contestant> contestants) {
        String unit = row.metric().unit().isEmpty() ? "" : ", " + row.metric().unit();
        page.append("| ")
                .append(cell)
                .append(" | ")
                .append(row.metric().name())
                .append(unit)
                .append(row.loud() ? " †" : "")
                .append(" |");
        for (Contestant contestant : contestants) {
            Summary summary = row.values().get(contestant.name());
            page.append(' ')
                    .append(summary == null ? "–" : Numbers.withSpread(summary))
                    .append(" |");
        }
        page.append(' ')
                .append(Numbers.ratio(row.ratio()))
                .append(" | ")
                .append(Numbers.percent(row.noisePercent()))
                .append(" |\n");
    }

    private void incidents() {
        if (result.incidents().isEmpty()) {
            return;
        }
        page.append("\n## What could not be measured\n");
        for (Incident incident : result.incidents()) {
            page.append("- ")
                    .append(incident.scenario())
                    .append(", `")
                    .append(incident.broker())
                    .append("`, round ")
                    .append(incident.round())
                    .append(": ")
                    .append(incident.message())
                    .append('\n');
        }
    }

    private static List<Contestant> shown(List<Contestant> contestants) {
        return contestants.stream()
                .filter(contestant -> contestant.role() != Role.NOISE)
                .toList();
    }

    private static String titleOf(Row row) {
        return row.scenario() + ", " + row.cell() + ": " + row.metric().name() + (row.loud() ? " †" : "");
    }

    private static String titleCase(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1).replace('-', ' ');
    }
}
