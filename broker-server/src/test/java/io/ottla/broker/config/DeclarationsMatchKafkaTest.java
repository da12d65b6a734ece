package io.ottla.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Holds the declarations to the list of broker properties that was read from Apache Kafka 3.9.2's own jars. */
class DeclarationsMatchKafkaTest {
    @Test
    void everyKafkaPropertyIsDeclaredWithItsTypeDefaultRangeImportanceAndMode() {
        List<String> expected = new ArrayList<>();
        List<String> declared = new ArrayList<>();
        for (String line : lines("kafka-3.9.2-broker-properties.tsv")) {
            String[] columns = line.split("\t", -1);
            ConfigKey<?> key = ConfigCatalog.all().get(columns[0]);
            expected.add(String.join(
                    " ",
                    columns[0],
                    columns[1],
                    columns[2],
                    numericRange(columns[3]),
                    columns[4],
                    columns[5],
                    columns[6]));
            declared.add(key == null ? columns[0] + " is missing" : describe(key));
        }
        assertThat(declared).isEqualTo(expected);
    }

    @Test
    void whatKafkaDoesNotKnowIsDeclaredAsSuch() {
        TreeSet<String> kafkas = new TreeSet<>();
        lines("kafka-3.9.2-broker-properties.tsv").forEach(line -> kafkas.add(line.substring(0, line.indexOf('\t'))));
        ConfigCatalog.all().forEach((name, key) -> assertThat(key.origin() == ConfigKey.Origin.KAFKA)
                .as(name)
                .isEqualTo(kafkas.contains(name)));
    }

    @Test
    void everyDeclarationIsDocumentedInASentence() {
        ConfigCatalog.all()
                .forEach((name, key) -> assertThat(key.documentation()).as(name).matches("(?s)\\S.{8,}\\."));
    }

    private static String describe(ConfigKey<?> key) {
        String mode =
                switch (key.dynamicMode()) {
                    case READ_ONLY -> "read-only";
                    case PER_BROKER -> "per-broker";
                    case CLUSTER_WIDE -> "cluster-wide";
                };
        return String.join(
                " ",
                key.name(),
                key.type().name(),
                key.defaultValue() == null ? "<null>" : key.format(key.defaultValue()),
                range(key.expectation()),
                key.importance().name(),
                mode,
                key.internal() ? "internal" : "");
    }

    private static String numericRange(String kafkas) {
        return kafkas.replaceFirst("^\\[(-?[0-9.]+),\\.\\.\\.\\]$", "at least $1")
                .replaceFirst("^\\[(-?[0-9.]+),\\.\\.\\.,(-?[0-9.]+)\\]$", "from $1 to $2")
                .replaceFirst("^(?!at least|from).*$", "");
    }

    private static String range(String expectation) {
        java.util.regex.Matcher range = java.util.regex.Pattern.compile(
                        "number (?:of )?(at least -?[0-9.]+|from -?[0-9.]+ to -?[0-9.]+)$")
                .matcher(expectation);
        return range.find() ? range.group(1) : "";
    }

    static List<String> lines(String resource) {
        try (InputStream in = DeclarationsMatchKafkaTest.class.getResourceAsStream(resource)) {
            return new BufferedReader(new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
