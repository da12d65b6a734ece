package io.ottla.cluster;

import io.ottla.process.Product;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured of each product, and the Markdown page that says so. Written anew after each figure. */
final class FiguresPage {
    private final Path file;
    private final String preamble;
    private final Map<String, Map<Product, List<Double>>> samples = new LinkedHashMap<>();

    FiguresPage(Path file, String preamble) {
        this.file = file;
        this.preamble = preamble;
    }

    /** Adds samples of what a line of the table says, its unit included; fewer is better but where it says per second. */
    void add(String what, Product product, List<Double> measured) {
        samples.computeIfAbsent(what, any -> new EnumMap<>(Product.class))
                .computeIfAbsent(product, any -> new ArrayList<>())
                .addAll(measured);
        System.out.printf(Locale.ROOT, "%s, %s: %s%n", what, product, measured);
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder(preamble);
        text.append("\n| | Ottla median | worst | Apache Kafka 3.9.2 median | worst | ratio of medians | rounds |\n");
        text.append("|---|---|---|---|---|---|---|\n");
        samples.forEach((what, measured) -> {
            List<Double> own = sorted(measured.getOrDefault(Product.OTTLA, List.of()));
            List<Double> other = sorted(measured.getOrDefault(Product.APACHE_39, List.of()));
            boolean moreIsBetter = what.endsWith("/s");
            text.append("| ").append(what);
            append(text, own, moreIsBetter);
            append(text, other, moreIsBetter);
            text.append(" | ")
                    .append(own.isEmpty() || other.isEmpty() ? "–" : number(median(own) / median(other)))
                    .append(" | ")
                    .append(own.size())
                    .append(", ")
                    .append(other.size())
                    .append(" |\n");
        });
        return text.toString();
    }

    private static void append(StringBuilder text, List<Double> sorted, boolean moreIsBetter) {
        if (sorted.isEmpty()) {
            text.append(" | – | –");
            return;
        }
        double worst = sorted.get(moreIsBetter ? 0 : sorted.size() - 1);
        text.append(" | ").append(number(median(sorted))).append(" | ").append(number(worst));
    }

    private static List<Double> sorted(List<Double> measured) {
        return measured.stream().sorted().toList();
    }

    private static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
