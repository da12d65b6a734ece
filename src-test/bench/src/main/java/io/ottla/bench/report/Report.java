package io.ottla.bench.report;

import io.ottla.bench.result.RunResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The pages of one run. */
public final class Report {
    private final RunResult result;
    private final List<Row> rows;
    private final List<Plot> plots;

    public Report(RunResult result) {
        this.result = result;
        this.rows = Rows.of(result);
        this.plots = Plots.of(result);
    }

    /** Writes {@code README.md} and its plots into the directory. */
    public void write(Path directory) {
        try {
            Files.createDirectories(directory);
            for (Plot plot : plots) {
                Files.writeString(directory.resolve(plot.file()), SvgPlot.of(plot), StandardCharsets.UTF_8);
            }
            Files.writeString(
                    directory.resolve("README.md"), Markdown.page(result, rows, plots), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + directory, e);
        }
    }

    /** The tables for a terminal. */
    public String summary() {
        return TextTable.of(result.contestants(), rows);
    }
}
