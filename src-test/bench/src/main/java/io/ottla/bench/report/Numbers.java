package io.ottla.bench.report;

import io.ottla.bench.stats.Summary;
import java.util.Locale;
import java.util.OptionalDouble;

/** Numbers as people read them: three digits that mean something. */
final class Numbers {
    private static final double LARGE = 100;
    private static final double MIDDLE = 10;

    private Numbers() {}

    static String value(double value) {
        double size = Math.abs(value);
        String format = size >= LARGE ? "%,.0f" : size >= MIDDLE ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    static String withSpread(Summary summary) {
        return summary.count() < 2
                ? value(summary.median())
                : value(summary.median()) + " ±" + Math.round(summary.spreadPercent() / 2) + "%";
    }

    static String ratio(OptionalDouble ratio) {
        return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "";
    }

    static String percent(OptionalDouble percent) {
        return percent.isPresent() ? Math.round(percent.getAsDouble()) + "%" : "";
    }
}
