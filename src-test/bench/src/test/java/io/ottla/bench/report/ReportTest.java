package io.ottla.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.ottla.bench.result.Contestant;
import io.ottla.bench.result.Contestant.Role;
import io.ottla.bench.result.Curve;
import io.ottla.bench.result.Figure;
import io.ottla.bench.result.Incident;
import io.ottla.bench.result.Metric;
import io.ottla.bench.result.RunInfo;
import io.ottla.bench.result.RunResult;
import io.ottla.bench.stats.Latencies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: the pages say what was measured, and blame as plainly as they praise. Method: a run made by hand. */
class ReportTest {
    private static final String CELL = "1000 B, none, acks=all, 1 producer, 1 partition";

    private final RunResult result = RunResult.of(new RunInfo(
            "2026-11-22T15:00Z",
            "0123abc",
            "bin/ottla-bench --quick",
            "JVM 17",
            "4.4.0",
            "2 × processor",
            "quick",
            List.of(
                    new Contestant("ottla", "Ottla 1", Role.SUBJECT),
                    new Contestant("kafka-4", "Apache Kafka 4", Role.PEER),
                    new Contestant("kafka-3.9", "Apache Kafka 3.9", Role.PEER),
                    new Contestant("ottla-again", "Ottla 1, again", Role.NOISE)),
            List.of("produce", "cold-reader")));

    @Test
    void aRowHasTheMediansTheRatioToTheBetterPeerAndTheNoise() {
        figures(Metric.CPU_PER_GB, "ottla", 1, 3, 2);
        figures(Metric.CPU_PER_GB, "kafka-4", 5);
        figures(Metric.CPU_PER_GB, "kafka-3.9", 4);
        figures(Metric.CPU_PER_GB, "ottla-again", 2.2);

        Row row = Rows.of(result).get(0);
        assertThat(row.values().get("ottla").median()).isEqualTo(2);
        assertThat(row.ratio().getAsDouble()).isEqualTo(0.5, within(1e-9));
        assertThat(row.noisePercent().getAsDouble()).isEqualTo(10, within(1e-9));
        assertThat(Verdict.of(row)).isEqualTo(Verdict.BETTER);
        assertThat(Target.of(row))
                .hasValueSatisfying(target -> assertThat(target.isMet(row)).isTrue());
    }

    @Test
    void moreIsBetterWhereMoreIsBetter() {
        figures(Metric.THROUGHPUT, "ottla", 50);
        figures(Metric.THROUGHPUT, "kafka-4", 100);
        figures(Metric.THROUGHPUT, "kafka-3.9", 80);

        Row row = Rows.of(result).get(0);
        assertThat(row.ratio()).hasValue(0.5);
        assertThat(Verdict.of(row)).isEqualTo(Verdict.WORSE);
    }

    @Test
    void aDifferenceBelowTheNoiseIsNone() {
        figures(Metric.THROUGHPUT, "ottla", 120);
        figures(Metric.THROUGHPUT, "kafka-4", 100);
        figures(Metric.THROUGHPUT, "ottla-again", 90);

        assertThat(Verdict.of(Rows.of(result).get(0))).isEqualTo(Verdict.SAME);
    }

    @Test
    void withoutPeersThereIsNoVerdict() {
        figures(Metric.THROUGHPUT, "ottla", 120);
        assertThat(Verdict.of(Rows.of(result).get(0))).isEqualTo(Verdict.NONE);
    }

    @Test
    void oneLoudMeasurementMakesTheRowLoud() {
        figures(Metric.THROUGHPUT, "ottla", 120);
        result.figures().add(new Figure("produce", CELL, Metric.THROUGHPUT, "ottla", 2, 100, 0.4, true));
        assertThat(Rows.of(result).get(0).loud()).isTrue();
    }

    @Test
    void thePageNamesCircumstancesMissedTargetsAndWhatIsWorse(@TempDir Path directory) throws Exception {
        figures(Metric.CPU_PER_GB, "ottla", 5);
        figures(Metric.CPU_PER_GB, "kafka-4", 4);
        result.incidents().add(new Incident("cold-reader", "ottla", 1, "skipped: needs root"));
        result.write(directory.resolve("results.json"));

        new Report(RunResult.read(directory.resolve("results.json"))).write(directory);

        assertThat(Files.readString(directory.resolve("README.md")))
                .contains("| command | `bin/ottla-bench --quick` |", "Apache Kafka 4", "2 × processor")
                .contains("| 1.25 | ≤ 0.5 |  | **missed** |")
                .contains("- produce, " + CELL + ": broker CPU per GB: ratio 1.25")
                .contains("- cold-reader, `ottla`, round 1: skipped: needs root");
    }

    @Test
    void aFurtherRunReplacesItsOwnScenariosAndKeepsTheOthers(@TempDir Path directory) throws Exception {
        figures(Metric.CPU_PER_GB, "ottla", 5);
        result.figures().add(new Figure("cold-reader", "alone", Metric.TIME, "ottla", 1, 7, 0, false));
        RunInfo again = infoOf("bin/ottla-bench --add --scenario produce", List.of("produce"));

        RunResult both = result.continuedBy(again);

        assertThat(both.figures()).extracting(Figure::scenario).containsExactly("cold-reader");
        assertThat(both.runs())
                .extracting(RunInfo::scenarios)
                .containsExactly(List.of("cold-reader"), List.of("produce"));
        new Report(both).write(directory);
        assertThat(Files.readString(directory.resolve("README.md")))
                .contains("## The run of cold-reader", "## The run of produce", "| commit | 0123abc |");
        RunInfo all = infoOf("bin/ottla-bench --add", List.of("produce", "cold-reader"));
        assertThat(both.continuedBy(all).runs()).containsExactly(all);
    }

    @Test
    void aFurtherRunOfOtherBrokersIsRefused() {
        RunInfo first = result.runs().get(0);
        RunInfo other = new RunInfo(
                first.date(),
                first.commit(),
                first.command(),
                first.jdk(),
                first.clients(),
                first.machine(),
                first.scale(),
                List.of(new Contestant("ottla", "Ottla 1", Role.SUBJECT)),
                List.of("produce"));
        assertThatThrownBy(() -> result.continuedBy(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("other brokers");
    }

    @Test
    void aPlotIsWellFormedAndHasALineForEachBrokerButNotForTheNoise() throws Exception {
        for (String broker : List.of("ottla", "kafka-4", "ottla-again")) {
            Latencies latencies = new Latencies();
            for (int i = 1; i <= 10_000; i++) {
                latencies.record(i * 1_000L);
            }
            result.curves().add(new Curve("latency", "1,000 records/s", "end-to-end", broker, 1, latencies.encode()));
        }

        List<Plot> plots = Plots.of(result);
        assertThat(plots).hasSize(1);
        assertThat(plots.get(0).file()).isEqualTo("latency-1-000-records-s-end-to-end.svg");
        String svg = SvgPlot.of(plots.get(0));
        var document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new java.io.ByteArrayInputStream(svg.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertThat(document.getElementsByTagName("polyline").getLength()).isEqualTo(2);
        assertThat(svg).contains("Ottla 1", "Apache Kafka 4", "99.99 %").doesNotContain("NaN", "Infinity");
    }

    @Test
    void numbersHaveThreeDigitsThatMeanSomething() {
        assertThat(Numbers.value(1234.5)).isEqualTo("1,235");
        assertThat(Numbers.value(12.345)).isEqualTo("12.3");
        assertThat(Numbers.value(1.2345)).isEqualTo("1.23");
    }

    private RunInfo infoOf(String command, List<String> scenarios) {
        RunInfo first = result.runs().get(0);
        return new RunInfo(
                first.date(),
                first.commit(),
                command,
                first.jdk(),
                first.clients(),
                first.machine(),
                first.scale(),
                first.contestants(),
                scenarios);
    }

    private void figures(Metric metric, String broker, double... values) {
        for (int i = 0; i < values.length; i++) {
            result.figures().add(new Figure("produce", CELL, metric, broker, i + 1, values[i], 0, false));
        }
    }
}
