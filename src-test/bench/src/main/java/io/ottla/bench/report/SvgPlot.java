package io.ottla.bench.report;

import io.ottla.bench.stats.Latencies.Point;
import java.util.List;
import java.util.Locale;

/**
 * A percentile plot as SVG. Both axes are logarithmic: to the right each decade is one more nine of the percentile, upwards
 * each decade is ten times the latency. They begin at the same place for all brokers, so that nothing looks smaller than it is.
 */
final class SvgPlot {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 50;
    private static final int BOTTOM = 60;
    private static final double PERCENT = 100;
    private static final List<String> COLORS = List.of("#0b7a75", "#c44536", "#3d5a98", "#8d6a9f");
    private static final int LEGEND_STEP = 18;
    private static final double LEAST_MS = 1e-3;

    private final Plot plot;
    private final int nines;
    private final int lowDecade;
    private final int highDecade;
    private final StringBuilder svg = new StringBuilder();

    private SvgPlot(Plot plot) {
        this.plot = plot;
        double leastRest = 1;
        double lowest = Double.MAX_VALUE;
        double highest = LEAST_MS;
        for (Plot.Line line : plot.lines()) {
            for (Point point : line.points()) {
                leastRest = Math.min(leastRest, rest(point));
                lowest = Math.min(lowest, Math.max(LEAST_MS, point.latencyMs()));
                highest = Math.max(highest, point.latencyMs());
            }
        }
        nines = Math.max(1, (int) Math.ceil(-Math.log10(leastRest)));
        lowDecade = (int) Math.floor(Math.log10(Math.min(lowest, highest)));
        highDecade = Math.max(lowDecade + 1, (int) Math.ceil(Math.log10(highest)));
    }

    static String of(Plot plot) {
        return new SvgPlot(plot).draw();
    }

    private String draw() {
        svg.append(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n",
                WIDTH, HEIGHT));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        text(LEFT, TOP - 26, "start", plot.title());
        axes();
        for (int i = 0; i < plot.lines().size(); i++) {
            line(plot.lines().get(i), i);
        }
        return svg.append("</svg>\n").toString();
    }

    private void axes() {
        for (int decade = lowDecade; decade <= highDecade; decade++) {
            double y = y(Math.pow(10, decade));
            rule(LEFT, y, WIDTH - RIGHT, y);
            text(LEFT - 8, y + 4, "end", label(Math.pow(10, decade)) + " ms");
        }
        for (int nine = 0; nine <= nines; nine++) {
            double x = x(Math.pow(10, -nine));
            rule(x, TOP, x, HEIGHT - BOTTOM);
            text(x, HEIGHT - BOTTOM + 18, "middle", label((1 - Math.pow(10, -nine)) * PERCENT) + " %");
        }
        text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", "percentile");
    }

    private void line(Plot.Line line, int number) {
        String color = COLORS.get(number % COLORS.size());
        svg.append(format("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"", color));
        for (Point point : line.points()) {
            svg.append(format("%.1f,%.1f ", x(rest(point)), y(Math.max(LEAST_MS, point.latencyMs()))));
        }
        svg.append("\"/>\n");
        double y = TOP + 14 + (double) number * LEGEND_STEP;
        svg.append(format("<rect x=\"%d\" y=\"%.1f\" width=\"12\" height=\"3\" fill=\"%s\"/>%n", LEFT + 12, y, color));
        text(LEFT + 30, y + 5, "start", line.name());
    }

    private void rule(double x1, double y1, double x2, double y2) {
        svg.append(
                format("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n", x1, y1, x2, y2));
    }

    private void text(double x, double y, String anchor, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
        svg.append(format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, escaped));
    }

    private double x(double rest) {
        return LEFT - Math.log10(rest) / nines * (WIDTH - LEFT - RIGHT);
    }

    private double y(double latencyMs) {
        double share = (Math.log10(latencyMs) - lowDecade) / (highDecade - lowDecade);
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
    }

    private static double rest(Point point) {
        return 1 - point.percentile() / PERCENT;
    }

    private static String label(double value) {
        String digits = format("%.4f", value);
        return digits.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
