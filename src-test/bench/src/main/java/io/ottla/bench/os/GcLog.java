package io.ottla.bench.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The pauses in a log that a JVM writes with {@link #option}; the same for every collector. */
public record GcLog(List<Pause> pauses) {
    private static final Pattern PAUSE =
            Pattern.compile("^\\[([^\\]]+)\\].*\\bPause\\b.*?([0-9]+(?:[.,][0-9]+)?)ms\\s*$");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSZ");

    /** One time in which no thread of the program ran: its end by the wall clock, and its length. */
    public record Pause(long endMs, double durationMs) {}

    /** All pauses within an interval. */
    public record Summary(long count, double totalMs, double longestMs) {}

    /** The JVM option that writes such a log. */
    public static String option(Path file) {
        return "-Xlog:gc:file=" + file + ":time";
    }

    /** Reads a log; one that is not there has no pauses. */
    public static GcLog read(Path file) {
        if (!Files.exists(file)) {
            return new GcLog(List.of());
        }
        try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
            return parse(lines.toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** Parses the lines of a log. */
    public static GcLog parse(List<String> lines) {
        List<Pause> pauses = new ArrayList<>();
        for (String line : lines) {
            Matcher matcher = PAUSE.matcher(line);
            if (matcher.matches()) {
                long endMs =
                        OffsetDateTime.parse(matcher.group(1), TIME).toInstant().toEpochMilli();
                pauses.add(new Pause(endMs, Double.parseDouble(matcher.group(2).replace(',', '.'))));
            }
        }
        return new GcLog(pauses);
    }

    /** The pauses that ended from {@code startMs} to {@code endMs}, both inclusive. */
    public Summary between(long startMs, long endMs) {
        double total = 0;
        double longest = 0;
        long count = 0;
        for (Pause pause : pauses) {
            if (pause.endMs() >= startMs && pause.endMs() <= endMs) {
                count++;
                total += pause.durationMs();
                longest = Math.max(longest, pause.durationMs());
            }
        }
        return new Summary(count, total, longest);
    }
}
