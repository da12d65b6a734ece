package io.ottla.cluster;

import io.ottla.process.Product;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured of each product, and the Markdown page that says so. Written anew after each figure. */
final class FiguresPage {
    private static final Map<Product, String> NAMES = new EnumMap<>(Map.of(
            Product.OTTLA, "Ottla",
            Product.APACHE_39, "Apache Kafka 3.9.2",
            Product.APACHE_4, "Apache Kafka 4.4.0"));

    private final Path file;
    private final String preamble;
    private final long startNs = System.nanoTime();
    private final Map<String, Map<Product, List<Double>>> samples = new LinkedHashMap<>();

    FiguresPage(Path file, String preamble) {
        this.file = file;
        this.preamble = preamble;
    }

    /** Says on the console what is going on, and how long it has taken so far. */
    void progress(String what) {
        long seconds = Duration.ofNanos(System.nanoTime() - startNs).toSeconds();
        System.out.printf(Locale.ROOT, "%3d:%02d %s%n", seconds / 60, seconds % 60, what);
    }

    /** Adds samples of what a line of the table says, its unit included; fewer is better but where it says per second. */
    void add(String what, Product product, List<Double> measured) {
        samples.computeIfAbsent(what, any -> new EnumMap<>(Product.class))
                .computeIfAbsent(product, any -> new ArrayList<>())
                .addAll(measured);
        progress(what + ", " + NAMES.get(product) + ": "
                + measured.stream().map(FiguresPage::number).toList());
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder(preamble).append("\n|");
        StringBuilder rule = new StringBuilder("|---|");
        NAMES.values().forEach(name -> {
            text.append(" | ").append(name).append(" median | worst");
            rule.append("---|---|");
        });
        text.append(" | ratio to the better | rounds |\n").append(rule).append("---|---|\n");
        samples.forEach((what, measured) -> appendLine(text, what, measured));
        return text.toString();
    }

    private static void appendLine(StringBuilder text, String what, Map<Product, List<Double>> measured) {
        boolean moreIsBetter = what.endsWith("/s");
        text.append("| ").append(what);
        List<String> rounds = new ArrayList<>();
        for (Product product : NAMES.keySet()) {
            List<Double> sorted =
                    measured.getOrDefault(product, List.of()).stream().sorted().toList();
            rounds.add(Integer.toString(sorted.size()));
            text.append(" | ").append(sorted.isEmpty() ? "–" : number(median(sorted)));
            text.append(" | ")
                    .append(sorted.isEmpty() ? "–" : number(sorted.get(moreIsBetter ? 0 : sorted.size() - 1)));
        }
        text.append(" | ").append(ratio(measured, moreIsBetter));
        text.append(" | ").append(String.join(", ", rounds)).append(" |\n");
    }

    /** Ottla's median to the best of the others. */
    private static String ratio(Map<Product, List<Double>> measured, boolean moreIsBetter) {
        double best = Double.NaN;
        for (Map.Entry<Product, List<Double>> other : measured.entrySet()) {
            if (other.getKey() != Product.OTTLA) {
                double median = median(other.getValue().stream().sorted().toList());
                best = Double.isNaN(best) || (moreIsBetter ? median > best : median < best) ? median : best;
            }
        }
        List<Double> own = measured.getOrDefault(Product.OTTLA, List.of());
        return own.isEmpty() || Double.isNaN(best)
                ? "–"
                : number(median(own.stream().sorted().toList()) / best);
    }

    private static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
