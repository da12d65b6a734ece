package io.ottla.broker.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes {@code docs/configuration.md} from the declarations. */
final class ConfigurationDocs {
    private static final String HEAD = """
            # Configuration

            <!-- Generated from the declarations in io.ottla.broker.config; a test fails when this page is stale. -->

            A broker reads one properties file, and `--override key=value` goes before it. Every property of Apache Kafka
            3.9 brokers is known. Those under **Effect** with a dash are checked and change nothing; a broker that finds
            them in its file says so at start. Unknown names are warned about, or refused with `config.strict=true`.

            **Change** says what it takes to change a value: a restart, or `kafka-configs.sh --alter` for one broker or for
            the whole cluster. Where it says *file only*, `kafka-configs.sh` takes a value as Apache Kafka does, but the one
            in the file counts, from the next start on. A value for one listener is written
            `listener.name.<listener>.<property>`.

            """;

    private ConfigurationDocs() {}

    /** Writes the page to the file named by the only argument. */
    public static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0]), page());
    }

    static String page() {
        StringBuilder page = new StringBuilder(HEAD);
        for (KeyGroup group : ConfigCatalog.GROUPS) {
            page.append("## ")
                    .append(group.title())
                    .append("\n\n")
                    .append(group.introduction())
                    .append("\n\n");
            page.append("| Property | Type | Default | Change | Effect | Meaning |\n|---|---|---|---|---|---|\n");
            group.keys().forEach(key -> appendBrokerRow(page, key));
            page.append('\n');
        }
        page.append("## Topic settings\n\n");
        page.append("Set with `kafka-topics.sh --config` or `kafka-configs.sh --entity-type topics`; at any time.\n\n");
        page.append("| Property | Type | Default from | Effect | Meaning |\n|---|---|---|---|---|\n");
        TopicProperty.all().forEach((name, property) -> appendTopicRow(page, property));
        return page.toString();
    }

    private static void appendBrokerRow(StringBuilder page, ConfigKey<?> key) {
        String origin =
                switch (key.origin()) {
                    case KAFKA -> "";
                    case OLD_KAFKA -> " Known to Apache Kafka before version 3.";
                    case KAFKA_PLUGIN -> " Read by Apache Kafka's authorizer.";
                    case OTTLA -> " Ottla's own.";
                };
        appendRow(
                page,
                "`" + key.name() + "`",
                type(key),
                defaultText(key),
                key.effect() == ConfigKey.Effect.FROM_FILE
                        ? "file only"
                        : key.dynamicMode().words(),
                effect(key),
                key.documentation() + origin);
    }

    private static void appendTopicRow(StringBuilder page, TopicProperty<?> property) {
        ConfigKey<?> key = property.key();
        String from = property.brokerNames().isEmpty()
                ? defaultText(key)
                : "`" + String.join("`, `", property.brokerNames()) + "`";
        appendRow(page, "`" + key.name() + "`", type(key), from, effect(key), key.documentation());
    }

    private static void appendRow(StringBuilder page, String... cells) {
        for (String cell : cells) {
            page.append("| ")
                    .append(cell.replace("|", "\\|").replace("<", "&lt;"))
                    .append(' ');
        }
        page.append("|\n");
    }

    private static String type(ConfigKey<?> key) {
        return key.type().name().toLowerCase(java.util.Locale.ROOT)
                + key.expectation().substring(key.type().noun().length());
    }

    private static String effect(ConfigKey<?> key) {
        return key.effect() == ConfigKey.Effect.NONE ? "–" : "yes";
    }

    private static final Map<String, String> LARGEST = Map.of(
            String.valueOf(Integer.MAX_VALUE), "no bound",
            String.valueOf(Long.MAX_VALUE), "no bound",
            String.valueOf(Double.MAX_VALUE), "no bound");

    private static String defaultText(ConfigKey<?> key) {
        @Nullable Object value = key.defaultValue();
        String text = value == null ? "" : key.format(value);
        String bound = LARGEST.get(text);
        if (bound != null) {
            return bound;
        }
        return text.isEmpty() ? "" : "`" + text + "`";
    }
}
